"""What a form or a file says about a city, a person or a body of the network, checked but not saved.

It knows neither forms nor the database.
"""

import hashlib
import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, time

from email_validator import EmailNotValidError, validate_email
from sqlmodel import SQLModel

from exchange.errors import InvalidInput
from exchange.languages import FEED_LANGUAGES, LANGUAGES
from exchange.models import (
    Board,
    City,
    ExpertGroup,
    MembershipStatus,
    Organisation,
    OrganisationKind,
    Person,
    Role,
    Theme,
)
from exchange.network.coordinates import parse_position, position_text
from exchange.network.zone_names import check_zone
from exchange.rules.markings.state_secrets import refuse_state_secrets
from exchange.rules.plain_text import is_one_line, is_some_text
from exchange.rules.time.holidays import check_calendar
from exchange.rules.time.quiet_periods import QuietPeriod, parse_quiet_period

LINE_MAX = 200  # characters of a name; it stands in calendar entries and subject lines
NOTE_MAX = 5_000  # characters of a description
KEY_MAX = 40  # characters of a key such as "G1"

Entry = ExpertGroup | Board | Organisation | Theme
NOTE_COLUMN: Mapping[type[SQLModel], str] = {
    ExpertGroup: "description",
    Board: "description",
    Organisation: "note",
    Theme: "source",
}


@dataclass(frozen=True)
class CityDraft:
    """A city without its membership; the holidays calendar is spelled as in the holidays package."""

    name: str
    time_zone: str
    country: str
    subdivision: str = ""
    categories: tuple[str, ...] = ("public",)
    language: str = LANGUAGES[0]
    work_starts: time = time(9)
    work_ends: time = time(17)
    position: str = ""  # "59.33, 18.07"; "" when it is not known
    welfare: str = ""  # whom to turn to at its events when something weighs on somebody
    quiet_periods: tuple[QuietPeriod, ...] = ()


@dataclass(frozen=True)
class Span:
    """A span of membership under one status; both dates inclusive, None means open."""

    status: MembershipStatus
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True)
class PersonDraft:
    """A person with the roles they hold."""

    name: str
    email: str
    city_id: int
    organisation_id: int | None = None
    roles: frozenset[Role] = frozenset()
    language: str = LANGUAGES[0]
    is_active: bool = True


@dataclass(frozen=True)
class EntryDraft:
    """An expert group, board, organisation or theme; ``note`` is the column beside key and name."""

    key: str
    name: str
    note: str = ""


@dataclass(frozen=True)
class OrganisationDraft(EntryDraft):
    """An organisation has a kind, too; "" until somebody chose one. ``ends_on`` is its last day with us."""

    kind: str = ""
    ends_on: date | None = None


@dataclass(frozen=True)
class ThemeDraft(EntryDraft):
    """A theme names the strategies that it serves, too."""

    strategies: str = ""


Draft = CityDraft | PersonDraft | EntryDraft


def checked_city(draft: CityDraft) -> CityDraft:
    """The draft in its stored form. Raises InvalidInput at the field that cannot be right."""
    _check_line(draft.name, "name")
    check_zone(draft.time_zone)
    check_calendar(draft.country, draft.subdivision, draft.categories)
    _check_language(draft.language, FEED_LANGUAGES)
    if draft.work_ends <= draft.work_starts:
        raise InvalidInput("The working day cannot end before it begins.", field="work_ends")
    periods = tuple(parse_quiet_period(p.name, p.first, p.last) for p in draft.quiet_periods)
    for period in periods:
        _check_line(period.name, "quiet_periods")
    _check_different((p.name for p in periods), "quiet_periods")
    refuse_state_secrets(draft.welfare, field="welfare")
    position = position_text(*(parse_position(draft.position) or (None, None)))
    categories = draft.categories or ("public",)
    return replace(draft, categories=categories, position=position, quiet_periods=periods)


def checked_person(draft: PersonDraft) -> PersonDraft:
    """The draft with its address in lower case. Raises InvalidInput at the field that cannot be right."""
    _check_line(draft.name, "name")
    _check_language(draft.language, LANGUAGES)
    return replace(draft, email=checked_email(draft.email))


def checked_entry(draft: EntryDraft) -> EntryDraft:
    """The draft as it is. Raises InvalidInput at the field that cannot be right."""
    _check_line(draft.key, "key", KEY_MAX)
    _check_line(draft.name, "name")
    if len(draft.note) > NOTE_MAX or not is_some_text(draft.note):
        raise InvalidInput(
            "Use at most %(most)s characters without control characters.", field="note", most=NOTE_MAX
        )
    if isinstance(draft, ThemeDraft) and draft.strategies:
        _check_line(draft.strategies, "strategies")
    if isinstance(draft, OrganisationDraft) and draft.kind not in {"", *OrganisationKind}:
        raise InvalidInput("Choose one of the kinds.", field="kind")
    return draft


def draft_of_city(city: City) -> CityDraft:
    """The draft that would make this city again; needs its quiet periods loaded."""
    return CityDraft(
        name=city.name,
        time_zone=city.time_zone,
        country=city.holidays_country,
        subdivision=city.holidays_subdivision,
        categories=tuple(city.holidays_categories),
        language=city.language,
        work_starts=city.work_starts_local,
        work_ends=city.work_ends_local,
        position=position_text(city.latitude, city.longitude),
        welfare=city.welfare,
        quiet_periods=tuple(QuietPeriod(p.name, p.first, p.last) for p in city.quiet_periods),
    )


def draft_of_person(person: Person) -> PersonDraft:
    """The draft that would make this person again; needs their roles loaded."""
    return PersonDraft(
        name=person.name,
        email=person.email,
        city_id=person.city_id,
        organisation_id=person.organisation_id,
        roles=frozenset(Role(held.role) for held in person.roles),
        language=person.language,
        is_active=person.is_active,
    )


def draft_of_entry(entry: Entry) -> EntryDraft:
    """The draft that would make this entry again."""
    if isinstance(entry, Organisation):
        return OrganisationDraft(
            key=entry.key, name=entry.name, note=entry.note, kind=entry.kind, ends_on=entry.ends_on
        )
    if isinstance(entry, Theme):
        return ThemeDraft(key=entry.key, name=entry.name, note=entry.source, strategies=entry.strategies)
    return EntryDraft(key=entry.key, name=entry.name, note=getattr(entry, NOTE_COLUMN[type(entry)]))


def facts(draft: Draft) -> dict[str, object]:
    """What the draft says as plain values in a fixed order; for the audit trail and for comparing."""
    return {name: _plain(value) for name, value in asdict(draft).items()}


def fingerprint(draft: Draft, group_ids: Iterable[int] = ()) -> str:
    """A short digest of what a form shows: the form carries it, so that a change meanwhile is noticed.

    ``group_ids`` are the groups that a person's form shows beside the draft.
    """
    shown = [facts(draft), sorted(group_ids)]
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:16]


def slug_of(name: str) -> str:
    """A name for addresses: lower-case ASCII letters, digits and dashes; "city" when nothing is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = "".join(c if c.isalnum() else " " for c in plain).split()
    return "-".join(words)[:60].strip("-") or "city"


def _plain(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted(str(one) for one in value)
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    return value.isoformat(timespec="minutes") if isinstance(value, time) else value


def _check_line(text: str, field: str, most: int = LINE_MAX) -> None:
    if not text.strip():
        raise InvalidInput("This cannot be empty.", field=field)
    if len(text) > most:
        raise InvalidInput(
            "This is %(length)s characters long; at most %(most)s fit.",
            field=field,
            length=f"{len(text):,}",
            most=most,
        )
    if not is_one_line(text):
        raise InvalidInput("Use one line without line breaks or other control characters.", field=field)


def _check_language(language: str, known: Iterable[str]) -> None:
    if language not in known:
        raise InvalidInput(
            "Exchange does not speak %(language)s. It speaks: %(known)s.",
            field="language",
            language=language[:20],
            known=", ".join(known),
        )


def _check_different(names: Iterable[str], field: str) -> None:
    name, count = max(Counter(names).items(), key=lambda found: found[1], default=("", 0))
    if count > 1:
        raise InvalidInput("There are two named %(name)s. Give each its own name.", field=field, name=name)


def checked_email(text: str) -> str:
    """The address as it is stored, in lower case. Raises InvalidInput, field "email"."""
    try:
        return validate_email(text.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError as error:
        raise InvalidInput(
            "%(email)s is not an email address. %(cause)s",
            field="email",
            email=text.strip()[:60] or "(nothing)",
            cause=str(error),
        ) from error
