"""Loads a network file into the database: adds what is missing, overwrites nothing, says what it did.

What a coordinator edited stays as edited; the report names each difference. One transaction: the
all of the file or nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy.orm import selectinload
from sqlmodel import Session, select

from exchange.errors import InvalidInput
from exchange.feeds.publishing.publish import ensure_feeds
from exchange.models import Board, City, ExpertGroup, Organisation, Person
from exchange.network.actions.bodies_and_themes import insert_entry
from exchange.network.actions.cities import insert_city
from exchange.network.actions.memberships import history
from exchange.network.actions.people import add_person
from exchange.network.actions.seats import seat
from exchange.network.drafts import Entry, draft_of_city, draft_of_entry, draft_of_person, facts
from exchange.network.erased_addresses import block_on
from exchange.network.network_file import (
    ARRAYS,
    SEATS,
    BodyEntry,
    CityEntry,
    PersonEntry,
    SeatsEntry,
    read_network_file,
)
from exchange.network.toml_lines import Table
from exchange.settings import Settings

Result = TypeVar("Result")
_Seated = list[tuple[Person, bool]]  # who sits in a body, and whether in its chair


@dataclass
class Report:
    """What loading did, by the file's arrays: names added, how many were there already, what differs."""

    path: Path
    added: dict[str, list[str]] = field(default_factory=dict)
    unchanged: dict[str, int] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """The report as English lines for the command line."""
        arrays = dict.fromkeys([*self.added, *self.unchanged])
        counts = [
            f"{array}: {len(self.added.get(array, []))} added, {self.unchanged.get(array, 0)} unchanged"
            for array in arrays
        ]
        kept = (f"kept as edited: {sentence}" for sentence in self.kept)
        return [*counts, *kept, *(f"left out: {sentence}" for sentence in self.left_out)]


@dataclass(frozen=True)
class _Loading:
    """One run over one file."""

    session: Session
    report: Report
    now: datetime
    cities: dict[str, City]
    people: dict[str, Person]
    settings: Settings
    erased: set[str] = field(default_factory=set)  # addresses of the file that are not to be entered again


def load_network(session: Session, path: Path, *, settings: Settings, now: datetime) -> Report:
    """Put the file at ``path`` into the database and see to the feeds; the report of what it did.

    Safe to repeat. Raises ConfigurationError with file, line, key and what was expected.
    """
    file = read_network_file(path)
    loading = _Loading(session, Report(path), now, _cities(session), _people(session), settings)
    for city in file.cities:
        _load_city(loading, city)
    known = {kind: _entries(session, kind) for kind in ARRAYS}
    for entry in file.entries:  # first, for people are of them
        if entry.kind is Organisation:
            _load_entry(loading, entry, known[entry.kind])
    organisations = {key: one.id or 0 for key, one in _entries(session, Organisation).items()}
    for person in file.people:
        _load_person(loading, person, organisations)
    for entry in file.entries:
        if entry.kind is not Organisation:
            _load_entry(loading, entry, known[entry.kind])
    bodies = {kind: _entries(session, kind) for kind in (ExpertGroup, Board)} if file.seats else {}
    for seats in file.seats:
        _load_seats(loading, seats, bodies[seats.kind].get(seats.key))
    ensure_feeds(session, settings, now)
    return loading.report


def is_empty(session: Session) -> bool:
    """Whether no network has been loaded yet."""
    return session.exec(select(City.id).limit(1)).first() is None


def _load_city(loading: _Loading, entry: CityEntry) -> None:
    city = loading.cities.get(entry.slug)
    if city is None:
        loading.cities[entry.slug] = _placed(
            entry.table,
            lambda: insert_city(
                loading.session, entry.draft, entry.spans, slug=entry.slug, actor=None, now=loading.now
            ),
        )
        _note_added(loading, "cities", entry.draft.name)
        return
    spans = [
        [s.status.value, *(d.isoformat() if d else None for d in (s.starts_on, s.ends_on))]
        for s in entry.spans
    ]
    here = facts(draft_of_city(city)) | {"memberships": history(city)}
    _compare(loading, "cities", city.name, here, facts(entry.draft) | {"memberships": spans})


def _load_person(loading: _Loading, entry: PersonEntry, organisations: Mapping[str, int]) -> None:
    city = loading.cities.get(entry.city)
    if city is None:
        raise entry.table.refuse(
            "city", f"there is no city {entry.city}; write the slug of one, like stockholm"
        )
    if entry.organisation and entry.organisation not in organisations:
        raise entry.table.refuse(
            "organisation", f"there is no organisation {entry.organisation}; write the key of one"
        )
    organisation_id = organisations.get(entry.organisation)
    draft = replace(entry.draft, city_id=city.id or 0, organisation_id=organisation_id)
    # An address the coordinator changed is still the same person of the same city.
    person = loading.people.get(draft.email) or next(
        (p for p in loading.people.values() if (p.name, p.city_id) == (draft.name, draft.city_id)), None
    )
    if person is None and block_on(loading.session, draft.email, loading.settings):
        loading.erased.add(draft.email)
        loading.report.left_out.append(
            f"people: line {entry.table.line}, whose data were erased; take the entry out of the file"
        )
        return
    if person is None:
        loading.people[draft.email] = _placed(
            entry.table, lambda: add_person(loading.session, draft, actor=None, now=loading.now)
        )
        _note_added(loading, "people", draft.name)
        return
    loading.people[draft.email] = person
    _compare(loading, "people", person.name, facts(draft_of_person(person)), facts(draft))


def _load_entry(loading: _Loading, entry: BodyEntry, known: Mapping[str, Entry]) -> None:
    array = ARRAYS[entry.kind]
    people = _seated(loading, entry)
    here = known.get(entry.draft.key)
    if here is None:
        row = _placed(
            entry.table,
            lambda: insert_entry(loading.session, entry.kind, entry.draft, actor=None, now=loading.now),
        )
        if isinstance(row, ExpertGroup | Board):
            _seat_all(loading, row, people)
        _note_added(loading, array, entry.draft.name)
        return
    # An entry that names nobody says nothing of who sits there.
    seats = {"members": _members(people)} if entry.members or entry.chairs else {}
    there = facts(entry.draft) | seats
    _compare(loading, array, here.name, _facts_of_entry(here), there)


def _load_seats(loading: _Loading, entry: SeatsEntry, body: Entry | None) -> None:
    """Seat people in a body that is empty; one that has members was seen to by somebody, and stays."""
    if not isinstance(body, ExpertGroup | Board):
        array = ARRAYS[entry.kind]
        raise entry.table.refuse(array.removesuffix("s"), f"{entry.key} is the key of none in [[{array}]]")
    people = _seated(loading, entry)
    if body.members:
        here = {"members": _facts_of_entry(body)["members"]}
        _compare(loading, SEATS, body.name, here, {"members": _members(people)})
        return
    _seat_all(loading, body, people)
    _note_added(loading, SEATS, body.name)


def _seated(loading: _Loading, entry: BodyEntry | SeatsEntry) -> _Seated:
    """The people whom the entry names, chairs first, and whether each is one; without those erased."""
    named = dict.fromkeys([*entry.chairs, *entry.members])
    return [
        (_person_named(loading, entry, email), email in entry.chairs)
        for email in named
        if email not in loading.erased
    ]


def _seat_all(loading: _Loading, body: ExpertGroup | Board, people: _Seated) -> None:
    for person, is_chair in people:
        seat(
            loading.session,
            body,
            person,
            is_chair=is_chair,
            actor=None,
            settings=loading.settings,
            now=loading.now,
        )


def _members(people: _Seated) -> list[list[object]]:
    return sorted([person.id, is_chair] for person, is_chair in people)


def _person_named(loading: _Loading, entry: BodyEntry | SeatsEntry, email: str) -> Person:
    person = loading.people.get(email)
    if person is None:
        key = "chairs" if email in entry.chairs else "members"
        raise entry.table.refuse(key, f"{email} is the address of nobody in [[people]]")
    return person


def _facts_of_entry(entry: Entry) -> dict[str, object]:
    found = facts(draft_of_entry(entry))
    if isinstance(entry, ExpertGroup | Board):
        found["members"] = sorted([member.person_id, member.is_chair] for member in entry.members)
    return found


def _compare(
    loading: _Loading, array: str, name: str, here: Mapping[str, object], there: Mapping[str, object]
) -> None:
    differing = [key for key in there if here.get(key) != there[key]]
    if not differing:
        loading.report.unchanged[array] = loading.report.unchanged.get(array, 0) + 1
        return
    loading.report.kept.append(f"{array}: {name} ({', '.join(differing)})")


def _note_added(loading: _Loading, array: str, name: str) -> None:
    loading.report.added.setdefault(array, []).append(name)


def _placed(table: Table, add: Callable[[], Result]) -> Result:
    """What ``add`` returns; its refusal is said with the line it is about."""
    try:
        return add()
    except InvalidInput as error:
        raise table.refuse(error.field or "name", error) from error


def _cities(session: Session) -> dict[str, City]:
    relations = (selectinload(City.memberships), selectinload(City.quiet_periods))  # type: ignore[arg-type]  # SQLModel types relations as their values
    return {city.slug: city for city in session.exec(select(City).options(*relations))}


def _people(session: Session) -> dict[str, Person]:
    people = session.exec(select(Person).options(selectinload(Person.roles)))  # type: ignore[arg-type]  # as above
    return {person.email: person for person in people}


def _entries(session: Session, kind: type[Entry]) -> dict[str, Entry]:
    found: Sequence[Entry] = session.exec(select(kind)).all()  # type: ignore[assignment]  # the union is read as its base
    return {entry.key: entry for entry in found}
