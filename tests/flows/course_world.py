"""The network that a course happens in, and the actions of its people. It knows no letters."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlmodel import Session, select

from exchange.cycles import actions as cycles
from exchange.cycles.moves import SittingMove
from exchange.cycles.queries import cycle_to_change
from exchange.db import Database
from exchange.invitations import actions as invitations
from exchange.invitations.queries import about_of, meeting_in
from exchange.models import Answer, Channel, Invitation, MembershipStatus, Person, Role
from exchange.network.actions.cities import edit_city
from exchange.network.actions.people import edit_person
from exchange.network.drafts import draft_of_city, draft_of_person
from exchange.network.queries import city_with_slug, person_with_id
from exchange.preferences.actions import stop_programme
from exchange.rules.time.timezones import WallTime
from exchange.settings import Settings
from exchange.trainings import actions as trainings
from exchange.trainings import queries as training_queries
from exchange.trainings.drafts import draft_of
from tests.factories import (
    make_city,
    make_cycle,
    make_group,
    make_person,
    make_theme,
    make_training,
    stage_plan,
)
from tests.flows.course_steps import CITY_OF, READERS, Action, Course

PLAN = stage_plan()
REASON = "The hall is taken"
TITLES = {"cycle": "Hostile drones", "event": "Table-top on drones"}
PLACES = ("Room 4", "The old fire station", "Town hall", "Room 4, second floor")
FIRST_AT = {"cycle": time(14), "event": time(10)}
TO = (
    (0, None),
    (1, time(15)),
    (4, time(9, 30)),
    (7, time(16)),
)  # days after the first date, None: as at first
SESSION_DAYS = 45  # from the cycle's first Monday: Thursday of week 7, so that there is time for a course
EVENT_DAYS = 23  # from the Monday of the course
# Actions after which readers have to hear something of it that they did not know.
ANNOUNCED = {"move", "cancel", "postpone", "resume", "edit place", "uninvite", "invite back", "come back"}


@dataclass
class World:
    """Made by ``made``. Actions raise ExchangeError when they cannot be done as things stand."""

    database: Database
    course: Course

    @property
    def ends_at(self) -> datetime:
        """A course does not walk beyond: what it is about is still a week ahead."""
        return self.course.invited_at + timedelta(days=EVENT_DAYS - 7)

    def made(self) -> "World":
        """The network with what the course is about."""
        with self.database.transaction() as session:
            stockholm, london, washington, auckland = (
                make_city(session, name, status=MembershipStatus.LEAD)
                for name in ("Stockholm", "London", "Washington DC", "Auckland")
            )
            for name, city in zip(READERS, (stockholm, london, washington, auckland), strict=False):
                make_person(session, name, city=city)
            chair = make_person(session, READERS[4], city=london, roles=[Role.EXPERT])
            make_person(session, "Clara Coordinates", city=london, roles=[Role.COORDINATOR])
            group, others = make_group(session, chair=chair), [london, washington, auckland]
            if "cycle" in self.course.abouts:
                self._cycle(session, lead_city=stockholm, cities=others, groups=[group])
            if "event" in self.course.abouts:
                make_training(
                    session,
                    host_city=stockholm,
                    cities=others,
                    title=TITLES["event"],
                    on_local=self.course.monday + timedelta(days=EVENT_DAYS),
                    place=PLACES[0],
                    is_published="event" not in self.course.drafts,
                )
        return self

    def _cycle(self, session: Session, **fields: object) -> None:
        cycle = make_cycle(
            session,
            theme=make_theme(session, TITLES["cycle"]),
            starts_on=self.first_monday,
            is_published="cycle" not in self.course.drafts,
            **fields,  # type: ignore[arg-type]
        )
        for sitting in cycle.sittings:
            sitting.on_local = self.first_monday + timedelta(days=SESSION_DAYS)

    @property
    def first_monday(self) -> date:
        """Of the cycle: the course is in its week 4, in which people are invited to the session."""
        return self.course.monday - timedelta(days=21)

    def does(self, action: Action, now: datetime) -> None:
        """Do what the action says, in a transaction of its own."""
        with self.database.transaction() as session:
            if action.verb in _OF_PEOPLE:
                _OF_PEOPLE[action.verb](session, action, now)
                return
            done = _OF_CYCLES if action.about == "cycle" else _OF_EVENTS
            done[action.verb](self, session, action, now)


# ---------------------------------------------------------------- cycles


def _publish_cycle(_world: World, session: Session, _action: Action, now: datetime) -> None:
    cycle = cycle_to_change(session, 1)
    if cycles.open_blocks(session, cycle, PLAN):
        cycles.set_aside(session, cycle, reason=REASON, plan=PLAN, actor=None, now=now)
    cycles.publish_cycle(session, cycle, plan=PLAN, actor=None, now=now)


def _move_session(_world: World, session: Session, action: Action, now: datetime) -> None:
    cycle = cycle_to_change(session, 1)
    days, at = TO[action.number]
    on = cycle.starts_on + timedelta(days=SESSION_DAYS + days)
    wall = WallTime(on, at or FIRST_AT["cycle"], "Europe/London")
    (sitting,) = cycle.sittings
    to = SittingMove(wall, 90, reason=REASON)
    cycles.move_sitting(session, cycle, sitting.id or 0, to, plan=PLAN, actor=None, now=now)


def _resume_cycle(world: World, session: Session, action: Action, now: datetime) -> None:
    starts_on = world.first_monday + timedelta(weeks=action.number)
    cycle = cycle_to_change(session, 1)
    cycles.resume_cycle(session, cycle, starts_on, plan=PLAN, actor=None, now=now, reason=REASON)


def _edit_cycle(_world: World, session: Session, _action: Action, now: datetime) -> None:
    cycle = cycle_to_change(session, 1)
    edit = cycles.CycleEdit(
        theme_id=cycle.theme_id,
        title=f"{cycle.title}!",
        lead_city_id=cycle.lead_city_id,
        city_ids=frozenset(city.id or 0 for city in cycle.cities),
        group_ids=frozenset(group.id or 0 for group in cycle.groups),
        marking=cycle.marking,
        is_chatham_house=cycle.is_chatham_house,
    )
    cycles.edit_cycle(session, cycle, edit, plan=PLAN, actor=None, now=now)


def _halting_cycle(verb: Callable[..., None]) -> "_Done":
    def done(_world: World, session: Session, _action: Action, now: datetime) -> None:
        verb(session, cycle_to_change(session, 1), reason="A flood", plan=PLAN, actor=None, now=now)

    return done


# ---------------------------------------------------------------- events


def _publish_event(_world: World, session: Session, _action: Action, now: datetime) -> None:
    training = training_queries.training(session, 1)
    trainings.edit_training(session, training, draft_of(training), actor=None, now=now, reason=REASON)
    trainings.publish_training(session, training, actor=None, now=now)


def _edit_event(world: World, session: Session, action: Action, now: datetime) -> None:
    training = training_queries.training(session, 1)
    draft = draft_of(training)
    days, at = TO[action.number]
    on = world.course.monday + timedelta(days=EVENT_DAYS + days)
    city_ids = {city_with_slug(session, _slug(action.who)).id or 0} if action.who in CITY_OF else set()
    changed = {
        "move": {"on_local": on, "starts_local": at or FIRST_AT["event"]},
        "edit title": {"title": f"{draft.title}!"},
        "edit place": {"place": PLACES[action.number]},
        "uninvite": {"city_ids": draft.city_ids - city_ids},
        "invite back": {"city_ids": draft.city_ids | city_ids},
    }
    to = replace(draft, **changed[action.verb])  # type: ignore[arg-type]
    trainings.edit_training(session, training, to, actor=None, now=now, reason=REASON)


def _resume_event(world: World, session: Session, action: Action, now: datetime) -> None:
    training = training_queries.training(session, 1)
    on = world.course.monday + timedelta(days=EVENT_DAYS + 7 * action.number)
    draft = replace(draft_of(training), on_local=on)
    trainings.resume_training(session, training, draft, actor=None, now=now, reason=REASON)


def _halting_event(verb: Callable[..., None]) -> "_Done":
    def done(_world: World, session: Session, _action: Action, now: datetime) -> None:
        verb(session, training_queries.training(session, 1), reason="A flood", actor=None, now=now)

    return done


# ---------------------------------------------------------------- people


def person_named(session: Session, name: str) -> Person:
    """The person with roles and city."""
    person_id = session.exec(select(Person.id).where(Person.name == name)).one()
    return person_with_id(session, person_id or 0)


def _edit_person(session: Session, action: Action, now: datetime) -> None:
    person = person_named(session, action.who)
    draft = draft_of_person(person)
    changed = {
        "leave": {"is_active": False},
        "come back": {"is_active": True},
        "change address": {"email": f"again.{draft.email}"},
    }
    to = replace(draft, **changed[action.verb])  # type: ignore[arg-type]
    actor = person_named(session, "Clara Coordinates")
    edit_person(session, person, to, actor=actor, settings=Settings(), now=now)


def _rename_city(session: Session, action: Action, now: datetime) -> None:
    city = city_with_slug(session, _slug(action.who))
    draft = replace(draft_of_city(city), name=f"Greater {city.name}")
    edit_city(session, city, draft, actor=person_named(session, "Clara Coordinates"), now=now)


def _answer(session: Session, action: Action, now: datetime) -> None:
    person = person_named(session, action.who)
    is_it = Invitation.cycle_id == 1 if action.about == "cycle" else Invitation.training_id == 1
    found = session.exec(select(Invitation).where(Invitation.person_id == person.id, is_it)).one()
    meeting = meeting_in(about_of(session, found), found)
    assert meeting
    said = Answer.ACCEPTED if action.verb == "accept" else Answer.DECLINED
    invitations.answer(session, found, meeting, invitations.Said(said, Channel.LINK, now), now=now)


def _stop_letters(session: Session, action: Action, now: datetime) -> None:
    stop_programme(session, person_named(session, action.who), how="link", now=now)


def _slug(who: str) -> str:
    return CITY_OF[who].lower().replace(" ", "-")


_Done = Callable[[World, Session, Action, datetime], None]

_OF_PEOPLE: dict[str, Callable[[Session, Action, datetime], None]] = {
    "leave": _edit_person,
    "come back": _edit_person,
    "change address": _edit_person,
    "rename city": _rename_city,
    "accept": _answer,
    "decline": _answer,
    "stop letters": _stop_letters,
}
_OF_CYCLES: dict[str, _Done] = {
    "publish": _publish_cycle,
    "move": _move_session,
    "cancel": _halting_cycle(cycles.cancel_cycle),
    "postpone": _halting_cycle(cycles.postpone_cycle),
    "resume": _resume_cycle,
    "edit title": _edit_cycle,
}
_OF_EVENTS: dict[str, _Done] = {
    "publish": _publish_event,
    "move": _edit_event,
    "cancel": _halting_event(trainings.cancel_training),
    "postpone": _halting_event(trainings.postpone_training),
    "resume": _resume_event,
    "edit title": _edit_event,
    "edit place": _edit_event,
    "uninvite": _edit_event,
    "invite back": _edit_event,
}
