"""The quarterly digest, E11: who gets it, and what of the quarter each may know. Words: mail.writing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import Session, col, select

from exchange.access.lesson_things import thing_of_action, thing_of_lesson
from exchange.access.product_things import about, thing_of_product
from exchange.access.standings import standings_of
from exchange.access.things import thing_of_cycle, thing_of_round, thing_of_training
from exchange.answering.decisions import known_decisions
from exchange.city_calendars import city_calendar
from exchange.follow_up.queries import action_options, lesson_options, product_options
from exchange.mail.outbox.letter_queue import BOARD_DIGEST, queue
from exchange.mail.schedule.item_letters import soonest
from exchange.mail.schedule.unsubscribe_links import takes_programme
from exchange.mail.writing.occasions.board_letters import Digest, Line, digest_letter
from exchange.models import (
    NOT_TRAINING,
    UNFINISHED,
    BoardMember,
    City,
    Cycle,
    ImprovementAction,
    Lesson,
    Letter,
    LetterState,
    Need,
    NeedsRound,
    Person,
    Product,
    TrainingEvent,
)
from exchange.rules.access.policy import Right, is_red, may
from exchange.rules.access.standing import Standing
from exchange.rules.access.things import Thing
from exchange.rules.letters.due_times import SEND_AT
from exchange.rules.letters.quarters import Quarter, quarter_before
from exchange.rules.letters.reminders import Reader
from exchange.rules.markings.tlp_labels import Marking, rank
from exchange.rules.time.timezones import WallTime, instant, wall_time
from exchange.settings import Settings

NEWS_DAYS = 21  # after that the quarter is no news
_AROUND = timedelta(days=1)  # a wall may be a day ahead or behind


def send_digests(session: Session, settings: Settings, now: datetime) -> int:
    """Write the digest of the quarter that is over to whoever sits on a board today, once each; how many.

    At 09:00 of a working day on the reader's clock. Nothing to tell: no letter.
    """
    due = [one for one in _readers(session, now) if one.is_due]
    had = _had(session, [one.once_key for one in due])
    waiting = [one for one in due if one.once_key not in had]
    happened: dict[str, _Happened] = {}
    sent = 0
    for one in waiting:
        if one.quarter.key not in happened:
            happened[one.quarter.key] = _happened(session, one.quarter)
        digest = _digest(session, happened[one.quarter.key], one)
        if not digest.is_empty:
            sent += _queue(session, one, digest, settings, now)
    return sent


@dataclass(frozen=True)
class _To:
    """Somebody who sits on a board, at a moment on their clock."""

    person: Person
    standing: Standing
    quarter: Quarter
    due_at: datetime
    is_due: bool

    @property
    def once_key(self) -> str:
        return f"digest:{self.person.id}:{self.quarter.key}"


def _readers(session: Session, now: datetime) -> list[_To]:
    city = joinedload(Person.city)  # type: ignore[arg-type]  # SQLModel types relations as their values
    people = session.exec(
        select(Person)
        .where(col(Person.is_active), col(Person.id).in_(select(BoardMember.person_id)))
        .options(
            city.selectinload(City.memberships),  # type: ignore[arg-type]  # as above
            city.selectinload(City.quiet_periods),  # type: ignore[arg-type]  # as above
            selectinload(Person.roles),  # type: ignore[arg-type]  # as above
        )
        .order_by(col(Person.id))
    ).all()
    standings = standings_of(session, people, now.date(), is_some=True)
    return [
        _to(one, standings[one.id or 0], now)
        for one in people
        if standings[one.id or 0].boards and takes_programme(one)
    ]


def _to(person: Person, standing: Standing, now: datetime) -> _To:
    here = wall_time(now, person.city.time_zone)
    quarter = quarter_before(here.on)
    roles = tuple(held.role for held in person.roles)
    reader = Reader(person.id or 0, person.name, roles, city_calendar(person.city, here.on))
    is_news = (here.on - quarter.last_on).days <= NEWS_DAYS
    due_at = soonest(reader, now)
    is_time = here.at >= SEND_AT and due_at <= now  # what waits may come to say what is so no more
    return _To(person, standing, quarter, due_at, is_news and is_time)


def _had(session: Session, keys: Sequence[str]) -> set[str]:
    """The keys of letters that are written and not taken back."""
    found = select(Letter.once_key).where(
        col(Letter.once_key).in_(keys), col(Letter.state) != LetterState.WITHDRAWN
    )
    return set(session.exec(found))


@dataclass(frozen=True)
class _Happened:
    """All that may be of the quarter on some wall, with what the policy asks."""

    quarter: Quarter
    cycles: Sequence[Cycle]
    trainings: Sequence[TrainingEvent]
    products: Sequence[Product]
    lessons: Sequence[Lesson]
    actions: Sequence[ImprovementAction]
    needs: Sequence[Need]


def _happened(session: Session, quarter: Quarter) -> _Happened:
    """A number of statements that does not grow; instants a day around, as walls differ."""
    between = _around(quarter)
    return _Happened(
        quarter,
        _cycles(session, quarter),
        _trainings(session, quarter),
        _products(session, *between),
        session.exec(
            select(Lesson)
            .where(col(Lesson.created_at).between(*between), col(Lesson.key).is_(None))
            .options(*lesson_options())
            .order_by(col(Lesson.id))
        ).all(),
        _actions(session, quarter),
        session.exec(
            select(Need)
            .join(NeedsRound)
            .where(col(NeedsRound.closed_at).between(*between))
            .options(joinedload(Need.round).selectinload(NeedsRound.cities))  # type: ignore[arg-type]  # SQLModel types relations as their values
            .order_by(col(Need.rank))
        ).all(),
    )


def _cycles(session: Session, quarter: Quarter) -> list[Cycle]:
    """Exchanges that took place and ended in it."""
    which = select(Cycle).where(
        col(Cycle.published_at).is_not(None),
        col(Cycle.cancelled_at).is_(None),
        col(Cycle.postponed_at).is_(None),
        col(Cycle.starts_on).between(quarter.first_on - timedelta(weeks=53), quarter.last_on),
    )
    parties = (selectinload(Cycle.cities), selectinload(Cycle.groups))  # type: ignore[arg-type]  # as above
    found = [one for one in session.exec(which.options(*parties)) if quarter.holds(one.ends_on)]
    return sorted(found, key=lambda one: (one.ends_on, one.id or 0))


def _trainings(session: Session, quarter: Quarter) -> Sequence[TrainingEvent]:
    """Events that were held in it; meetings train nobody."""
    which = select(TrainingEvent).where(
        col(TrainingEvent.on_local).between(quarter.first_on, quarter.last_on),
        col(TrainingEvent.published_at).is_not(None),
        col(TrainingEvent.cancelled_at).is_(None),
        col(TrainingEvent.postponed_at).is_(None),
        col(TrainingEvent.kind).not_in(NOT_TRAINING),
    )
    invited = (selectinload(TrainingEvent.cities), selectinload(TrainingEvent.groups))  # type: ignore[arg-type]  # as above
    return session.exec(which.options(*invited).order_by(col(TrainingEvent.on_local))).all()


def _actions(session: Session, quarter: Quarter) -> Sequence[ImprovementAction]:
    """Those done around it, and those due by its end that are owed still."""
    is_done = col(ImprovementAction.done_at).between(*_around(quarter))
    is_late = (col(ImprovementAction.due_on) <= quarter.last_on) & col(ImprovementAction.state).in_(
        UNFINISHED
    )
    return session.exec(select(ImprovementAction).where(is_done | is_late).options(*action_options())).all()


def _products(session: Session, first_at: datetime, last_at: datetime) -> list[Product]:
    found = session.exec(
        select(Product)
        .where(col(Product.published_at).between(first_at, last_at), col(Product.withdrawn_at).is_(None))
        .options(*product_options())
        .order_by(col(Product.published_at), col(Product.id))
    ).unique()
    return list(found)


def _around(quarter: Quarter) -> tuple[datetime, datetime]:
    """Two instants that hold the quarter on every wall."""
    first = instant(WallTime(quarter.first_on - _AROUND, time(), "UTC"))
    return first, instant(WallTime(quarter.last_on + 2 * _AROUND, time(), "UTC"))


def _digest(session: Session, happened: _Happened, to: _To) -> Digest:
    """What of it this reader may know, on their wall; nothing of TLP:RED, whoever is named on it."""
    quarter, known = happened.quarter, _Known(to, happened.quarter)
    decisions = [
        one
        for one in known_decisions(session, to.standing)
        if quarter.holds(one.decided_on) and one.marking != Marking.RED
    ]
    return replace(
        _with_actions(Digest(quarter), happened.actions, known),
        exchanges=[
            Line(one.title, Marking(one.marking), f"/cycles/{one.id}")
            for one in happened.cycles
            if known.may_hear_of(thing_of_cycle(one))
        ],
        events=[
            Line(one.title, Marking(one.marking), f"/trainings/{one.id}")
            for one in happened.trainings
            if known.may_hear_of(thing_of_training(one))
        ],
        products=[
            _line_of_product(one)
            for one in happened.products
            if known.holds(one.published_at) and known.may_hear_of(thing_of_product(one, about(one)))
        ],
        findings=[
            Line(one.title, Marking(one.marking), f"/findings/{one.id}")
            for one in happened.lessons
            if known.holds(one.created_at) and known.may_hear_of(thing_of_lesson(one))
        ],
        decisions=[
            Line(one.title, Marking(one.marking), f"/governance/decisions/{one.id}", one.reference)
            for one in decisions
        ],
        needs=[
            Line(one.theme_name, Marking(one.round.marking), f"/needs/{one.id}")
            for one in happened.needs
            if known.holds(one.round.closed_at) and known.may_hear_of(thing_of_round(one.round))
        ],
    )


@dataclass(frozen=True)
class _Known:
    """What one reader may hear of in a letter, and what is of the quarter on their wall."""

    to: _To
    quarter: Quarter

    def may_hear_of(self, thing: Thing) -> bool:
        return not is_red(thing) and may(self.to.standing, Right.READ, thing)

    def holds(self, at: datetime | None) -> bool:
        return at is not None and self.quarter.holds(wall_time(at, self.to.person.city.time_zone).on)


def _with_actions(digest: Digest, actions: Sequence[ImprovementAction], known: _Known) -> Digest:
    """How many were done in the quarter, and how many are late by its end; their texts stay on pages."""
    heard = [one for one in actions if known.may_hear_of(thing_of_action(one))]
    done = [one for one in heard if known.holds(one.done_at)]
    late = [one for one in heard if one.is_unfinished]
    closest = max((Marking(one.marking_now) for one in (*done, *late)), key=rank, default=Marking.CLEAR)
    return replace(digest, actions_done=len(done), actions_late=len(late), action_marking=closest)


def _line_of_product(product: Product) -> Line:
    out = next(one for one in product.versions if one.number == product.published_number)
    path = f"/cycles/{product.cycle_id}/product" if product.is_note else f"/products/{product.id}"
    return Line(out.title, Marking(product.published_marking), path)


def _queue(session: Session, to: _To, digest: Digest, settings: Settings, now: datetime) -> int:
    letter = queue(
        session,
        digest_letter(to.person, digest, settings),
        to=to.person,
        once_key=to.once_key,
        kind=BOARD_DIGEST,
        why="The quarter is over, and the reader sits on a board.",
        due_at=max(to.due_at, now),
        useless_after=to.due_at + timedelta(days=NEWS_DAYS),
        now=now,
    )
    return int(letter is not None)
