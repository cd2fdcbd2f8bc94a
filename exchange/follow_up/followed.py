"""One action as it stands: who owes it now, and the duty it is. Not its loading, which is queries.py's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from exchange.access.lesson_things import thing_of_action
from exchange.models import ActionState, City, ImprovementAction, Person
from exchange.rules.access.policy import Right, may
from exchange.rules.access.standing import NOBODY, Standing
from exchange.rules.access.things import Thing
from exchange.rules.duties.actions import ActionFacts, action_duty
from exchange.rules.duties.duty import Duty, Owner, Role, State, days_late, state
from exchange.rules.markings.tlp_labels import Marking


@dataclass(frozen=True)
class People:
    """Owners and leads of cities as they stand now: leads by city, standings by person."""

    leads: Mapping[int, Sequence[Person]]
    standings: Mapping[int, Standing]

    def may_read(self, person: Person, thing: Thing) -> bool:
        """Whether the person is of the network still, and may know of the thing."""
        standing = self.standings.get(person.id or 0, NOBODY)
        return standing.is_in_network and may(standing, Right.READ, thing)

    def who_lead(self, city: City, thing: Thing) -> tuple[Person, ...]:
        """The leads of a city of today who may know of the thing, by name."""
        return tuple(
            one
            for one in self.leads.get(city.id or 0, ())
            if city.id in self.standings.get(one.id or 0, NOBODY).leads and self.may_read(one, thing)
        )


@dataclass(frozen=True)
class Owing:
    """A duty, and what its reader must have the right to read to be told of it."""

    duty: Duty
    thing: Thing


@dataclass(frozen=True)
class FollowedAction:
    """An action with who owes it now.

    ``city`` is whose wall its days are on: the owner's. ``left`` is who owned it and is no longer of the
    network, or may not know of it any more; then it is the city's, and without ``leads`` the coordinators'.
    """

    action: ImprovementAction
    city: City
    left: Person | None
    leads: tuple[Person, ...]
    now: datetime

    @property
    def owner(self) -> Owner:
        """Who owes it at this moment."""
        if self.action.owner_id is not None and self.left is None:
            return Owner(Role.PERSON, self.action.owner_id)
        return Owner(Role.CITY_LEAD, self.city.id) if self.leads else Owner(Role.COORDINATOR)

    @property
    def thing(self) -> Thing:
        """What rights are asked about."""
        return thing_of_action(self.action, is_left=self.left is not None)

    @property
    def duty(self) -> Duty:
        """The action as something owed."""
        one = self.action
        return action_duty(
            ActionFacts(
                id=one.id or 0,
                text=one.text,
                about=about_of(one),
                owner=self.owner,
                due_on=one.due_on,
                time_zone=self.city.time_zone,
                marking=Marking(one.marking_now),
                starts_on=one.starts_on,
                done_at=one.done_at,
                evidence=one.evidence,
                declined=one.note if one.state == ActionState.DECLINED else "",
            )
        )

    @property
    def is_late(self) -> bool:
        """Whether its day is over on its wall, and somebody still owes it."""
        return self.action.is_unfinished and state(self.duty, self.now) is State.LATE

    @property
    def days_late(self) -> int:
        """How many days ago its day was; 0 for what is not late."""
        return days_late(self.duty, self.now) if self.is_late else 0


def about_of(action: ImprovementAction) -> str:
    """The title of what the action comes from, or its own text."""
    origin = action.lesson or action.of_cycle or action.of_training
    return origin.title if origin else action.text


def followed(action: ImprovementAction, people: People, now: datetime) -> FollowedAction:
    """The action with who owes it now; needs what queries.py loads."""
    owner, city = action.owner, action.owner_city
    left = owner if owner is not None and not people.may_read(owner, thing_of_action(action)) else None
    city = city or (owner.city if owner else None)
    if city is None:
        raise ValueError("an action is owned by a person or a city")
    thing = thing_of_action(action, is_left=left is not None)
    leads = people.who_lead(city, thing) if owner is None or left else ()
    return FollowedAction(action, city, left, leads, now)
