"""Reads config/network.toml: cities, organisations, people, groups, boards, seats and themes, all checked.

It touches no database; network_import.py puts into one what this reads.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from exchange.errors import InvalidInput
from exchange.languages import LANGUAGES
from exchange.models import (
    Board,
    ExpertGroup,
    MembershipStatus,
    Organisation,
    OrganisationKind,
    Role,
    Theme,
)
from exchange.network.drafts import (
    NOTE_COLUMN,
    CityDraft,
    Entry,
    EntryDraft,
    OrganisationDraft,
    PersonDraft,
    Span,
    ThemeDraft,
    checked_city,
    checked_entry,
    checked_person,
    slug_of,
)
from exchange.network.toml_lines import Table, read_toml_file
from exchange.rules.time.quiet_periods import QuietPeriod, parse_quiet_period

ARRAYS: Mapping[type[Entry], str] = {
    Organisation: "organisations",
    ExpertGroup: "groups",
    Board: "boards",
    Theme: "themes",
}
SEATS = "seats"  # of groups and boards that another file, or the database, has already
PARTNERS = "partners"  # organisations in files of before: their kind was free text, and is the note now
_SEATED_AS: Mapping[type[ExpertGroup] | type[Board], str] = {ExpertGroup: "group", Board: "board"}
UNKNOWN_CITY = 0  # until network_import.py knows the row

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
    """A person of the file; ``city`` is a slug and ``organisation`` a key or "", of file or database."""

    table: Table
    city: str
    organisation: str
    draft: PersonDraft


@dataclass(frozen=True)
class BodyEntry:
    """An organisation, group, board or theme; ``members`` and ``chairs`` are addresses of people."""

    table: Table
    kind: type[Entry]
    draft: EntryDraft
    members: tuple[str, ...] = ()
    chairs: tuple[str, ...] = ()


@dataclass(frozen=True)
class SeatsEntry:
    """Who sits in a group or on a board that is there; ``members`` and ``chairs`` as in BodyEntry."""

    table: Table
    kind: type[ExpertGroup] | type[Board]
    key: str
    members: tuple[str, ...]
    chairs: tuple[str, ...]


@dataclass(frozen=True)
class NetworkFile:
    """All a file says."""

    path: Path
    cities: tuple[CityEntry, ...]
    people: tuple[PersonEntry, ...]
    entries: tuple[BodyEntry, ...]
    seats: tuple[SeatsEntry, ...]


def read_network_file(path: Path) -> NetworkFile:
    """What the file says, each part checked by itself.

    Raises ConfigurationError with file, line, key and what was expected.
    """
    file = read_toml_file(path)
    file.check_names(["cities", "people", *ARRAYS.values(), SEATS, PARTNERS])
    cities = tuple(_city(table) for table in file.tables("cities"))
    people = tuple(_person(table) for table in file.tables("people"))
    entries = tuple(_entry(kind, table) for kind, array in ARRAYS.items() for table in file.tables(array))
    entries = (*(_partner(table) for table in file.tables(PARTNERS)), *entries)
    seats = tuple(_seats(table) for table in file.tables(SEATS))
    _refuse_twice((entry.table, "name", entry.slug) for entry in cities)
    _refuse_twice((entry.table, "name", entry.draft.name) for entry in cities)
    _refuse_twice((entry.table, "email", entry.draft.email) for entry in people)
    for kind in ARRAYS:
        of_kind = [entry for entry in entries if entry.kind is kind]
        _refuse_twice((entry.table, "key", entry.draft.key) for entry in of_kind)
        _refuse_twice((entry.table, "name", entry.draft.name) for entry in of_kind)
    for body in (ExpertGroup, Board):
        _refuse_twice((entry.table, _SEATED_AS[body], entry.key) for entry in seats if entry.kind is body)
    return NetworkFile(path, cities, people, entries, seats)


def _city(table: Table) -> CityEntry:
    table.check_keys(
        "slug",
        "name",
        "time_zone",
        "language",
        "position",
        "welfare",
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
        welfare=table.text("welfare", ""),
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
    table.check_keys("name", "email", "city", "organisation", "language", "roles")
    draft = PersonDraft(
        name=table.text("name"),
        email=table.text("email"),
        city_id=UNKNOWN_CITY,
        roles=frozenset(_word(table, "roles", role, Role) for role in table.texts("roles")),
        language=table.text("language", LANGUAGES[0]),
    )
    checked = _placed(table, lambda: checked_person(draft))
    return PersonEntry(table, table.text("city"), table.text("organisation", ""), checked)


def _partner(table: Table) -> BodyEntry:
    table.check_keys("key", "name", "kind")
    draft = OrganisationDraft(table.text("key"), table.text("name"), table.text("kind", ""))
    return BodyEntry(table, Organisation, _placed(table, lambda: checked_entry(draft), {"note": "kind"}))


def _organisation(table: Table) -> BodyEntry:
    table.check_keys("key", "name", "kind", "note")
    kind = _word(table, "kind", table.text("kind"), OrganisationKind) if table.text("kind", "") else ""
    draft = OrganisationDraft(table.text("key"), table.text("name"), table.text("note", ""), kind)
    return BodyEntry(table, Organisation, _placed(table, lambda: checked_entry(draft)))


def _theme(table: Table) -> BodyEntry:
    note = NOTE_COLUMN[Theme]
    table.check_keys("key", "name", note, "strategies")
    key, name, source = table.text("key"), table.text("name"), table.text(note, "")
    draft = ThemeDraft(key=key, name=name, note=source, strategies=table.text("strategies", ""))
    return BodyEntry(table, Theme, _placed(table, lambda: checked_entry(draft), {"note": note}))


def _entry(kind: type[Entry], table: Table) -> BodyEntry:
    if kind is Organisation:
        return _organisation(table)
    if kind is Theme:
        return _theme(table)
    note = NOTE_COLUMN[kind]
    bodies = ("members", "chairs") if kind in (ExpertGroup, Board) else ()
    table.check_keys("key", "name", note, *bodies)
    draft = EntryDraft(key=table.text("key"), name=table.text("name"), note=table.text(note, ""))
    return BodyEntry(
        table,
        kind,
        _placed(table, lambda: checked_entry(draft), {"note": note}),
        _addresses(table, "members") if bodies else (),
        _addresses(table, "chairs") if bodies else (),
    )


def _seats(table: Table) -> SeatsEntry:
    table.check_keys(*_SEATED_AS.values(), "members", "chairs")
    named = [kind for kind, key in _SEATED_AS.items() if table.text(key, "")]
    if len(named) != 1:
        raise table.refuse("group", "name one group or one board by its key")
    key = table.text(_SEATED_AS[named[0]])
    return SeatsEntry(table, named[0], key, _addresses(table, "members"), _addresses(table, "chairs"))


def _addresses(table: Table, key: str) -> tuple[str, ...]:
    return tuple(email.lower() for email in table.texts(key))


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
