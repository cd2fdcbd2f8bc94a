"""The policy's reach as conditions of SQL, for lists of many cycles and events.

Made from the same table. Who is named at TLP:RED no condition asks: whoever uses these asks ``may`` of
each row found, too.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, or_, true
from sqlalchemy.orm import Mapped
from sqlmodel import col, select

from exchange.models import (
    Cycle,
    CycleCity,
    CycleGroup,
    TrainingCity,
    TrainingEvent,
    TrainingGroup,
)
from exchange.rules.access.circles import Circle
from exchange.rules.access.policy import Reach, Right, reach_of
from exchange.rules.access.standing import Standing
from exchange.rules.access.things import Kind

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


_SAME: _Makers = {
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
}
