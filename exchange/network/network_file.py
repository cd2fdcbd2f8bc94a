"""Reads config/network.toml: cities, people, groups, boards, partners and themes, all checked.

It touches no database; loading.py puts into one what this reads.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from exchange.errors import InvalidInput
from exchange.languages import LANGUAGES
from exchange.models import Board, ExpertGroup, MembershipStatus, Partner, Role, Theme
from exchange.network.drafts import (
    NOTE_COLUMN,
    CityDraft,
    Entry,
    EntryDraft,
    PersonDraft,
    Span,
    checked_city,
    checked_entry,
    checked_person,
    slug_of,
)
from exchange.network.toml_places import Table, read_toml_file
from exchange.rules.quiet_periods import QuietPeriod, parse_quiet_period

ARRAYS: Mapping[type[Entry], str] = {
    ExpertGroup: "groups",
    Board: "boards",
    Partner: "partners",
    Theme: "themes",
}
UNKNOWN_CITY = 0  # until loading.py knows the row

Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True)
class CityEntry:
    """A city of the file."""

    table: Table
    slug: str
    draft: CityDraft
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class PersonEntry:
    """A person of the file; ``city`` is the slug of a city of the file or of the database."""

    table: Table
    city: str
    draft: PersonDraft


@dataclass(frozen=True)
class BodyEntry:
    """A group, board, partner or theme of the file; ``members`` and ``chairs`` are addresses of people."""

    table: Table
    kind: type[Entry]
    draft: EntryDraft
    members: tuple[str, ...] = ()
    chairs: tuple[str, ...] = ()


@dataclass(frozen=True)
class NetworkFile:
    """All a file says."""

    path: Path
    cities: tuple[CityEntry, ...]
    people: tuple[PersonEntry, ...]
    entries: tuple[BodyEntry, ...]


def read_network_file(path: Path) -> NetworkFile:
    """What the file says, each part checked by itself.

    Raises ConfigurationError with file, line, key and what was expected.
    """
    file = read_toml_file(path)
    file.check_names(["cities", "people", *ARRAYS.values()])
    cities = tuple(_city(table) for table in file.tables("cities"))
    people = tuple(_person(table) for table in file.tables("people"))
    entries = tuple(_entry(kind, table) for kind, array in ARRAYS.items() for table in file.tables(array))
    _refuse_twice((entry.table, "name", entry.slug) for entry in cities)
    _refuse_twice((entry.table, "name", entry.draft.name) for entry in cities)
    _refuse_twice((entry.table, "email", entry.draft.email) for entry in people)
    for kind in ARRAYS:
        of_kind = [entry for entry in entries if entry.kind is kind]
        _refuse_twice((entry.table, "key", entry.draft.key) for entry in of_kind)
        _refuse_twice((entry.table, "name", entry.draft.name) for entry in of_kind)
    return NetworkFile(path, cities, people, entries)


def _city(table: Table) -> CityEntry:
    table.check_keys(
        "slug",
        "name",
        "time_zone",
        "language",
        "position",
        "holidays",
        "working_hours",
        "memberships",
        "quiet_periods",
    )
    holidays = table.subtable("holidays")
    holidays_keys = ("country", "subdivision", "categories")
    holidays.check_keys(*holidays_keys)
    plain = CityDraft(name="", time_zone="", country="")
    starts, ends = table.times("working_hours", (plain.work_starts, plain.work_ends))
    draft = CityDraft(
        name=table.text("name"),
        time_zone=table.text("time_zone"),
        country=holidays.text("country"),
        subdivision=holidays.text("subdivision", ""),
        categories=holidays.texts("categories") or plain.categories,
        language=table.text("language", LANGUAGES[0]),
        position=table.text("position", ""),
        work_starts=starts,
        work_ends=ends,
        quiet_periods=tuple(_quiet_period(one) for one in table.subtables("quiet_periods")),
    )
    keys = {"work_ends": "working_hours"} | dict.fromkeys(holidays_keys, "holidays")
    checked = _placed(table, lambda: checked_city(draft), keys)
    return CityEntry(table, table.text("slug", slug_of(checked.name)), checked, _spans(table))


def _quiet_period(table: Table) -> QuietPeriod:
    table.check_keys("name", "first", "last")
    name, first, last = (table.text(key) for key in ("name", "first", "last"))
    return _placed(table, lambda: parse_quiet_period(name, first, last))


def _spans(table: Table) -> tuple[Span, ...]:
    spans: list[Span] = []
    for one in table.subtables("memberships"):
        one.check_keys("status", "starts_on", "ends_on")
        span = Span(
            _word(one, "status", one.text("status"), MembershipStatus),
            one.date("starts_on"),
            one.date("ends_on"),
        )
        if span.starts_on and span.ends_on and span.ends_on < span.starts_on:
            raise one.refuse("ends_on", "a membership cannot end before it begins")
        if spans and not _follows(spans[-1], span):
            raise one.refuse("starts_on", "each membership begins after the end of the one before it")
        spans.append(span)
    if not spans:
        raise table.refuse("memberships", 'expected at least one, like [{ status = "member" }]')
    return tuple(spans)


def _follows(before: Span, after: Span) -> bool:
    return before.ends_on is not None and after.starts_on is not None and before.ends_on < after.starts_on


def _person(table: Table) -> PersonEntry:
    table.check_keys("name", "email", "city", "language", "roles")
    draft = PersonDraft(
        name=table.text("name"),
        email=table.text("email"),
        city_id=UNKNOWN_CITY,
        roles=frozenset(_word(table, "roles", role, Role) for role in table.texts("roles")),
        language=table.text("language", LANGUAGES[0]),
    )
    return PersonEntry(table, table.text("city"), _placed(table, lambda: checked_person(draft)))


def _entry(kind: type[Entry], table: Table) -> BodyEntry:
    note = NOTE_COLUMN[kind]
    bodies = ("members", "chairs") if kind in (ExpertGroup, Board) else ()
    table.check_keys("key", "name", note, *bodies)
    draft = EntryDraft(key=table.text("key"), name=table.text("name"), note=table.text(note, ""))
    return BodyEntry(
        table,
        kind,
        _placed(table, lambda: checked_entry(draft), {"note": note}),
        tuple(email.lower() for email in table.texts("members")) if bodies else (),
        tuple(email.lower() for email in table.texts("chairs")) if bodies else (),
    )


Checked = TypeVar("Checked")


def _placed(table: Table, check: Callable[[], Checked], keys: Mapping[str, str] | None = None) -> Checked:
    """What ``check`` returns; its refusal is said with the line of the key that it names."""
    try:
        return check()
    except InvalidInput as error:
        field = error.field or "name"
        raise table.refuse((keys or {}).get(field, field), error) from error


def _word(table: Table, key: str, text: str, vocabulary: type[Word]) -> Word:
    try:
        return vocabulary(text)
    except ValueError as error:
        known = ", ".join(word.value for word in vocabulary)
        raise table.refuse(key, f"{text or '(nothing)'} is not one of {known}") from error


def _refuse_twice(named: Iterable[tuple[Table, str, str]]) -> None:
    seen: dict[str, Table] = {}
    for table, key, value in named:
        if value in seen:
            raise table.refuse(key, f"{value} stands on line {seen[value].line_of(key)} already")
        seen[value] = table
