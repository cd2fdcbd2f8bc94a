"""The plans to choose from side by side: what each comes to, and what every city bears in it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from exchange.planner.plan import CHOICES, Plan
from exchange.planning.burdens.spread import spread_of
from exchange.planning.proposal.entry_rows import Proposal


@dataclass(frozen=True)
class ShownChoice:
    """One of the plans; ``is_own`` for the one that the page shows in full."""

    name: str
    is_own: bool
    plan: Plan
    spread: float

    @property
    def worst(self) -> int:
        """Points of the city that bears most."""
        return self.plan.value_of("worst")

    @property
    def total(self) -> int:
        """Points of all cities together."""
        return self.plan.value_of("total")

    @property
    def outside(self) -> int:
        """What lies outside acceptable hours."""
        return self.plan.value_of("outside")


@dataclass(frozen=True)
class CityRow:
    """What one city bears in each of the plans, the past counted in."""

    city: str
    is_own: bool
    points: tuple[int, ...]


def shown_choices(proposal: Proposal) -> list[ShownChoice]:
    """The plans by how much the city that bears most has to bear; one alone where there is no choice."""
    plan = proposal.plan
    own = ShownChoice(plan.choice, True, plan, spread_of(_points(proposal, plan)))
    others = [
        ShownChoice(each.name, False, each.plan, spread_of(_points(proposal, each.plan)))
        for each in plan.choices
    ]
    return sorted([own, *others], key=lambda each: CHOICES.index(each.name) if each.name else 0)


def rows_of(proposal: Proposal, choices: Sequence[ShownChoice], own_slug: str) -> list[CityRow]:
    """Every city, lead cities first."""
    cities = sorted(proposal.problem.cities, key=lambda city: (not city.is_lead, city.name))
    borne = [choice.plan.burden for choice in choices]
    return [
        CityRow(
            city.name,
            city.id == own_slug,
            tuple(each[city.id].burden + each[city.id].before if city.id in each else 0 for each in borne),
        )
        for city in cities
    ]


def spread_at(choices: Sequence[ShownChoice], worst: int) -> float | None:
    """The spread of the plan whose worst city bears so much; None where none was planned."""
    return next((each.spread for each in choices if each.worst == worst), None)


def _points(proposal: Proposal, plan: Plan) -> list[int]:
    return [
        plan.burden[city.id].burden + plan.burden[city.id].before
        for city in proposal.problem.cities
        if city.id in plan.burden
    ]
