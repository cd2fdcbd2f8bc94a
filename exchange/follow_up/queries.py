"""Actions and reviews of findings out of the database, with who owes each now. Reads only.

Each function takes a fixed number of statements, however much it finds.
"""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import chain

from sqlalchemy import ColumnElement, func
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption
from sqlmodel import Session, col, select

from exchange.access.city_leads import city_leads
from exchange.access.lesson_things import thing_of_progress
from exchange.access.standings import standings_of
from exchange.follow_up.followed import FollowedAction, Owing, People, followed
from exchange.models import (
    UNFINISHED,
    City,
    Cycle,
    ImprovementAction,
    Lesson,
    LessonProgress,
    MembershipStatus,
    Person,
    Product,
    TrainingEvent,
)
from exchange.rules.duties.actions import ReviewFacts, progress_review_duty
from exchange.rules.duties.duty import Owner, Role
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.time.timezones import wall_time

of_cycle: ColumnElement[int | None] = func.coalesce(
    Lesson.cycle_id, Product.cycle_id, ImprovementAction.cycle_id
)
of_training: ColumnElement[int | None] = func.coalesce(
    Lesson.training_id, Product.training_id, ImprovementAction.training_id
)
of_theme: ColumnElement[int | None] = func.coalesce(Lesson.theme_id, ImprovementAction.theme_id)
MEMBERS = (MembershipStatus.LEAD, MembershipStatus.MEMBER)  # cities that say how far they are
is_unfinished: ColumnElement[bool] = col(ImprovementAction.state).in_(UNFINISHED)


def duties_between(
    session: Session, first: date, last: date, now: datetime, *, owner_id: int | None = None
) -> list[Owing]:
    """What is owed of actions and of reviews of progress from ``first`` to ``last``, both included.

    The days are on each owner's own wall. Nothing that is done, verified or declined. Each comes with what
    its reader must have the right to read: who coordinates may not, of what TLP:RED keeps from them. With
    ``owner_id`` only the actions that were given to that person.
    """
    which = is_unfinished & col(ImprovementAction.due_on).between(first, last)
    if owner_id is not None:
        own = followed_actions(session, which & (col(ImprovementAction.owner_id) == owner_id), now)
        return [Owing(one.duty, one.thing) for one in own]
    owed = followed_actions(session, which, now)
    return [*(Owing(one.duty, one.thing) for one in owed), *_reviews(session, first, last, now)]


def followed_actions(session: Session, which: ColumnElement[bool], now: datetime) -> list[FollowedAction]:
    """The actions that the condition holds for, by day; it may ask of their findings (Lesson), too."""
    actions = session.exec(
        select(ImprovementAction)
        .outerjoin(Lesson, col(Lesson.id) == col(ImprovementAction.lesson_id))
        .outerjoin(Product, col(Product.id) == col(Lesson.product_id))
        .where(which)
        .options(*action_options())
        .order_by(col(ImprovementAction.due_on), col(ImprovementAction.id))
    ).all()
    people = _people(session, actions, [], now)
    return [followed(one, people, now) for one in actions]


def actions_of_cycle(session: Session, cycle_id: int, now: datetime) -> list[FollowedAction]:
    """The actions that come from an exchange, themselves or by their findings."""
    return followed_actions(session, of_cycle == cycle_id, now)


def actions_of_training(session: Session, training_id: int, now: datetime) -> list[FollowedAction]:
    """The actions that come from an event."""
    return followed_actions(session, of_training == training_id, now)


def open_actions_of_last_event(
    session: Session, training: TrainingEvent, now: datetime
) -> tuple[TrainingEvent | None, list[FollowedAction]]:
    """The last event before this one of the same theme that left actions, and those still open.

    None and nothing for an event without a theme, and where no event before it left any.
    """
    if training.theme_id is None:
        return None, []
    left_some = (
        select(of_training)
        .select_from(ImprovementAction)
        .outerjoin(Lesson)
        .outerjoin(Product, col(Product.id) == col(Lesson.product_id))
        .where(is_unfinished)
    )
    before = session.exec(
        select(TrainingEvent)
        .where(
            TrainingEvent.theme_id == training.theme_id,
            col(TrainingEvent.on_local) < training.on_local,
            col(TrainingEvent.id).in_(left_some),
        )
        .options(
            selectinload(TrainingEvent.cities),  # type: ignore[arg-type]  # SQLModel types relations as their values
            selectinload(TrainingEvent.groups),  # type: ignore[arg-type]  # as above
        )
        .order_by(col(TrainingEvent.on_local).desc(), col(TrainingEvent.id).desc())
        .limit(1)
    ).first()
    if before is None:
        return None, []
    return before, followed_actions(session, is_unfinished & (of_training == before.id), now)


def product_options() -> tuple[ORMOption, ...]:
    """What rights on products need loaded."""
    cycle, training = joinedload(Product.cycle), joinedload(Product.training)  # type: ignore[arg-type]  # SQLModel types relations as their values
    return (
        selectinload(Product.versions),  # type: ignore[arg-type]  # as above
        selectinload(Product.credits),  # type: ignore[arg-type]  # as above
        cycle.selectinload(Cycle.cities),  # type: ignore[arg-type]  # as above
        cycle.selectinload(Cycle.groups),  # type: ignore[arg-type]  # as above
        training.selectinload(TrainingEvent.cities),  # type: ignore[arg-type]  # as above
        training.selectinload(TrainingEvent.groups),  # type: ignore[arg-type]  # as above
    )


def lesson_options() -> tuple[ORMOption, ...]:
    """What rights on findings, and pages about them, need loaded."""
    cycle, training = joinedload(Lesson.cycle), joinedload(Lesson.training)  # type: ignore[arg-type]  # SQLModel types relations as their values
    return (
        joinedload(Lesson.product).options(*product_options()),  # type: ignore[arg-type]  # as above
        joinedload(Lesson.theme),  # type: ignore[arg-type]  # as above
        cycle.selectinload(Cycle.cities),  # type: ignore[arg-type]  # as above
        cycle.selectinload(Cycle.groups),  # type: ignore[arg-type]  # as above
        training.selectinload(TrainingEvent.cities),  # type: ignore[arg-type]  # as above
        training.selectinload(TrainingEvent.groups),  # type: ignore[arg-type]  # as above
    )


def action_options() -> tuple[ORMOption, ...]:
    """The same of actions, with who owns them."""
    cycle, training = joinedload(ImprovementAction.cycle), joinedload(ImprovementAction.training)  # type: ignore[arg-type]  # as above
    owner, city = joinedload(ImprovementAction.owner), joinedload(ImprovementAction.owner_city)  # type: ignore[arg-type]  # as above
    return (
        joinedload(ImprovementAction.lesson).options(*lesson_options()),  # type: ignore[arg-type]  # as above
        joinedload(ImprovementAction.theme),  # type: ignore[arg-type]  # as above
        joinedload(ImprovementAction.verified_by),  # type: ignore[arg-type]  # as above
        cycle.selectinload(Cycle.cities),  # type: ignore[arg-type]  # as above
        cycle.selectinload(Cycle.groups),  # type: ignore[arg-type]  # as above
        training.selectinload(TrainingEvent.cities),  # type: ignore[arg-type]  # as above
        training.selectinload(TrainingEvent.groups),  # type: ignore[arg-type]  # as above
        owner.selectinload(Person.roles),  # type: ignore[arg-type]  # as above
        owner.joinedload(Person.city).selectinload(City.memberships),  # type: ignore[arg-type]  # as above
        city.selectinload(City.memberships),  # type: ignore[arg-type]  # as above
    )


def _reviews(session: Session, first: date, last: date, now: datetime) -> list[Owing]:
    """When member cities of today look again at findings: their lead owes it, else the coordinators."""
    found = session.exec(
        select(LessonProgress)
        .where(col(LessonProgress.review_on).between(first, last))
        .options(
            joinedload(LessonProgress.lesson).options(*lesson_options()),  # type: ignore[arg-type]  # as above
            joinedload(LessonProgress.city).selectinload(City.memberships),  # type: ignore[arg-type]  # as above
        )
        .order_by(col(LessonProgress.review_on), col(LessonProgress.id))
    ).all()
    on = wall_time(now, "UTC").on
    rows = [row for row in found if row.city.status_on(on) in MEMBERS]
    people = _people(session, [], [row.city_id for row in rows], now)
    return [_review(row, people) for row in rows]


def _review(row: LessonProgress, people: People) -> Owing:
    thing = thing_of_progress(row.lesson, row.city_id)
    leads = people.who_lead(row.city, thing)
    duty = progress_review_duty(
        ReviewFacts(
            lesson_id=row.lesson_id,
            title=row.lesson.title,
            city_id=row.city_id,
            city=row.city.name,
            owner=Owner(Role.CITY_LEAD, row.city_id) if leads else Owner(Role.COORDINATOR),
            review_on=row.review_on or date.max,  # of those without a day none is found
            time_zone=row.city.time_zone,
            marking=Marking(row.lesson.marking),
        )
    )
    return Owing(duty, thing)


def _people(
    session: Session, actions: Sequence[ImprovementAction], city_ids: Sequence[int], now: datetime
) -> People:
    """The owners of actions, and the leads of all the cities, as they stand by the date in UTC."""
    owners = [one.owner for one in actions if one.owner]
    cities = {*city_ids, *(one.city_id for one in owners)}
    cities |= {one.owner_city_id for one in actions if one.owner_city_id}
    leads = city_leads(session, cities) if cities else {}
    every = {one.id: one for one in (*owners, *chain.from_iterable(leads.values()))}
    on = wall_time(now, "UTC").on
    return People(leads, standings_of(session, list(every.values()), on, is_some=True) if every else {})
