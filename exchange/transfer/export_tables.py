"""Lists as tables: the programme as a reader may see it, and for those who may the network and its letters.

Who may ask for which is said by the views; what of the programme a reader sees, by the feeds' own queries.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache

from exchange.feeds.content.entries import Entry
from exchange.models import (
    Board,
    City,
    CreditRole,
    Cycle,
    ExpertGroup,
    Organisation,
    ProductVersion,
    Theme,
    TrainingEvent,
)
from exchange.needs.results import ShownRound
from exchange.products.queries import path_of_product
from exchange.rules.needs.scores import Score
from exchange.rules.time.timezones import wall_time
from exchange.transfer.csv_file import Table
from exchange.transfer.date_columns import WEEK, iso_day
from exchange.transfer.programme_columns import BETWEEN, NAMES, SCOPING_CALL, SESSION
from exchange.transfer.queries import LetterRow, PersonRow

_EVERYBODY, _TOGETHER = "all that is shown", "cities too small to be shown, together"


def table_of_entries(entries: Iterable[Entry]) -> Table:
    """The programme as its entries show it, by when they begin."""
    columns = ("kind", "title", "first_day", "start", "time_zone", "last_day", "minutes", "city", "place")
    return Table((*columns, "marking", "state", "uid"), [_entry(entry) for entry in entries])


def table_to_plan(cycles: Iterable[Cycle], trainings: Iterable[TrainingEvent]) -> Table:
    """Cycles and events in full, in the columns that the import reads; needs everything loaded."""
    rows = [*(_cycle(cycle) for cycle in cycles), *(_training(training) for training in trainings)]
    return Table(NAMES, [[row.get(name, "") for name in NAMES] for row in rows])


def table_of_needs(shown: ShownRound) -> Table:
    """What a page shows of a needs round: each theme for all and for small cities, and by city."""
    columns = ("theme", "city", "people", "importance", "confidence", "gap", "priority", "marking")
    marking = shown.round.marking
    every = [
        (shown.name(one.theme), of, score)
        for one in shown.results.themes
        for of, score in ((_EVERYBODY, one.network), (_TOGETHER, one.together))
        if score is not None
    ]
    rows = [
        (theme.name, row.name, score)
        for row in shown.rows
        for theme, score in zip(shown.round.themes, row.cells, strict=True)
        if score is not None
    ]
    return Table(columns, [(theme, city, *_score(score), marking) for theme, city, score in [*every, *rows]])


def table_of_cities(cities: Iterable[City], on: date) -> Table:
    """Cities with what they are in the network on a date; needs their memberships loaded."""
    columns = ("name", "in_the_network", "time_zone", "holidays", "work_starts", "work_ends", "language")
    return Table(columns, [_city(city, on) for city in cities])


def table_of_people(people: Iterable[PersonRow]) -> Table:
    """People with their roles, city, organisation and groups."""
    rows = (
        (
            person.name,
            person.email,
            person.city,
            person.organisation or "",
            BETWEEN.join(person.roles),
            BETWEEN.join(person.groups),
            person.language,
            "yes" if person.is_active else "no",
        )
        for person in people
    )
    return Table(("name", "email", "city", "organisation", "roles", "groups", "language", "is_active"), rows)


def table_of_bodies(bodies: Iterable[ExpertGroup | Board], noun: str) -> Table:
    """Expert groups or boards, a row for each seat, or one without a name for a body without any."""
    rows: list[tuple[str, ...]] = []
    for body in bodies:
        if not body.members:
            rows.append((body.key, body.name, "", "", ""))
        for member in body.members:
            seat = "yes" if member.is_chair else "no"
            rows.append((body.key, body.name, member.person.name, member.person.city.name, seat))
    return Table(("key", noun, "member", "city", "is_chair"), rows)


def table_of_organisations(organisations: Iterable[Organisation]) -> Table:
    """Organisations of people, or that work with the network; ``note`` is what each is to it."""
    rows = [(one.key, one.name, one.kind, one.note) for one in organisations]
    return Table(("key", "name", "kind", "note"), rows)


def table_of_themes(themes: Iterable[Theme]) -> Table:
    """The catalogue; ``key`` is what imports and addresses of feeds name."""
    rows = [(one.key, one.name, one.source, one.strategies) for one in themes]
    return Table(("key", "name", "drawn_from", "strategies"), rows)


def table_of_products(
    versions: Iterable[tuple[ProductVersion, Sequence[str]]], base_url: str, time_zone: str
) -> Table:
    """Versions that are out, with their product's themes and page; dates on the wall of a zone."""
    rows = [
        (
            version.title,
            ", ".join(themes),
            version.product.published_marking,
            _moment(version.product.published_at, time_zone),
            time_zone,
            f"{base_url}{path_of_product(version.product)}",
            version.product.kind,
            str(version.product.year or ""),
            ", ".join(one.shown_name for one in version.product.credits if one.role != CreditRole.REVIEWER),
        )
        for version, themes in versions
    ]
    columns = ("title", "theme", "marking", "published", "time_zone", "page", "kind", "year", "authors")
    return Table(columns, rows)


def table_of_letters(letters: Iterable[LetterRow], time_zone: str) -> Table:
    """What went out or waits, without a word of the letters' text; times on the wall of a zone."""
    rows = (
        (
            letter.kind,
            letter.subject,
            letter.to_name,
            letter.state,
            _moment(letter.due_at, time_zone),
            _moment(letter.sent_at, time_zone),
            time_zone,
            str(letter.attempts),
            letter.last_answer,
        )
        for letter in letters
    )
    columns = ("letter", "subject", "to", "state", "due", "sent", "time_zone", "tries", "last_answer")
    return Table(columns, rows)


def _entry(entry: Entry) -> Sequence[str]:
    first_on, last_on, start, time_zone = entry.first_on, entry.last_on, "", ""
    if entry.starts is not None:
        start, time_zone = f"{entry.starts.at:%H:%M}", entry.starts.time_zone
        first_on = entry.starts.on
        last_on = wall_time(entry.ends_at, time_zone).on
    return (
        entry.kind.value,
        entry.title,
        first_on.isoformat() if first_on else "",
        start,
        time_zone,
        last_on.isoformat() if last_on else "",
        str(entry.minutes) if entry.minutes else "",
        entry.city,
        entry.place,
        entry.marking.value,
        entry.word.lower() or entry.status.value.lower(),
        entry.uid,
    )


def _cycle(cycle: Cycle) -> dict[str, str]:
    sittings = sorted((s for s in cycle.sittings if s.meeting == SESSION), key=lambda s: s.number)
    first, second = (*sittings, None, None)[:2]
    row = {
        "kind": "cycle",
        "title": cycle.title,
        "date": cycle.starts_on.isoformat(),
        WEEK: iso_day(cycle.starts_on),
        "city": cycle.lead_city.name,
        "cities": BETWEEN.join(city.name for city in cycle.cities),
        "groups": BETWEEN.join(group.key for group in cycle.groups),
        "theme": cycle.theme.key,
        "marking": cycle.marking,
        "chatham_house": "yes" if cycle.is_chatham_house else "no",
        "weeks": str(cycle.duration_weeks),
        "brief": cycle.brief,
        "agenda": cycle.agendas.get(SESSION, ""),
        "call_agenda": cycle.agendas.get(SCOPING_CALL, ""),
    }
    if first is not None:
        row |= {
            "start": f"{first.starts_local:%H:%M}",
            "time_zone": first.time_zone,
            "minutes": str(first.minutes),
            "session_on": first.on_local.isoformat(),
            "uid": first.uid,
        }
    if second is not None:
        row |= {"second_start": f"{second.starts_local:%H:%M}", "second_time_zone": second.time_zone}
    return row


def _training(training: TrainingEvent) -> dict[str, str]:
    return {
        "kind": "training",
        "title": training.title,
        "date": training.on_local.isoformat(),
        WEEK: iso_day(training.on_local),
        "start": f"{training.starts_local:%H:%M}",
        "time_zone": training.time_zone,
        "minutes": str(training.minutes),
        "city": training.host_city.name,
        "cities": BETWEEN.join(city.name for city in training.cities),
        "groups": BETWEEN.join(group.key for group in training.groups),
        "theme": training.theme.key if training.theme else "",
        "marking": training.marking,
        "chatham_house": "yes" if training.is_chatham_house else "no",
        "type": training.kind,
        "mode": training.mode,
        "why_in_person": training.why_in_person,
        "place": training.place,
        "join_link": training.join_link,
        "description": training.description,
        "agenda": training.agenda,
        "state": training.state,
        "uid": training.uid,
    }


def _city(city: City, on: date) -> Sequence[str]:
    status = city.status_on(on)
    return (
        city.name,
        status.value if status else "",
        city.time_zone,
        "-".join(part for part in (city.holidays_country, city.holidays_subdivision) if part),
        f"{city.work_starts_local:%H:%M}",
        f"{city.work_ends_local:%H:%M}",
        city.language,
    )


@lru_cache(maxsize=4096)  # many letters are due at the same moment
def _moment(at: datetime | None, time_zone: str) -> str:
    if at is None:
        return ""
    wall = wall_time(at, time_zone)
    return f"{wall.on.isoformat()} {wall.at:%H:%M}"


def _score(score: Score) -> tuple[str, ...]:
    return (
        str(score.people),
        str(score.importance),
        str(score.confidence),
        str(score.gap),
        str(score.priority),
    )
