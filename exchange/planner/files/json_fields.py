"""One object of a JSON document, read key by key: each value as it should be, or a sentence that says so.

Not the meaning of the keys: problem_file.py and plan_file.py know which there are.
"""

from collections.abc import Callable, Collection, Iterator
from datetime import date, datetime, time
from typing import NoReturn, TypeVar

from exchange.errors import InvalidInput
from exchange.rules.plain_text import is_one_line
from exchange.rules.time.typed_times import exact_date, exact_instant, exact_time

_T = TypeVar("_T")
NAME_MAX_CHARACTERS = 80
FIRST_YEAR, LAST_YEAR = 1970, 2099  # what the calendars of holidays cover well


class Fields:
    """An object at a path ("cities[3]"); every reader raises InvalidInput whose field is the path."""

    def __init__(self, path: str, value: object, known: Collection[str]) -> None:
        self.path = path
        if not isinstance(value, dict):
            refuse(path, "an object with keys and values", value)
        self._values: dict[str, object] = value
        for key in value:
            if key not in known:
                refuse(self.at(str(key)[:40]), f"one of the keys {', '.join(sorted(known))}", key)

    def at(self, key: str) -> str:
        """The path of a key."""
        return f"{self.path}.{key}" if self.path else key

    def has(self, key: str) -> bool:
        """Whether the key is there and not null."""
        return self._values.get(key) is not None

    def raw(self, key: str) -> object:
        """The value as it stands, None when it is not there."""
        return self._values.get(key)

    def text(self, key: str, default: str | None = None) -> str:
        """A line of text that is not empty, unless the default is."""
        value = self._get(key, default)
        is_line = isinstance(value, str) and is_one_line(value) and (value.strip() or value == default)
        if not is_line or len(str(value)) > NAME_MAX_CHARACTERS:
            refuse(self.at(key), f"one line of text of at most {NAME_MAX_CHARACTERS} characters", value)
        return str(value).strip()

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false."""
        value = self._get(key, default)
        if not isinstance(value, bool):
            refuse(self.at(key), "true or false", value)
        return value

    def integer(self, key: str, lowest: int, highest: int, default: int | None = None) -> int:
        """A whole number from lowest to highest."""
        return integer(self.at(key), self._get(key, default), lowest, highest)

    def share(self, key: str, highest: float, default: float) -> float:
        """A number from 0 to highest."""
        value = self._get(key, default)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not 0 <= float(str(value)) <= highest:
            refuse(self.at(key), f"a number from 0 to {highest:g}", value)
        return float(str(value))

    def placement(self, key: str, allowed: Collection[str], default: str | None = None) -> str:
        """One of the allowed words."""
        value = self._get(key, default)
        if not isinstance(value, str) or value not in allowed:
            refuse(self.at(key), f"one of {', '.join(allowed)}", value)
        return value

    def day(self, key: str) -> date:
        """A date."""
        return day(self.at(key), self._get(key, None))

    def instant(self, key: str) -> datetime:
        """A moment with its offset from UTC."""
        return instant(self.at(key), self._get(key, None))

    def items(self, key: str, read: Callable[[str, object], _T], most: int = 20_000) -> tuple[_T, ...]:
        """A list, each item read at its own path; empty when the key is not there."""
        value = self._get(key, [])
        if not isinstance(value, list):
            refuse(self.at(key), "a list", value)
        if len(value) > most:
            refuse(self.at(key), f"at most {most} items", len(value))
        return tuple(read(f"{self.at(key)}[{n}]", item) for n, item in enumerate(value))

    def pairs(self, key: str) -> Iterator[tuple[str, str, object]]:
        """Path, key and value of each entry of an object."""
        value = self._get(key, {})
        if not isinstance(value, dict):
            refuse(self.at(key), "an object with keys and values", value)
        for name, each in value.items():
            yield f"{self.at(key)}.{str(name)[:40]}", str(name), each

    def _get(self, key: str, default: object) -> object:
        value = self._values.get(key)
        if value is None and default is None:
            refuse(self.at(key), "a value", "nothing")
        return default if value is None else value


def refuse(path: str, expected: str, found: object) -> NoReturn:
    """Say where, what was expected and what stands there."""
    shown = repr(found) if isinstance(found, str) else str(found)
    raise InvalidInput(
        "%(path)s: expected %(expected)s, found %(found)s.",
        field=path,
        path=path or "The document",
        expected=expected,
        found=shown if len(shown) <= 60 else shown[:57] + "...",
    )


def fault(path: str, sentence: str, **values: object) -> NoReturn:
    """Say where and what is wrong; ``sentence`` may have places for the values."""
    raise InvalidInput("%(path)s: " + sentence, field=path, path=path, **values)


def integer(path: str, value: object, lowest: int, highest: int) -> int:
    """A whole number from lowest to highest."""
    if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
        refuse(path, f"a whole number from {lowest} to {highest}", value)
    return value


def day(path: str, value: object) -> date:
    """A date written YYYY-MM-DD."""
    try:
        found = exact_date(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
        refuse(path, "a date like 2027-01-04", value)
    return found


def instant(path: str, value: object) -> datetime:
    """An instant written with its offset, in UTC."""
    try:
        found = exact_instant(value) if isinstance(value, str) else None
    except (ValueError, OverflowError):
        found = None
    if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
        refuse(path, "a moment with its offset, like 2027-01-04T14:00:00Z", value)
    return found


def wall(path: str, value: object) -> time:
    """A wall time written HH:MM."""
    try:
        found = exact_time(value) if isinstance(value, str) and len(value) == 5 else None
    except ValueError:
        found = None
    if found is None:
        refuse(path, "a wall time like 09:00", value)
    return found


def pair(path: str, value: object, read: Callable[[str, object], _T]) -> tuple[_T, _T]:
    """A list of two."""
    if not isinstance(value, list) or len(value) != 2:
        refuse(path, "a pair [from, to]", value)
    return read(f"{path}[0]", value[0]), read(f"{path}[1]", value[1])


def instant_text(at: datetime) -> str:
    """An instant as the documents write it: 2027-01-04T14:00:00Z."""
    return at.isoformat().replace("+00:00", "Z")
