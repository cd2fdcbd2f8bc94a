"""Tables of a TOML file that know where they stand, so that a fault is said with its line.

The standard library parses TOML without positions: they are found again by searching the text.
It knows nothing of cities or people.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path

from exchange.errors import ConfigurationError, ExchangeError
from exchange.settings import ROOT, read_toml

FIRST_LINE = 1


@dataclass(frozen=True)
class TomlFile:
    """A file of arrays of tables ([[cities]]), as text and as values."""

    path: Path
    lines: tuple[str, ...]
    values: Mapping[str, object]

    def tables(self, name: str) -> list["Table"]:
        """The tables of one array, in order; none when the file has none. Raises ConfigurationError."""
        found = self.values.get(name, [])
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            line = self._line_of(rf"\s*\[?\[?\s*{re.escape(name)}\b")
            raise refusal(self.path, line, name, f"write each one under a line [[{name}]]")
        headers = [n for n, text in enumerate(self.lines, start=1) if _is_header(text, name)]
        headers += [FIRST_LINE] * (len(found) - len(headers))
        return [Table(self, name, values, line) for values, line in zip(found, headers, strict=False)]

    def check_names(self, known: Sequence[str]) -> None:
        """Refuse a table or key at the top of the file that nobody would read."""
        for name in self.values:
            if name not in known:
                line = self._line_of(rf"\s*(\[\[?\s*)?{re.escape(name)}\b")
                raise refusal(self.path, line, name, f"not known here; the file holds {', '.join(known)}")

    def _line_of(self, pattern: str) -> int:
        return next((n for n, text in enumerate(self.lines, start=1) if re.match(pattern, text)), FIRST_LINE)


@dataclass(frozen=True)
class Table:
    """One table: its values read by type, each fault with file, line, key and what was expected."""

    file: TomlFile
    name: str
    values: Mapping[str, object]
    line: int

    def text(self, key: str, default: str | None = None) -> str:
        """A text; without ``default`` it must be there."""
        value = self.values.get(key, default)
        if not isinstance(value, str):
            raise self.refuse(
                key, "expected a text in quotes" if key in self.values else "is missing: a text"
            )
        return value.strip()

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty when it is left out."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self.refuse(key, 'expected a list of texts, like ["one", "two"]')
        return tuple(one.strip() for one in value)

    def date(self, key: str) -> date | None:
        """A date; None when it is left out."""
        value = self.values.get(key)
        if value is not None and type(value) is not date:
            raise self.refuse(key, "expected a date without quotes, like 2018-06-01")
        return value

    def times(self, key: str, default: tuple[time, time]) -> tuple[time, time]:
        """Two wall times, from and to."""
        value = self.values.get(key, list(default))
        if not isinstance(value, list) or len(value) != 2 or not all(isinstance(one, time) for one in value):
            raise self.refuse(key, "expected two times without quotes, like [09:00:00, 17:00:00]")
        return value[0], value[1]

    def subtable(self, key: str) -> "Table":
        """A table within this one, like { country = "SE" }; it must be there."""
        value = self.values.get(key)
        if not isinstance(value, dict):
            raise self.refuse(key, 'expected a table, like { country = "SE" }')
        return Table(self.file, f"{self.name}.{key}", value, self.line_of(key))

    def subtables(self, key: str) -> list["Table"]:
        """Tables in a list within this one; none when it is left out."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise self.refuse(key, "expected a list of tables, like [{ name = ... }]")
        line = self.line_of(key)
        return [Table(self.file, f"{self.name}.{key}", one, self._line_holding(one, line)) for one in value]

    def check_keys(self, *known: str) -> None:
        """Refuse a key that nobody would read: it is a slip of the pen."""
        for key in self.values:
            if key not in known:
                raise self.refuse(key, f"not known in {self.name}; expected one of {', '.join(known)}")

    def refuse(self, key: str, expected: str | ExchangeError) -> ConfigurationError:
        """The error that says where ``key`` stands and what was expected there."""
        return refusal(self.file.path, self.line_of(key), f"{self.name}: {key}", str(expected))

    def line_of(self, key: str) -> int:
        """The line on which ``key`` is given, the table's own when it is left out."""
        if key not in self.values:
            return self.line
        lines = self.file.lines
        last = next((n for n in range(self.line, len(lines)) if lines[n].startswith("[")), len(lines))
        # A key of a table in braces may stand anywhere on a line, that of a [[table]] at its beginning.
        before = r"[\s{,]" if self.is_inline else r"^\s*"
        given = re.compile(rf"{before}{re.escape(key)}\s*=")
        return next((n + 1 for n in range(self.line - 1, last) if given.search(_bare(lines[n]))), self.line)

    @property
    def is_inline(self) -> bool:
        """Whether it stands in braces within another table."""
        return "." in self.name

    def _line_holding(self, values: Mapping[str, object], first: int) -> int:
        """The first line at or after ``first`` that shows every text of an inline table."""
        texts = [str(value) for value in values.values()]
        for number in range(first, len(self.file.lines) + 1):
            if all(text in self.file.lines[number - 1] for text in texts):
                return number
        return first


def read_toml_file(path: Path) -> TomlFile:
    """The file with its text. Raises ConfigurationError with file and line when it is no TOML."""
    values = read_toml(path)
    return TomlFile(path, tuple(path.read_text(encoding="utf-8").splitlines()), values)


def refusal(path: Path, line: int, key: str, expected: str) -> ConfigurationError:
    """The one sentence for a fault in a file."""
    shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    return ConfigurationError(
        "%(file)s, line %(line)s, %(key)s: %(expected)s",
        file=shown,
        line=line,
        key=key,
        expected=expected if expected.endswith((".", "?")) else f"{expected}.",
    )


def _is_header(line: str, name: str) -> bool:
    return re.match(rf"\s*\[\[\s*{re.escape(name)}\s*\]\]", line) is not None


def _bare(line: str) -> str:
    """The line without its comment, as far as a search for keys needs it."""
    return re.sub(r"#[^\"']*$", "", line)
