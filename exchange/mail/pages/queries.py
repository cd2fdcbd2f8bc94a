"""What the pages of letters show: what goes out next, grouped; what went out; one letter."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain, groupby

from sqlalchemy import ColumnElement, func, or_, union
from sqlalchemy.orm import defer, joinedload, load_only
from sqlmodel import Session, col, select

from exchange.access.kept_back import KeptBack, kept_back_from
from exchange.errors import NotFound
from exchange.mail.outbox.delivered import Trouble, trouble_in
from exchange.mail.outbox.held_letters import IS_HELD
from exchange.mail.outbox.letter_queue import SIGN_IN, TRIAL
from exchange.mail.pages.letters_ahead import letters_ahead as all_letters_ahead
from exchange.mail.schedule import outlooks
from exchange.mail.schedule.eager_loading import ItemName, item_names
from exchange.mail.schedule.planned import Departure, Stored, people_of, read_departure
from exchange.mail.schedule.recipients import names_of_people
from exchange.models import (
    City,
    HandledMail,
    Invitation,
    JobRun,
    Letter,
    LetterState,
    Person,
    Preparation,
    PreparationStep,
)
from exchange.rules.access.standing import Standing
from exchange.rules.programme.stage_plan import StagePlan
from exchange.rules.time.timezones import wall_time
from exchange.web.presentation.paging import PER_PAGE, Paged, holds_words, page_of_list, page_of_query

AHEAD_WEEKS = outlooks.AHEAD // timedelta(weeks=1)
NAMED_MOST = 8  # readers of one letter at one moment whose names are shown
HANDLED_MOST = 100  # messages of the mailbox that are shown
_IN_A_LIST = (
    load_only(
        Letter.subject,  # type: ignore[arg-type]  # SQLModel types columns as their values
        Letter.to_name,  # type: ignore[arg-type]  # as above
        Letter.state,  # type: ignore[arg-type]  # as above
        Letter.due_at,  # type: ignore[arg-type]  # as above
        Letter.next_try_at,  # type: ignore[arg-type]  # as above
        Letter.sent_at,  # type: ignore[arg-type]  # as above
        Letter.attempts,  # type: ignore[arg-type]  # as above
        Letter.last_answer,  # type: ignore[arg-type]  # as above
    ),
    joinedload(Letter.person)  # type: ignore[arg-type]  # as above
    .load_only(Person.id)  # type: ignore[arg-type]  # as above
    .joinedload(Person.city)  # type: ignore[arg-type]  # as above
    .load_only(City.name, City.time_zone),  # type: ignore[arg-type]  # as above
)


@dataclass(frozen=True)
class Look:
    """How somebody looks at what goes out: from which wall, at which page, at one cycle or (None) at all."""

    plan: StagePlan
    now: datetime
    time_zone: str
    page: int
    cycle_id: int | None


@dataclass(frozen=True)
class Mailing:
    """The copies of one letter that leave at one moment; ``names`` are the first of their readers."""

    departure: Departure
    about: ItemName
    names: Sequence[str]

    @property
    def others(self) -> int:
        """How many readers are not named."""
        return self.departure.people - len(self.names)


@dataclass(frozen=True)
class Day:
    """What leaves on one day of the wall it is looked at from, as far as a page shows it."""

    on: date
    mailings: Sequence[Mailing]


@dataclass(frozen=True)
class Ahead:
    """A page of what goes out next; ``count`` letters in all, ``cycles`` with a mailing, by id and title.

    ``behind`` is how many cycles and events the next tick has yet to look at: shown as they were.
    """

    page: Paged[tuple[str, Stored]]
    days: Sequence[Day]
    count: int
    cycles: dict[int, str]
    behind: int


def letters_ahead(session: Session, standing: Standing, looked: Look) -> Ahead:
    """A page of the letters of the next weeks that are not in the outbox yet and ``standing`` may know of.

    Those of one cycle where ``looked`` names one. In a fixed number of statements.
    """
    kept_back = kept_back_from(session, standing)
    items = [one for one in outlooks.current(session, looked.now) if not kept_back.holds_item(one)]
    ahead = all_letters_ahead(session, items, plan=looked.plan, now=looked.now)
    found = ahead.leaving
    names = item_names(session, {item for item, _ in found})
    cycles = {name.cycle_id: name.title for item, _ in found if (name := names[item]).cycle_id}
    if looked.cycle_id is not None:
        found = [(item, stored) for item, stored in found if names[item].cycle_id == looked.cycle_id]
    page = page_of_list(found, looked.page)
    shown = [(item, read_departure(stored)) for item, stored in page.rows]
    readers = ahead.readers_of(session, {item for item, _ in shown})
    days = groupby(_mailings(session, shown, names, readers), key=lambda one: _day(one, looked.time_zone))
    count = sum(people_of(stored) for _, stored in found)
    behind = sum(looked.cycle_id is None or one == f"cycle:{looked.cycle_id}" for one in ahead.behind)
    return Ahead(page, [Day(on, list(mailings)) for on, mailings in days], count, cycles, behind)


def _mailings(
    session: Session,
    shown: Sequence[tuple[str, Departure]],
    names: dict[str, ItemName],
    readers: Mapping[tuple[str, str, datetime], Sequence[int]],
) -> list[Mailing]:
    ids = [readers[item, one.kind, one.due_at][:NAMED_MOST] for item, one in shown]
    people = names_of_people(session, chain.from_iterable(ids))
    return [
        Mailing(one, names[item], [people[person_id] for person_id in named])
        for (item, one), named in zip(shown, ids, strict=True)
    ]


def _day(mailing: Mailing, time_zone: str) -> date:
    return wall_time(mailing.departure.due_at, time_zone).on


@dataclass(frozen=True)
class Sent:
    """A page of the outbox, and how many letters are in each state, whatever was looked for."""

    page: Paged[Letter]
    counts: dict[LetterState, int]


def sent_letters(session: Session, standing: Standing, *, search: str, page: int) -> Sent:
    """A page of the letters in the outbox, the newest first, without their text.

    Those alone in whose subject, name or address each word of ``search`` stands.
    """
    kept_back = kept_back_from(session, standing)
    counts = _counts_by_state(session, kept_back, standing)
    places = (col(Letter.subject), col(Letter.to_name), col(Letter.to_address))
    statement = select(Letter).where(*_shown_to(kept_back, standing), *holds_words(search, *places))
    found = page_of_query(
        session,
        statement.order_by(col(Letter.id).desc()),
        page,
        *_IN_A_LIST,
        found=None if search else sum(counts.values()),
    )
    return Sent(found, counts)


def queued_letters(session: Session, standing: Standing) -> int:
    """How many letters wait in the outbox, of those that ``standing`` may know of."""
    shown = _shown_to(kept_back_from(session, standing), standing)
    waiting = select(func.count()).select_from(Letter).where(Letter.state == LetterState.QUEUED, *shown)
    return session.exec(waiting).one()


def _shown_to(kept_back: KeptBack, standing: Standing) -> tuple[ColumnElement[bool], ...]:
    """Letters of which somebody who writes letters may know.

    A trial is for who sent it to themselves: it does not hold what it was about, whose marking may rise.
    """
    is_own = or_(col(Letter.kind) != TRIAL, col(Letter.person_id) == standing.person_id)
    return kept_back.other_letters, is_own


def _counts_by_state(session: Session, kept_back: KeptBack, standing: Standing) -> dict[LetterState, int]:
    """How many letters are in each state: all of them, less those that are not shown.

    Each of the two is counted in indexes; whether one may be shown would be asked of every row of a table
    that is mostly text. A trial is looked for among the letters about nothing: it holds nothing else.
    """
    state, letter_id = col(Letter.state), col(Letter.id)
    is_of_others = col(Letter.person_id).is_distinct_from(standing.person_id)
    about_nothing = col(Letter.cycle_id).is_(None) & col(Letter.training_id).is_(None)
    hidden = union(
        select(letter_id).where(col(Letter.cycle_id).in_(kept_back.cycle_ids)),
        select(letter_id).where(col(Letter.training_id).in_(kept_back.training_ids)),
        select(letter_id).where(col(Letter.product_id).in_(kept_back.product_ids)),
        select(letter_id).where(col(Letter.note_id).in_(kept_back.note_ids)),
        select(letter_id).where(about_nothing, Letter.kind == TRIAL, is_of_others),
    )
    by_state = select(state, func.count()).group_by(state)
    found = Counter(dict(session.exec(by_state).all()))
    found.subtract(dict(session.exec(by_state.where(letter_id.in_(hidden))).all()))
    return {LetterState(word): count for word, count in found.items() if count}


def letter_by_id(session: Session, letter_id: int, standing: Standing) -> Letter:
    """One letter with its reader's city. Raises NotFound."""
    found = session.exec(
        select(Letter)
        .where(col(Letter.id) == letter_id, *_shown_to(kept_back_from(session, standing), standing))
        .options(joinedload(Letter.person).joinedload(Person.city))  # type: ignore[arg-type]  # as above
    ).first()
    if found is None:
        raise NotFound("There is no such letter.")
    return found


def handled_mail(session: Session, standing: Standing) -> Sequence[HandledMail]:
    """The last messages of the mailbox that concerned us, the newest first, with their person.

    Without what is about meetings that are kept back from ``standing``.
    """
    kept = kept_back_from(session, standing)
    of_cycles = col(Invitation.cycle_id).in_(kept.cycle_ids)
    of_trainings = col(Invitation.training_id).in_(kept.training_ids)
    of_boards = col(Invitation.board_meeting_id).in_(kept.board_meeting_ids)
    prepares = select(PreparationStep.id).join(Preparation)
    steps = prepares.where(col(Preparation.training_id).in_(kept.training_ids))
    of_planning = col(Invitation.preparation_step_id).in_(steps)
    kept_ids = select(Invitation.id).where(of_cycles | of_trainings | of_boards | of_planning)
    return session.exec(
        select(HandledMail)
        .where(or_(col(HandledMail.invitation_id).is_(None), col(HandledMail.invitation_id).not_in(kept_ids)))
        .options(joinedload(HandledMail.person))  # type: ignore[arg-type]  # as above
        .order_by(col(HandledMail.id).desc())
        .limit(HANDLED_MOST)
    ).all()


def held_letters(session: Session, standing: Standing) -> Sequence[Letter]:
    """Letters held after a restore that ``standing`` may know of, the longest due first; a page of them."""
    return session.exec(
        select(Letter)
        .where(IS_HELD, kept_back_from(session, standing).other_letters)
        .options(
            defer(Letter.text),  # type: ignore[arg-type]  # as above
            defer(Letter.html),  # type: ignore[arg-type]  # as above
            joinedload(Letter.person).joinedload(Person.city),  # type: ignore[arg-type]  # as above
        )
        .order_by(col(Letter.due_at), col(Letter.id))
        .limit(PER_PAGE)
    ).all()


def is_secret(letter: Letter) -> bool:
    """Whether the text lets its reader in, so that nobody else may see it."""
    return letter.kind == SIGN_IN


def delivery_trouble(session: Session) -> Trouble | None:
    """What kept the last delivery tick from sending; None when nothing did."""
    last = session.exec(
        select(JobRun)
        .where(col(JobRun.job) == "deliver_mail", col(JobRun.finished_at).is_not(None))
        .order_by(col(JobRun.slot_at).desc())
        .limit(1)
    ).first()
    return trouble_in(last.outcome) if last else None
