"""The policy's reach as conditions of SQL, for lists of many cycles, events, products and answers.

Made from the same table. Who is named at TLP:RED no condition asks: whoever uses these asks ``may`` of
each row found, too.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, or_, true
from sqlalchemy.orm import Mapped
from sqlmodel import col, select

from exchange.models import (
    ContributionVersion,
    Cycle,
    CycleCity,
    CycleGroup,
    Product,
    ProductCity,
    ProductGroup,
    TrainingCity,
    TrainingEvent,
    TrainingGroup,
    TrainingOrganisation,
)
from exchange.rules.access.circles import Circle
from exchange.rules.access.policy import Reach, Right, reach_of
from exchange.rules.access.standing import Standing
from exchange.rules.access.things import Kind
from exchange.rules.markings.tlp_labels import Marking

Condition = ColumnElement[bool]
_Makers = Mapping[Circle, Callable[[Standing], Condition]]


def readable_cycles(standing: Standing) -> Condition:
    """Published cycles that ``standing`` may know of; for who plans, drafts too."""
    reach = reach_of(Kind.CYCLE, Right.READ)
    return _published(standing, col(Cycle.published_at)) & _within(
        reach, standing, col(Cycle.marking), _CYCLES
    )


def readable_trainings(standing: Standing) -> Condition:
    """Published events that ``standing`` may know of; for who plans, drafts too."""
    reach = reach_of(Kind.TRAINING, Right.READ)
    marking = col(TrainingEvent.marking)
    return _published(standing, col(TrainingEvent.published_at)) & _within(
        reach, standing, marking, _TRAININGS
    )


def readable_products(standing: Standing, named: Collection[int]) -> Condition:
    """Products that are out and open to ``standing``; ``named`` are the ids of those at TLP:RED that are."""
    is_out = col(Product.published_at).is_not(None) & col(Product.withdrawn_at).is_(None)
    reach = _below_red(reach_of(Kind.PRODUCT, Right.READ))
    return is_out & (
        _within(reach, standing, col(Product.published_marking), _PRODUCTS) | col(Product.id).in_(named)
    )


def readable_answers(standing: Standing) -> Condition:
    """Answers below AMBER+STRICT of cycles that ``standing`` may know of, where answer and cycle are joined.

    Not those that only their authors may read: whoever uses it asks ``may`` of these, and of what is for
    groups or people that its author named.
    """
    open_ones = (Marking.CLEAR, Marking.GREEN, Marking.AMBER)
    reach = {label: circles - {Circle.AUTHORS} for label, circles in _ANSWERED.items() if label in open_ones}
    is_known = readable_cycles(standing) & (col(Cycle.marking) != Marking.RED)
    return is_known & _within(reach, standing, col(ContributionVersion.marking), _CYCLES)


def _below_red(reach: Reach) -> Reach:
    return {label: circles for label, circles in reach.items() if label is not Marking.RED}


def _published(standing: Standing, published_at: Mapped[datetime | None]) -> Condition:
    return true() if standing.plans else published_at.is_not(None)


def _within(reach: Reach, standing: Standing, marking: Mapped[str], makers: _Makers) -> Condition:
    return or_(
        false(),
        *(
            and_(marking == label, or_(*(makers[circle](standing) for circle in sorted(circles))))
            for label, circles in reach.items()
        ),
    )


def _if(holds: bool) -> Condition:
    return true() if holds else false()


def _cycle_names(standing: Standing) -> Condition:
    of_cities = select(CycleCity.cycle_id).where(col(CycleCity.city_id).in_(standing.cities))
    of_groups = select(CycleGroup.cycle_id).where(col(CycleGroup.group_id).in_(standing.groups))
    cycle_id = col(Cycle.id)
    leads = col(Cycle.lead_city_id).in_(standing.cities)
    return or_(leads, cycle_id.in_(of_cities), cycle_id.in_(of_groups))


def _training_names(standing: Standing) -> Condition:
    of_cities = select(TrainingCity.training_id).where(col(TrainingCity.city_id).in_(standing.cities))
    of_groups = select(TrainingGroup.training_id).where(col(TrainingGroup.group_id).in_(standing.groups))
    training_id = col(TrainingEvent.id)
    hosts = col(TrainingEvent.host_city_id).in_(standing.cities)
    return or_(hosts, training_id.in_(of_cities), training_id.in_(of_groups))


def _training_partners(standing: Standing) -> Condition:
    invited = select(TrainingOrganisation.training_id).where(
        col(TrainingOrganisation.organisation_id).in_(standing.organisations)
    )
    return col(TrainingEvent.id).in_(invited)


def _for_members(standing: Standing) -> Condition:
    """Events that name nobody, on a day on which one of the cities is a member."""
    training_id, on = col(TrainingEvent.id), col(TrainingEvent.on_local)
    names_nobody = training_id.not_in(select(TrainingCity.training_id)) & training_id.not_in(
        select(TrainingGroup.training_id)
    )
    spans = [
        and_(
            true() if span.starts_on is None else on >= span.starts_on,
            true() if span.ends_on is None else on <= span.ends_on,
        )
        for span in standing.member_spans
        if span.city_id in standing.cities
    ]
    return names_nobody & or_(false(), *spans)


def _product_names(standing: Standing, events: Condition) -> Condition:
    """Products of a cycle, or of one of the ``events``, or of neither that name one of its parties."""
    own = select(ProductCity.product_id).where(col(ProductCity.city_id).in_(standing.cities))
    groups = select(ProductGroup.product_id).where(col(ProductGroup.group_id).in_(standing.groups))
    product_id = col(Product.id)
    is_of_neither = col(Product.cycle_id).is_(None) & col(Product.training_id).is_(None)
    return or_(
        col(Product.cycle_id).in_(select(Cycle.id).where(_cycle_names(standing))),
        col(Product.training_id).in_(select(TrainingEvent.id).where(events)),
        is_of_neither & (product_id.in_(own) | product_id.in_(groups)),
    )


_ANSWERED = reach_of(Kind.ANSWER, Right.READ)
_SAME: _Makers = {
    Circle.NETWORK: lambda standing: _if(standing.is_in_network),
    Circle.EVERYBODY: lambda _standing: true(),
    Circle.OVERSIGHT: lambda standing: _if(bool(standing.boards) or standing.audits),
    Circle.PLANNERS: lambda standing: _if(standing.plans),
    Circle.NAMED_PEOPLE: lambda standing: _if(standing.person_id is not None),
}
_CYCLES: _Makers = {**_SAME, Circle.TAKES_PART: _cycle_names, Circle.INVITED: _cycle_names}
_TRAININGS: _Makers = {
    **_SAME,
    Circle.TAKES_PART: lambda standing: _training_names(standing) | _for_members(standing),
    Circle.INVITED: _training_names,
    Circle.PARTNERS: _training_partners,
}
_PRODUCTS: _Makers = {
    **_SAME,
    Circle.TAKES_PART: lambda standing: _product_names(
        standing, _training_names(standing) | _for_members(standing)
    ),
    Circle.INVITED: lambda standing: _product_names(standing, _training_names(standing)),
}
