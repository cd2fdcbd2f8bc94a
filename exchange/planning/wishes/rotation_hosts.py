"""Which cities the rotation makes hosts of a plan: of the annual conference and exercise of its years.

It offers them with a reason; who fills in the form decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import joinedload
from sqlmodel import Session, col, select

from exchange.city_calendars import PLANNED_FOR
from exchange.models import City, Rotation, RotationKind, RotationState, TrainingKind
from exchange.planning.wishes.wishes import Wishes
from exchange.rules.sentences import Sentence, Value

# The kinds of event as which each is held.
_HELD_AS = {
    RotationKind.CONFERENCE: {TrainingKind.CONFERENCE},
    RotationKind.EXERCISE: {
        *(TrainingKind.TABLE_TOP, TrainingKind.GAME, TrainingKind.DRILL),
        *(TrainingKind.FUNCTIONAL, TrainingKind.FULL_SCALE),
    },
}


@dataclass(frozen=True)
class OfferedHost:
    """A city whose turn it is, and why it is offered."""

    slug: str
    reason: Sentence


def rotation_hosts(session: Session, wishes: Wishes) -> Sequence[OfferedHost]:
    """The cities agreed or proposed for what the wishes contain, by year; nothing of what was delivered.

    Only those that may host on the plan's first day are offered: a former member is not.
    """
    wished = {kind.kind for kind in wishes.kinds} if wishes.has_trainings else set()
    kinds = [kind for kind, held_as in _HELD_AS.items() if wished & held_as]
    city = joinedload(Rotation.city).selectinload(City.memberships)  # type: ignore[arg-type]  # SQLModel types relations as their values
    rows = session.exec(
        select(Rotation)
        .where(
            col(Rotation.year).between(wishes.start_on.year, wishes.last_on.year),
            col(Rotation.kind).in_(kinds),
            col(Rotation.state) != RotationState.DELIVERED,
        )
        .options(city)
        .order_by(col(Rotation.year), col(Rotation.kind))
    )
    return [_offered(row) for row in rows if row.city.status_on(wishes.start_on) in PLANNED_FOR]


def with_rotation(session: Session, wishes: Wishes) -> Wishes:
    """The wishes with these cities among the hosts."""
    slugs = [one.slug for one in rotation_hosts(session, wishes)]
    return replace(wishes, hosts=tuple(dict.fromkeys((*wishes.hosts, *slugs))))


def _offered(row: Rotation) -> OfferedHost:
    values: dict[str, Value] = {"city": row.city.name, "year": str(row.year)}
    is_agreed = row.state == RotationState.AGREED
    if row.kind == RotationKind.CONFERENCE and is_agreed:
        reason = Sentence("%(city)s: agreed as host of the annual conference %(year)s.", values)
    elif row.kind == RotationKind.CONFERENCE:
        reason = Sentence("%(city)s: proposed as host of the annual conference %(year)s.", values)
    elif is_agreed:
        reason = Sentence("%(city)s: agreed as host of the annual exercise %(year)s.", values)
    else:
        reason = Sentence("%(city)s: proposed as host of the annual exercise %(year)s.", values)
    return OfferedHost(row.city.slug, reason)
