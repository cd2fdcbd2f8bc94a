"""Which variants each reader is shown, worked out for all readers to whom the programme is the same.

An item tells apart the cities and groups it names, and cities by their membership where it is for
all members; to all others of a ring and language it is one. So a reader costs what names them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session

from exchange.feeds.content.board_meetings import (
    NOUN,
    entries_of_meeting,
    item_of_meeting,
    published_meetings,
    reach_of_meeting,
    showing_of_meeting,
)
from exchange.feeds.content.entries import Audience, Entry
from exchange.feeds.content.programme_items import SOMEWHERE, Reader, Shown, as_text
from exchange.models import BoardMeeting
from exchange.rules.markings.tlp_labels import Marking


@dataclass
class ShownMeeting:
    """One meeting on a day (UTC), and the audiences that stand for all its readers."""

    row: BoardMeeting
    network: str
    on: date

    def __post_init__(self) -> None:
        self.cities: frozenset[int] = frozenset()
        self.groups: frozenset[int] = frozenset()
        self.boards = frozenset({self.row.board_id})
        self.people = frozenset(self.row.named_ids if self.row.marking == Marking.RED else ())
        self.reach = reach_of_meeting(self.row)
        self.is_for_members = False

    def audience_for(self, reader: Reader) -> str | None:
        """The audience, as text, that the reader shares with all who see the same; None: not theirs."""
        audience = reader.audience
        shown = showing_of_meeting(self.row, audience)
        if shown is None:
            return None
        known = Audience(
            audience.ring,
            time_zone="UTC" if shown.title else audience.time_zone,
            board_ids=audience.board_ids & self.boards,
            language=audience.language,
            alarm_minutes=audience.alarm_minutes,
            person_id=audience.person_id if audience.person_id in self.people else None,
        )
        return as_text(known)

    def entries(self, audience: Audience) -> list[Entry]:
        """What such an audience sees; nothing of what was called off long ago."""
        found = entries_of_meeting(self.row, audience, self.network)
        return [entry for entry in found if not entry.has_left(self.on)]


def shown_meetings(
    session: Session, network: str, on: date, items: Iterable[str] | None = None
) -> dict[str, ShownMeeting]:
    """The published ones by name: those among ``items``, or all."""
    wanted = None
    if items is not None:
        wanted = [int(item.partition(":")[2]) for item in items if item.startswith(f"{NOUN}:")]
        if not wanted:
            return {}
    found = published_meetings(session, wanted)
    return {item_of_meeting(one): ShownMeeting(one, network, on) for one in found}


AnyShown = Shown | ShownMeeting
VariantName = tuple[str, str]  # its item and its audience, as stored


class Programme:
    """Some items of the programme, by name."""

    def __init__(self, shown: Mapping[str, AnyShown]) -> None:
        self._shown = shown
        self._for_members = {item for item, one in shown.items() if one.is_for_members}
        self._of_city: defaultdict[int | None, set[str]] = defaultdict(set)
        self._of_group: defaultdict[int | None, set[str]] = defaultdict(set)
        self._of_board: defaultdict[int | None, set[str]] = defaultdict(set)
        self._of_person: defaultdict[int | None, set[str]] = defaultdict(set)
        self._of_strangers: dict[Audience, dict[str, VariantName]] = {}
        for item, one in shown.items():
            for city_id in one.cities:
                self._of_city[city_id].add(item)
            for group_id in one.groups:
                self._of_group[group_id].add(item)
            for board_id in one.boards:
                self._of_board[board_id].add(item)
            for person_id in one.people:
                self._of_person[person_id].add(item)

    def names_for(self, reader: Reader) -> set[VariantName]:
        """The variants of the items that are for this reader."""
        audience = reader.audience
        particular = self._for_members.union(
            self._of_city.get(audience.city_id, ()),
            self._of_person.get(audience.person_id, ()),
            *(self._of_group.get(group_id, ()) for group_id in audience.groups),
            *(self._of_board.get(board_id, ()) for board_id in audience.board_ids),
        )
        names = self._names_for_stranger(audience)
        own = self._names(reader, particular)
        return {name for item, name in names.items() if item not in particular} | set(own.values())

    def _names_for_stranger(self, audience: Audience) -> dict[str, VariantName]:
        """The variants for a reader of the kind whom no item names."""
        city_id = None if audience.city_id is None else SOMEWHERE
        nobody: frozenset[int] = frozenset()
        stranger = replace(
            audience, city_id=city_id, group_id=None, group_ids=nobody, board_ids=nobody, person_id=None
        )
        if stranger not in self._of_strangers:
            items = self._shown.keys() - self._for_members
            self._of_strangers[stranger] = self._names(Reader(stranger), items)
        return self._of_strangers[stranger]

    def _names(self, reader: Reader, items: set[str]) -> dict[str, VariantName]:
        found = ((item, self._shown[item].audience_for(reader)) for item in items)
        return {item: (item, audience) for item, audience in found if audience is not None}
