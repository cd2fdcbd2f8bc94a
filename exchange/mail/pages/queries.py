"""What the pages of letters show: what goes out next, grouped; what went out; one letter."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from sqlalchemy import func
from sqlalchemy.orm import defer, joinedload
from sqlmodel import Session, col, select

from exchange.errors import NotFound
from exchange.mail.outbox import SIGN_IN
from exchange.mail.schedule import Planned, planned_between
from exchange.models import HandledMail, JobRun, Letter, LetterState, Person
from exchange.rules.stage_plan import StagePlan
from exchange.rules.timezones import wall_time

AHEAD_WEEKS = 8
SENT_PER_PAGE = 100
_NOT_REACHED = "not reached"  # in the outcome of a delivery tick, see jobs/deliver_mail.py


@dataclass(frozen=True)
class Mailing:
    """The same letter to several people on one day; ``readers`` in the order it leaves."""

    name: str
    title: str
    marking: str
    cycle_id: int | None
    training_id: int | None
    readers: Sequence[Planned]


@dataclass(frozen=True)
class Day:
    """What leaves on one day of the wall it is looked at from."""

    on: date
    mailings: Sequence[Mailing]

    @property
    def count(self) -> int:
        """How many letters that are."""
        return sum(len(mailing.readers) for mailing in self.mailings)


def letters_ahead(session: Session, *, plan: StagePlan, now: datetime) -> list[Planned]:
    """Every letter of the next eight weeks that is not in the outbox yet."""
    return planned_between(session, now, now + timedelta(weeks=AHEAD_WEEKS), plan=plan, now=now)


def by_day(planned: Iterable[Planned], time_zone: str) -> list[Day]:
    """The letters grouped by the day they leave, as the wall of ``time_zone`` shows it."""
    days = groupby(planned, key=lambda one: wall_time(one.due_at, time_zone).on)
    return [Day(on, _mailings(list(letters))) for on, letters in days]


def titles_of_cycles(planned: Iterable[Planned]) -> dict[int, str]:
    """The cycles that letters are about, by id, in the order of their first letter."""
    return {one.cycle.id or 0: one.cycle.title for one in planned if one.cycle}


def sent_letters(session: Session, *, before_id: int | None = None) -> Sequence[Letter]:
    """Letters in the outbox, the newest first, without their text; those before an id to page on."""
    statement = (
        select(Letter)
        .options(
            defer(Letter.text),  # type: ignore[arg-type]  # SQLModel types columns as their values
            defer(Letter.html),  # type: ignore[arg-type]  # as above
            joinedload(Letter.person).joinedload(Person.city),  # type: ignore[arg-type]  # as above
        )
        .order_by(col(Letter.id).desc())
        .limit(SENT_PER_PAGE)
    )
    if before_id is not None:
        statement = statement.where(col(Letter.id) < before_id)
    return session.exec(statement).all()


def counts_by_state(session: Session) -> dict[LetterState, int]:
    """How many letters stand in each state."""
    counted = session.exec(select(Letter.state, func.count()).group_by(col(Letter.state)))
    return {LetterState(state): count for state, count in counted}


def letter_by_id(session: Session, letter_id: int) -> Letter:
    """One letter with its reader's city. Raises NotFound."""
    found = session.exec(
        select(Letter)
        .where(col(Letter.id) == letter_id)
        .options(joinedload(Letter.person).joinedload(Person.city))  # type: ignore[arg-type]  # as above
    ).first()
    if found is None:
        raise NotFound("There is no such letter.")
    return found


def handled_mail(session: Session) -> Sequence[HandledMail]:
    """The last messages of the mailbox that concerned us, the newest first, with their person."""
    return session.exec(
        select(HandledMail)
        .options(joinedload(HandledMail.person))  # type: ignore[arg-type]  # as above
        .order_by(col(HandledMail.id).desc())
        .limit(SENT_PER_PAGE)
    ).all()


def is_secret(letter: Letter) -> bool:
    """Whether the text lets its reader in, so that nobody else may see it."""
    return letter.kind == SIGN_IN


def delivery_trouble(session: Session) -> str:
    """What kept the last delivery tick from the mail server; "" when nothing did."""
    last = session.exec(
        select(JobRun)
        .where(col(JobRun.job) == "deliver_mail", col(JobRun.finished_at).is_not(None))
        .order_by(col(JobRun.slot_at).desc())
        .limit(1)
    ).first()
    return last.outcome if last and _NOT_REACHED in last.outcome else ""


def _mailings(letters: Sequence[Planned]) -> list[Mailing]:
    grouped: dict[tuple[str, str], list[Planned]] = {}
    for one in letters:
        about = one.once_key.rsplit(":", 2)[0]  # "cycle:12"
        grouped.setdefault((about, one.kind), []).append(one)
    return [_mailing(readers) for readers in grouped.values()]


def _mailing(readers: Sequence[Planned]) -> Mailing:
    first = readers[0]
    about = first.cycle or first.training
    return Mailing(
        name=first.name,
        title=first.title,
        marking=about.marking if about else "",
        cycle_id=first.cycle.id if first.cycle else None,
        training_id=first.training.id if first.training else None,
        readers=readers,
    )
