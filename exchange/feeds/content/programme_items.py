"""The programme, item by item: published cycles and training events, and which readers see the same of each.

The same entries as queries.entries_for gives, found from the other end: entries_for asks for one
audience what there is, this asks for one item who sees what of it. A test compares the two.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

from sqlalchemy import BindParameter, bindparam
from sqlalchemy.orm import joinedload
from sqlmodel import Session, col, select

from exchange.duties.prepared import Prepared
from exchange.feeds.content.eager_loading import cycle_loader_options
from exchange.feeds.content.entries import Audience, Entry
from exchange.feeds.content.preparation_entries import entries_of_preparation, showing_of_preparation
from exchange.feeds.content.queries import concerns
from exchange.feeds.content.redaction import (
    entries_of_cycle,
    entries_of_training,
    is_for_all,
    showing_of_cycle,
    showing_of_training,
    with_product,
)
from exchange.models import City, Cycle, Product, TrainingEvent
from exchange.rules.access.rings import Ring
from exchange.rules.markings.tlp_labels import Marking, rank

Item = Cycle | TrainingEvent

_NO_GROUPS: frozenset[int] = frozenset()
SOMEWHERE = 0  # no city's id: a city that the item does not name
_AT_ONCE = 500  # ids in one statement: SQLite takes some thousands

_IDS: BindParameter[int] = bindparam("ids", expanding=True)
_CYCLES = select(Cycle).where(col(Cycle.published_at).is_not(None)).options(*cycle_loader_options())
_SOME_CYCLES = _CYCLES.where(col(Cycle.id).in_(_IDS))
_TRAININGS = (
    select(TrainingEvent)
    .where(col(TrainingEvent.published_at).is_not(None))
    .options(
        joinedload(TrainingEvent.theme),  # type: ignore[arg-type]  # SQLModel types relations as their values
        joinedload(TrainingEvent.host_city),  # type: ignore[arg-type]  # as above
        joinedload(TrainingEvent.cities),  # type: ignore[arg-type]  # as above
        joinedload(TrainingEvent.groups),  # type: ignore[arg-type]  # as above
    )
)
_SOME_TRAININGS = _TRAININGS.where(col(TrainingEvent.id).in_(_IDS))


@dataclass(frozen=True)
class Reader:
    """Whose feed it is: the audience, and its city with memberships loaded when it has one."""

    audience: Audience
    city: City | None = None


@dataclass
class _Alike:
    """An audience that stands for many; ``texts`` holds it as text, by clock."""

    audience: Audience | None
    hides_title: bool = False
    texts: dict[str, str] = field(default_factory=dict)


def item_of(row: Item) -> str:
    """The name under which a change of it waits: "cycle:12"."""
    return f"cycle:{row.id}" if isinstance(row, Cycle) else f"training:{row.id}"


def reach_of(row: Item, planners: Collection[int] = ()) -> str:
    """All of an item that decides who sees it and how much; while it stays, so do the lists of feeds.

    ``planners`` are those named in the preparation of an event.
    """
    lead = row.lead_city_id if isinstance(row, Cycle) else row.host_city_id
    cities = sorted({lead, *(city.id or 0 for city in row.cities)})
    groups = sorted(group.id or 0 for group in row.groups)
    is_for_members = isinstance(row, TrainingEvent) and is_for_all(row) and row.marking != Marking.CLEAR
    on = row.on_local.isoformat() if is_for_members and isinstance(row, TrainingEvent) else ""
    named = sorted(row.named_ids) if row.marking == Marking.RED else []
    partners = sorted(one.id or 0 for one in row.organisations) if isinstance(row, TrainingEvent) else []
    invited = [partners] if partners else []  # few events have any, and none are as they were before
    return json.dumps([row.marking, cities, groups, on, named, sorted(planners), *invited])


def is_narrower(before: str, after: str) -> bool:
    """Whether somebody who saw an item by the one reach may see less of it, or nothing, by the other."""
    try:
        old_marking, old_cities, old_groups, old_on, old_named, old_planners, *old_partners = json.loads(
            before
        )
    except ValueError:
        return True  # another release wrote it, and nobody can say
    marking, cities, groups, on, named, planners, *partners = json.loads(after)
    lost = [
        set(old_cities) - set(cities),
        set(old_groups) - set(groups),
        {old_on} - {on, ""},
        set(*old_partners) - set(*partners),
        set(old_named) - set(named) if marking == Marking.RED else set(),
    ]
    if set(old_planners) - set(planners):
        return True
    return rank(Marking(marking)) > rank(Marking(old_marking)) or (marking != Marking.CLEAR and any(lost))


@lru_cache(maxsize=1024)
def as_text(audience: Audience) -> str:
    """The audience of a variant, as stored."""
    groups = sorted(audience.groups)
    told: list[object] = [audience.ring, audience.city_id, audience.time_zone, groups, audience.language]
    told.append(audience.alarm_minutes)
    if audience.board_ids or audience.organisation_id is not None:
        told += [audience.person_id, sorted(audience.board_ids), audience.organisation_id]
    elif audience.person_id is not None:
        told.append(audience.person_id)
    return json.dumps(told)


@lru_cache(maxsize=1024)  # a variant's audience is that of most others
def from_text(text: str) -> Audience:
    """What as_text wrote."""
    ring, city_id, time_zone, groups, language, alarm_minutes, *rest = json.loads(text)
    person_id, boards, organisation_id = rest if len(rest) == 3 else (*(rest or [None]), (), None)
    return Audience(
        ring=Ring(ring),
        city_id=city_id,
        time_zone=time_zone,
        group_ids=frozenset(groups),
        language=language,
        alarm_minutes=alarm_minutes,
        person_id=person_id,
        board_ids=frozenset(boards),
        organisation_id=organisation_id,
    )


def published_items(session: Session, names: Iterable[str] | None = None) -> dict[str, Item]:
    """What is published and named, or all that is, with everything loaded that entries need."""
    found: list[Item] = []
    if names is None:
        found += session.exec(_CYCLES).all()
        found += session.exec(_TRAININGS).unique().all()
        return {item_of(row): row for row in found}
    ids: dict[str, list[int]] = {"cycle": [], "training": []}
    for name in sorted(names):
        kind, _, number = name.partition(":")
        if kind in ids:  # a board's meetings: board_meetings.py
            ids[kind].append(int(number))
    for start in range(0, len(ids["cycle"]), _AT_ONCE):
        some = {"ids": ids["cycle"][start : start + _AT_ONCE]}
        found += session.exec(_SOME_CYCLES, params=some).all()
    for start in range(0, len(ids["training"]), _AT_ONCE):
        some = {"ids": ids["training"][start : start + _AT_ONCE]}
        found += session.exec(_SOME_TRAININGS, params=some).unique().all()
    return {item_of(row): row for row in found}


@dataclass
class Shown:
    """One item on a day (UTC), a cycle with its product, and the audiences that stand for all readers."""

    row: Item
    network: str
    on: date
    product: Product | None = None
    members: Sequence[City] = ()  # of an event for all: the cities it is for
    prepared: Prepared | None = None  # of an event, once something of its preparation was decided
    _known: dict[object, "_Alike"] = field(default_factory=dict)

    def __post_init__(self) -> None:
        lead = self.row.lead_city_id if isinstance(self.row, Cycle) else self.row.host_city_id
        self.cities = frozenset([lead, *(city.id for city in self.row.cities)])
        self.groups = frozenset(group.id for group in self.row.groups)
        self.boards: frozenset[int] = frozenset()
        planners = self.prepared.planners if self.prepared else frozenset()
        partners = self.row.organisations if isinstance(self.row, TrainingEvent) else ()
        self.organisations = frozenset(one.id for one in partners)
        self.people = frozenset(self.row.named_ids if self.row.marking == Marking.RED else planners)
        self.reach = reach_of(self.row, planners)
        is_open = self.row.marking == Marking.CLEAR
        self.is_for_members = isinstance(self.row, TrainingEvent) and is_for_all(self.row) and not is_open

    def audience_for(self, reader: Reader) -> str | None:
        """The audience, as text, that the reader shares with all who see the same; None: it may not know.

        Cities and groups that the item does not name are the same to it. The clock matters only to those
        who may not know the title, and with it the place.
        """
        audience = reader.audience
        city_id = audience.city_id
        if city_id is not None and city_id not in self.cities:
            city_id = SOMEWHERE
        named = audience.groups & self.groups if self.groups else _NO_GROUPS
        person_id = audience.person_id if audience.person_id in self.people else None
        organisation_id = audience.organisation_id
        if organisation_id not in self.organisations:
            organisation_id = None
        key = (
            *(audience.ring, audience.language, audience.alarm_minutes),
            *(city_id, named, person_id, organisation_id),
        )
        found = self._known.get(key)
        if found is None:
            known = replace(
                audience,
                city_id=city_id,
                group_id=None,
                group_ids=named,
                board_ids=frozenset(),
                person_id=person_id,
                organisation_id=organisation_id,
                time_zone="UTC",
            )
            found = self._known[key] = self._alike(known)
        if found.audience is None or not self._concerns(reader):
            return None
        zone = audience.time_zone if found.hides_title else "UTC"
        if zone not in found.texts:
            found.texts[zone] = as_text(replace(found.audience, time_zone=zone))
        return found.texts[zone]

    def entries(self, audience: Audience) -> list[Entry]:
        """What such an audience sees; nothing of what was called off long ago."""
        if isinstance(self.row, Cycle):
            entries = entries_of_cycle(self.row, audience, self.network)
            found = with_product(entries, self.row, self.product, audience)
        else:
            found = entries_of_training(self.row, audience, self.network, self.members)
            if self.prepared is not None:
                found += entries_of_preparation(self.prepared, audience, self.network)
        return [entry for entry in found if not entry.has_left(self.on)]

    def _alike(self, alike: Audience) -> "_Alike":
        if isinstance(self.row, Cycle):
            shown = showing_of_cycle(self.row, alike)
        else:
            shown = showing_of_training(self.row, alike)
            if shown is None and self.prepared is not None:
                shown = showing_of_preparation(self.prepared, alike)
        return _Alike(None) if shown is None else _Alike(alike, not shown.title)

    def _concerns(self, reader: Reader) -> bool:
        """Whether an event for all members is for this one: asked only where the day decides."""
        if not self.is_for_members or isinstance(self.row, Cycle):
            return True
        return reader.audience.person_id in self.people or concerns(self.row, reader.audience, reader.city)
