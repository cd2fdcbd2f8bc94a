"""Fields of which a form has several: rows in the order they were sent, or one for each place of a list.

They read numbers in the names of what was sent, which anybody can write. What a row holds, each form says.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from flask_babel import gettext as _
from wtforms import Field, FieldList

# "-7" or "-7-text": a name as the pages write it. No page has a thousand rows, and no other digits count.
_NUMBER = re.compile(r"-(0|[1-9][0-9]{0,2})(?:-|\Z)")


class RowsField(FieldList):
    """As many rows as were sent, closed up; more than ``max_entries`` are refused, none is left out unsaid.

    A name without such a number is no row, as a name that no form knows is no field.
    """

    entries: list[Field]
    _sent: frozenset[int] = frozenset()

    def _extract_indices(self, prefix: str, formdata: Iterable[str]) -> Iterator[int]:
        self._sent = frozenset(
            int(found[1])
            for name in formdata
            if name.startswith(prefix) and (found := _NUMBER.match(name, len(prefix)))
        )
        return iter(self._sent)

    def validate(self, form: object, extra_validators: Sequence[object] = ()) -> bool:
        """Whether each row is right and none is too many."""
        is_right = super().validate(form, extra_validators)
        fault = self._fault()
        if fault:
            self.errors: list[object] = [*self.errors, fault]
        return bool(is_right) and not fault

    def _fault(self) -> str:
        if not self.max_entries or len(self._sent) <= self.max_entries:
            return ""
        most, sent = self.max_entries, len(self._sent)
        return str(_("At most %(most)s rows fit here, and %(sent)s were sent.", most=most, sent=sent))


class PlacesField(RowsField):
    """One entry for each place of a list that the form does not know itself: call ``fill`` before validating.

    What was sent stays at the place that its name says, whatever else was not sent.
    """

    _places: int | None = None

    def fill(self, count: int, unsent: Sequence[object] = ()) -> None:
        """Have an entry for each of ``count`` places; what was not sent holds what ``unsent`` has there.

        What was typed for a place beyond them is shown last, and refused until it is empty.
        """
        self._places = count
        sent = {entry.index: entry for entry in self.entries}
        beyond = [entry for entry in self.entries if entry.index >= count and _is_typed(entry)]
        self.entries = []
        for place in range(count):
            if place in sent:
                self.entries.append(sent[place])
            else:
                self._add_entry(data=unsent[place] if place < len(unsent) else None, index=place)
                self.entries[place].post_process()
        self.entries += beyond

    def _compact_indices(self) -> None:
        """Leave each entry where it is: its number says which place it is for."""

    def _fault(self) -> str:
        if self._places is None or len(self.entries) <= self._places:
            return super()._fault()
        return str(
            _(
                "There are places for %(count)s, and more was sent:"
                " move what you wrote beyond them, or empty it.",
                count=self._places,
            )
        )


def _is_typed(entry: Field) -> bool:
    return any(str(text).strip() for text in entry.raw_data or ())
