"""The programme, item by item: published cycles and training events, and who sees which entries of each.

The same entries as queries.entries_for gives, found from the other end: entries_for asks for one
audience what there is, this asks for one change who sees it. A test compares the two.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import selectinload
from sqlmodel import Session, col, select

from exchange.feeds.entries import Audience, Entry
from exchange.feeds.queries import concerns
from exchange.feeds.redact import (
    entries_of_cycle,
    entries_of_training,
    showing_of_cycle,
    showing_of_training,
)
from exchange.models import City, Cycle, TrainingEvent

Item = Cycle | TrainingEvent

_SOMEWHERE = 0  # no city's id: a city that the item does not name
_AT_ONCE = 500  # ids in one statement: SQLite takes some thousands


@dataclass(frozen=True)
class Reader:
    """Whose feed it is: the audience, and its city with memberships loaded when it has one."""

    audience: Audience
    city: City | None = None


def item_of(row: Item) -> str:
    """The name under which a change of it waits: "cycle:12"."""
    return f"cycle:{row.id}" if isinstance(row, Cycle) else f"training:{row.id}"


def published_items(session: Session, names: Iterable[str] | None = None) -> dict[str, Item]:
    """What is published and named, or all that is, with everything loaded that entries need."""
    found: list[Item] = []
    if names is None:
        found += _cycles(session, None)
        found += _trainings(session, None)
        return {item_of(row): row for row in found}
    ids: dict[str, list[int]] = {"cycle": [], "training": []}
    for name in sorted(names):
        kind, _, number = name.partition(":")
        ids[kind].append(int(number))
    for start in range(0, len(ids["cycle"]), _AT_ONCE):
        found += _cycles(session, ids["cycle"][start : start + _AT_ONCE])
    for start in range(0, len(ids["training"]), _AT_ONCE):
        found += _trainings(session, ids["training"][start : start + _AT_ONCE])
    return {item_of(row): row for row in found}


@dataclass
class Shown:
    """The entries of one item, cut once for all readers who may see the same of it."""

    row: Item
    network: str
    _cut: dict[Audience, list[Entry]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        named = [self.row.lead_city_id] if isinstance(self.row, Cycle) else [self.row.host_city_id]
        self._cities = frozenset([*named, *(city.id for city in self.row.cities)])
        self._groups = frozenset(group.id for group in self.row.groups)

    def to(self, reader: Reader) -> list[Entry]:
        """The entries this reader sees of the item."""
        alike = self._alike(reader.audience)
        if alike not in self._cut:
            self._cut[alike] = self._entries(alike)
        found = self._cut[alike]
        if found and isinstance(self.row, TrainingEvent):
            return found if concerns(self.row, reader.audience, reader.city) else []
        return found

    def _entries(self, audience: Audience) -> list[Entry]:
        if isinstance(self.row, Cycle):
            return entries_of_cycle(self.row, audience, self.network)
        return entries_of_training(self.row, audience, self.network)

    def _alike(self, audience: Audience) -> Audience:
        """One audience for all that the item treats alike: cities and groups it does not name are the same.

        The clock matters only to those who may not know the title, and with it the place.
        """
        city_id, group_id = audience.city_id, audience.group_id
        if city_id is not None and city_id not in self._cities:
            city_id = _SOMEWHERE
        if group_id not in self._groups:
            group_id = None
        alike = replace(audience, city_id=city_id, group_id=group_id, time_zone="UTC")
        if isinstance(self.row, Cycle):
            shown = showing_of_cycle(self.row, alike)
        else:
            shown = showing_of_training(self.row, alike)
        if shown is not None and not shown.title:
            return replace(alike, time_zone=audience.time_zone)
        return alike


def _cycles(session: Session, ids: Sequence[int] | None) -> Sequence[Cycle]:
    statement = select(Cycle).where(col(Cycle.published_at).is_not(None))
    if ids is not None:
        statement = statement.where(col(Cycle.id).in_(ids))
    return session.exec(
        statement.options(
            selectinload(Cycle.theme),  # type: ignore[arg-type]  # SQLModel types relations as their values
            selectinload(Cycle.lead_city),  # type: ignore[arg-type]  # as above
            selectinload(Cycle.cities),  # type: ignore[arg-type]  # as above
            selectinload(Cycle.groups),  # type: ignore[arg-type]  # as above
            selectinload(Cycle.stages),  # type: ignore[arg-type]  # as above
            selectinload(Cycle.sittings),  # type: ignore[arg-type]  # as above
        )
    ).all()


def _trainings(session: Session, ids: Sequence[int] | None) -> Sequence[TrainingEvent]:
    statement = select(TrainingEvent).where(col(TrainingEvent.published_at).is_not(None))
    if ids is not None:
        statement = statement.where(col(TrainingEvent.id).in_(ids))
    return session.exec(
        statement.options(
            selectinload(TrainingEvent.theme),  # type: ignore[arg-type]  # SQLModel types relations as their values
            selectinload(TrainingEvent.host_city),  # type: ignore[arg-type]  # as above
            selectinload(TrainingEvent.cities),  # type: ignore[arg-type]  # as above
            selectinload(TrainingEvent.groups),  # type: ignore[arg-type]  # as above
        )
    ).all()
