"""One table of a configuration file, read key by key: each value as it should be, or a sentence that says so.

Not the meaning of the keys: whoever reads the file knows which there are.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, time
from typing import NoReturn, TypeGuard, TypeVar

from exchange.errors import ConfigurationError

_T = TypeVar("_T")
_MISSING = object()
NAME_MAX_CHARACTERS = 80  # it stands in subject lines and calendar summaries


class Entry:
    """A table at a place in the document ("stages[2]"); every reader raises ConfigurationError."""

    def __init__(self, place: str, table: object, *, known: Collection[str]) -> None:
        self.place = place
        if not isinstance(table, Mapping):
            refuse(place, "a table of keys and values", table)
        self._table = table
        for key in table:
            if key not in known:
                refuse(self._at(str(key)), f"one of the keys {', '.join(sorted(known))}", key)

    def has(self, key: str) -> bool:
        """Whether the key is written at all."""
        return key in self._table

    def text(self, key: str, *, most: int = NAME_MAX_CHARACTERS) -> str:
        """A line of text, not empty, without line breaks."""
        value = self._value(key)
        if not isinstance(value, str) or not value.isprintable() or not value.strip():
            refuse(self._at(key), "one line of text", value)
        if len(value) > most:
            refuse(self._at(key), f"at most {most} characters", value)
        return value.strip()

    def integer(self, key: str, lowest: int, highest: int, *, default: int | None = None) -> int:
        """A whole number from lowest to highest; the default when the key is not written."""
        if default is not None and not self.has(key):
            return default
        value = self._value(key)
        if not _is_integer(value) or not lowest <= value <= highest:
            refuse(self._at(key), f"a whole number from {lowest} to {highest}", value)
        return value

    def span(self, key: str, lowest: int, highest: int) -> tuple[int, int]:
        """A pair [first, last] of whole numbers in order."""
        value = self._value(key)
        expected = f"[first, last], whole numbers from {lowest} to {highest} in order"
        if not isinstance(value, list) or len(value) != 2:
            refuse(self._at(key), expected, value)
        first, last = value
        if not _is_integer(first) or not _is_integer(last) or not lowest <= first <= last <= highest:
            refuse(self._at(key), expected, value)
        return first, last

    def integers(self, key: str, lowest: int, highest: int) -> tuple[int, ...]:
        """A list of one or more whole numbers, each larger than the one before."""
        value = self._value(key)
        expected = f"a list of whole numbers from {lowest} to {highest} in order, none twice"
        if not isinstance(value, list) or not value:
            refuse(self._at(key), expected, value)
        for before, one in zip([lowest - 1, *value], value, strict=False):
            if not _is_integer(one) or not before < one <= highest:
                refuse(self._at(key), expected, one)
        return tuple(value)

    def clock(self, key: str) -> time:
        """A wall time, written like 09:00:00."""
        value = self._value(key)
        if not isinstance(value, time):
            refuse(self._at(key), "a time like 09:00:00, without quotes", value)
        return value

    def flag(self, key: str) -> bool:
        """True or false; false when the key is not written."""
        value = self._value(key) if self.has(key) else False
        if not isinstance(value, bool):
            refuse(self._at(key), "true or false", value)
        return value

    def day(self, key: str) -> date:
        """A date, written like 2027-03-09."""
        value = self._value(key)
        if not _is_date(value):
            refuse(self._at(key), "a date like 2027-03-09, without quotes", value)
        return value

    def days(self, key: str) -> tuple[date, ...]:
        """A list of one or more dates, each later than the one before."""
        value = self._value(key)
        expected = "a list of one or more dates like 2027-03-09, each later than the one before"
        if not isinstance(value, list) or not value:
            refuse(self._at(key), expected, value)
        found: list[date] = []
        for one in value:
            if not _is_date(one) or (found and one <= found[-1]):
                refuse(self._at(key), expected, one)
            found.append(one)
        return tuple(found)

    def choice(self, key: str, allowed: Collection[str]) -> str:
        """One of the allowed words."""
        value = self._value(key)
        if not isinstance(value, str) or value not in allowed:
            refuse(self._at(key), f"one of {', '.join(allowed)}", value)
        return value

    def choices(self, key: str, allowed: Collection[str]) -> tuple[str, ...]:
        """A list of one or more of the allowed words, none twice."""
        value = self._value(key)
        if not isinstance(value, list) or not value or len(set(map(str, value))) < len(value):
            refuse(self._at(key), f"a list of different words from {', '.join(allowed)}", value)
        for word in value:
            if word not in allowed:
                refuse(self._at(key), f"words from {', '.join(allowed)}", word)
        return tuple(value)

    def texts(self, key: str, most: int) -> tuple[str, ...]:
        """A list of one or more lines of text of at most ``most`` characters."""
        value = self._value(key)
        if not isinstance(value, list) or not value:
            refuse(self._at(key), "a list of one or more lines of text", value)
        for line in value:
            is_line = isinstance(line, str) and line.isprintable() and line.strip()
            if not is_line or len(line) > most:
                refuse(self._at(key), f"lines of text of at most {most} characters", line)
        return tuple(line.strip() for line in value)

    def each(self, key: str, read: Callable[[str, object], _T]) -> tuple[_T, ...]:
        """A list of one or more tables, each read at its own place ("stages[2]", counted from 1)."""
        value = self._value(key)
        if not isinstance(value, list) or not value:
            refuse(self._at(key), "a list of one or more tables", value)
        return tuple(read(f"{self._at(key)}[{n}]", table) for n, table in enumerate(value, 1))

    def _value(self, key: str) -> object:
        value = self._table.get(key, _MISSING)
        if value is _MISSING:
            raise ConfigurationError("%(key)s is missing.", key=self._at(key))
        return value

    def _at(self, key: str) -> str:
        return f"{self.place}.{key}" if self.place else key


def refuse(place: str, expected: str, found: object) -> NoReturn:
    """Raise ConfigurationError saying where, what was expected and what stands there."""
    raise ConfigurationError(
        "%(key)s: expected %(expected)s, found %(found)s.",
        key=place or "the document",
        expected=expected,
        found=repr(found)[:60],
    )


def _is_date(value: object) -> TypeGuard[date]:
    return isinstance(value, date) and not isinstance(value, datetime)


def _is_integer(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)
