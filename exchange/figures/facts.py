"""What sections are made of: a session, a span of days, a moment, and as whom they count."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from sqlmodel import Session

from exchange.access.kept_back import KeptBack, kept_back_from
from exchange.figures.span import Span
from exchange.follow_up.queries import MEMBERS
from exchange.models import City
from exchange.planner.problem.problem import Burden
from exchange.records.held import Held, Window, held
from exchange.records.queries import cities
from exchange.rules.access.policy import Right, may
from exchange.rules.access.standing import NOBODY, Standing
from exchange.rules.access.things import Thing
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.programme.cycles import StagePlan
from exchange.rules.time.timezones import wall_time

# A pack is one document for all its readers, so it holds what any board may know of, whoever makes it.
BOARDS = Standing(is_in_network=True, boards=frozenset({0}))


def least_reader(marking: Marking) -> Standing:
    """Who of those that may read a report of a marking may know of the least."""
    return NOBODY if marking is Marking.CLEAR else Standing(is_in_network=True)


@dataclass(frozen=True)
class Facts:
    """What a section is given, for a document of a marking.

    ``time_zone`` is the network's, and ``today`` the date there; ``weights`` are what hours cost. Counted is
    what ``standing`` may know of; named, and told of by city, what ``named_to`` may.
    """

    session: Session
    span: Span
    now: datetime
    time_zone: str
    plan: StagePlan
    weights: Burden
    marking: Marking = Marking.AMBER_STRICT
    standing: Standing = BOARDS
    named_to: Standing = BOARDS

    def may_name(self, thing: Thing) -> bool:
        """Whether every reader of the document may know of a thing."""
        return may(self.named_to, Right.READ, thing)

    @cached_property
    def today(self) -> date:
        """The date of ``now`` on the network's wall."""
        return wall_time(self.now, self.time_zone).on

    @cached_property
    def kept_back(self) -> KeptBack:
        """What TLP:RED keeps from everybody: no person stands behind a pack."""
        return kept_back_from(self.session, self.standing)

    @cached_property
    def held(self) -> list[Held]:
        """Exchanges and events of the span that have begun, by day."""
        window = Window(self.span.first, self.span.last, self.now, self.plan.session.key)
        return held(self.session, window, self.standing, self.cities)

    @cached_property
    def cities(self) -> Sequence[City]:
        """All cities by name, with their memberships."""
        return cities(self.session)

    @property
    def members_on(self) -> date:
        """The day whose members are shown: today, or the nearest of the span."""
        return min(self.span.last, max(self.today, self.span.first))

    @cached_property
    def members(self) -> list[City]:
        """The cities that are lead or member on that day, by name."""
        return [city for city in self.cities if city.status_on(self.members_on) in MEMBERS]
