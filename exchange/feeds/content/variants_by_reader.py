"""Which variants each reader is shown, worked out for all readers to whom the programme is the same.

An item tells apart the cities and groups it names, and cities by their membership where it is for
all members; to all others of a ring and language it is one. So a reader costs what names them.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from exchange.feeds.content.board_meetings import ShownMeeting
from exchange.feeds.content.entries import Audience
from exchange.feeds.content.programme_items import SOMEWHERE, Reader, Shown

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
