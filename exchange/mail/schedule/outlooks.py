"""How far ahead the letters of each cycle and event were worked out: a tick looks again only when it must.

    nothing known, or something was done -> look -> letters that are due; or when the next one will be
    until then, while nothing is done about the item: nothing to look at

An outlook that is lost costs one look, and no letter.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache
from hashlib import sha256
from importlib.metadata import version

from sqlalchemy import delete, func, select, update
from sqlmodel import Session, col

from exchange.audit.trail_news import changes_of_membership, last_entry, news_since
from exchange.mail.schedule.eager_loading import current_items, item_with_readers
from exchange.mail.schedule.letter_batches import in_one_letter
from exchange.mail.schedule.letter_schedule import left_to_queue
from exchange.mail.schedule.planned import Planned, departures
from exchange.models import Letter, LetterState, Outlook
from exchange.rules.programme.stage_plan import StagePlan
from exchange.rules.time.timezones import zone_data_version
from exchange.settings import ROOT

LETTERS, LEAVERS = "letters", "leavers"
AHEAD = timedelta(weeks=8)  # what pages tell of
_SOURCES = (
    "exchange/access/*.py",
    "exchange/answering/*.py",
    "exchange/city_calendars.py",
    "exchange/invitations/*.py",
    "exchange/mail/schedule/*.py",
    "exchange/rules/**/*.py",
)


@dataclass(frozen=True)
class Looked:
    """One look: the letters that are due, in the order they leave, and what to keep when there are none."""

    due: Sequence[Planned]
    outlook: Outlook


@dataclass(frozen=True)
class Known:
    """Which items have to be looked at, in order, and which need not; ``newest`` entry of the trail seen."""

    stale: Sequence[str]
    fresh: frozenset[str]
    is_behind: bool
    newest: int


def current(session: Session, now: datetime) -> list[str]:
    """The items whose letters may be due from now on to as far as pages tell."""
    return current_items(session, now.date(), (now + AHEAD).date())


def known(session: Session, what: str, items: Sequence[str], *, plan: StagePlan, now: datetime) -> Known:
    """What is known of the items, in a fixed number of statements however many letters there are."""
    columns = (Outlook.item, Outlook.seen, Outlook.looked_on, Outlook.made_with, Outlook.next_at)
    found = session.execute(select(*map(col, columns)).where(col(Outlook.what) == what)).all()
    rows = {row.item: row for row in found}
    seen = min((row.seen for row in rows.values()), default=last_entry(session))
    news = news_since(session, seen)
    today = now.date()
    days = {row.looked_on for row in rows.values()} - {today}
    turned = {on for on in days if changes_of_membership(session, on, today)}
    fresh = frozenset(
        item
        for item in items
        if (row := rows.get(item)) is not None
        and row.made_with == made_with(plan)
        and not (row.next_at is not None and row.next_at <= now)
        and not news.is_about(item, row.seen)
        and row.looked_on not in turned
        and row.looked_on <= today  # else by a clock that ran ahead, for which letters of today were past
    )
    is_behind = seen < news.newest or bool(rows.keys() - set(items))
    return Known([item for item in items if item not in fresh], fresh, is_behind, news.newest)


def look(session: Session, item: str, *, plan: StagePlan, now: datetime) -> Looked:
    """Work out the letters of one item. Raises NotFound."""
    to_queue = left(session, item, plan, now)
    to_come = [one.letter.due_at for one in to_queue if one.letter.due_at > now]
    again_at = _unfinished_until(session, item, now)
    leaving = departures(to_queue, now + AHEAD)
    outlook = Outlook(
        what=LETTERS,
        item=item,
        seen=last_entry(session),
        looked_on=now.date(),
        made_with=made_with(plan),
        next_at=min([*to_come, *([again_at] if again_at else [])], default=None),
        departures=[one.stored() for one, _ in leaving],
        readers=[list(ids) for _, ids in leaving],
    )
    return Looked(in_one_letter(to_queue, plan, now), outlook)


def left(session: Session, item: str, plan: StagePlan, now: datetime) -> Sequence[Planned]:
    """All letters of an item that are not queued yet, worked out."""
    return left_to_queue(session, item_with_readers(session, item), plan=plan, now=now)


def of_leavers(session: Session, item: str, *, plan: StagePlan, now: datetime) -> Outlook:
    """What to keep of an item that nobody has to be let go of: it holds until something is done."""
    seen = last_entry(session)
    return Outlook(what=LEAVERS, item=item, seen=seen, looked_on=now.date(), made_with=made_with(plan))


def keep(session: Session, outlook: Outlook) -> None:
    """Write down what a look found."""
    session.merge(outlook)


def forget(session: Session, item: str | None = None) -> None:
    """Have an item looked at again, or all: what letters are called for by was changed without an entry."""
    of_it = [col(Outlook.item) == item] if item else []
    session.execute(delete(Outlook).where(*of_it))


def keep_up(session: Session, what: str, found: Known) -> None:
    """Note that nothing new is about what is fresh, and forget what is not current any more."""
    mine = col(Outlook.what) == what
    items = col(Outlook.item)
    session.execute(update(Outlook).where(mine, items.in_(found.fresh)).values(seen=found.newest))
    session.execute(delete(Outlook).where(mine, items.not_in([*found.fresh, *found.stale])))


@lru_cache(maxsize=4)
def made_with(plan: StagePlan) -> str:
    """A digest of all that letters are planned by besides rows; another value has all looked at again."""
    made_of = (repr(plan), zone_data_version(), version("holidays"), _release())
    return sha256(" ".join(made_of).encode()).hexdigest()


@cache
def _release() -> str:
    hashed = sha256()
    for path in sorted(path for pattern in _SOURCES for path in ROOT.glob(pattern)):
        hashed.update(path.read_bytes())
    return hashed.hexdigest()


def _unfinished_until(session: Session, item: str, now: datetime) -> datetime | None:
    """When to look again for letters in the outbox that may come back: at once while one is on its way."""
    noun, _, number = item.partition(":")
    of_item = col(Letter.cycle_id if noun == "cycle" else Letter.training_id) == int(number)
    state = col(Letter.state)
    is_unfinished = state.in_((LetterState.QUEUED, LetterState.SENDING))
    found = session.execute(
        select(state, func.min(col(Letter.useless_after))).where(of_item, is_unfinished).group_by(state)
    ).all()
    moments = [now if of == LetterState.SENDING else until for of, until in found]
    return min((moment for moment in moments if moment is not None), default=None)
