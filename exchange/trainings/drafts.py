"""What a coordinator wants of a training event, checked but not saved.

It knows neither forms nor the database.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, time
from typing import Any

from exchange.audit import kept_text
from exchange.errors import InvalidInput
from exchange.models import Need, TrainingEvent, TrainingKind, TrainingMode, TrainingState
from exchange.rules.markings.state_secrets import refuse_state_secrets
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.time.timezones import WallTime, resolve

FIRST_YEAR, LAST_YEAR = 2000, 2100  # an event outside is a slip of the keyboard
LENGTH_MIN_MINUTES = 15
LENGTH_MAX_MINUTES = 7 * 24 * 60  # a conference of a week is the longest thing anybody holds


@dataclass(frozen=True)
class TrainingDraft:
    """An event as a form or the sample programme describes it.

    ``on_local`` and ``starts_local`` are wall time in ``time_zone``. Empty ``city_ids`` and
    ``group_ids`` together mean all member cities; ``organisation_ids`` are invited besides.
    ``named`` are the addresses of who may know of it at TLP:RED; None leaves who is named.
    ``why_in_person`` says in a sentence why nobody takes part from elsewhere; "" for other modes, for drafts
    that nobody wrote it into yet (``lacks_why``), and for events of before it was asked.
    """

    kind: TrainingKind
    title: str
    host_city_id: int
    mode: TrainingMode
    on_local: date
    starts_local: time
    time_zone: str
    minutes: int
    marking: Marking
    why_in_person: str = ""
    theme_id: int | None = None
    description: str = ""
    agenda: str = ""
    place: str = ""
    join_link: str = ""
    is_chatham_house: bool = False
    state: TrainingState = TrainingState.PROPOSED
    city_ids: frozenset[int] = frozenset()
    group_ids: frozenset[int] = frozenset()
    organisation_ids: frozenset[int] = frozenset()
    named: tuple[str, ...] | None = None

    @property
    def lacks_why(self) -> bool:
        """Whether people have to travel to it and nothing says why: it stays a draft until something does."""
        return lacks_why(self.mode, self.why_in_person)

    @property
    def wall(self) -> WallTime:
        """When it starts, as the clock on its own wall says."""
        return WallTime(self.on_local, self.starts_local, self.time_zone)


_INVITED = frozenset({"city_ids", "group_ids", "organisation_ids", "named"})
COLUMNS = tuple(
    field.name for field in fields(TrainingDraft) if field.name not in _INVITED
)  # what a draft and a row share by name
_TEXTS = ("description", "agenda", "why_in_person")


def draft_of(training: TrainingEvent) -> TrainingDraft:
    """The draft that would make this event again; needs its cities and groups loaded."""
    return TrainingDraft(
        kind=TrainingKind(training.kind),
        title=training.title,
        host_city_id=training.host_city_id,
        mode=TrainingMode(training.mode),
        why_in_person=training.why_in_person,
        on_local=training.on_local,
        starts_local=training.starts_local,
        time_zone=training.time_zone,
        minutes=training.minutes,
        marking=Marking(training.marking),
        theme_id=training.theme_id,
        description=training.description,
        agenda=training.agenda,
        place=training.place,
        join_link=training.join_link,
        is_chatham_house=training.is_chatham_house,
        state=TrainingState(training.state),
        city_ids=frozenset(city.id or 0 for city in training.cities),
        group_ids=frozenset(group.id or 0 for group in training.groups),
        organisation_ids=frozenset(one.id or 0 for one in training.organisations),
    )


def moved_draft(training: TrainingEvent, *, on: date, at: time) -> TrainingDraft:
    """The event as it is, at another wall time."""
    return replace(draft_of(training), on_local=on, starts_local=at)


def check_year(on: date) -> None:
    """Raise InvalidInput, field "on", for a year in which nobody plans."""
    if not FIRST_YEAR <= on.year <= LAST_YEAR:
        raise InvalidInput(
            "An event takes place between %(first)s and %(last)s.",
            field="on",
            first=FIRST_YEAR,
            last=LAST_YEAR,
        )


def lacks_why(mode: str, why_in_person: str) -> bool:
    """Whether people have to travel to an event in this mode and nothing says why."""
    return mode == TrainingMode.IN_PERSON and not why_in_person.strip()


def check_why(draft: TrainingDraft) -> None:
    """Raise InvalidInput, field "why_in_person", where people have to travel and nothing says why."""
    if draft.lacks_why:
        raise InvalidInput("Say in one sentence why people have to travel to it.", field="why_in_person")


def check_draft(draft: TrainingDraft) -> None:
    """Raise InvalidInput at the field that cannot be right: title, date, wall time, length or link."""
    if not draft.title.strip():
        raise InvalidInput("Give the event a title.", field="title")
    for field in ("title", "place", "why_in_person", "description", "agenda"):
        refuse_state_secrets(getattr(draft, field), field=field)
    check_year(draft.on_local)
    resolve(draft.wall)
    if not LENGTH_MIN_MINUTES <= draft.minutes <= LENGTH_MAX_MINUTES:
        raise InvalidInput(
            "An event lasts from %(least)s minutes to a week (%(most)s minutes).",
            field="minutes",
            least=LENGTH_MIN_MINUTES,
            most=LENGTH_MAX_MINUTES,
        )
    if draft.join_link and not draft.join_link.startswith("https://"):
        raise InvalidInput("A link for joining begins with https://.", field="join_link")
    if draft.why_in_person and draft.mode is not TrainingMode.IN_PERSON:
        raise InvalidInput("Only an event in person has a reason to be so.", field="why_in_person")


def values_of(draft: TrainingDraft) -> dict[str, object]:
    """The draft as the trail keeps it: of its texts the digests."""
    invited: dict[str, object] = {"cities": sorted(draft.city_ids), "groups": sorted(draft.group_ids)}
    invited["organisations"] = sorted(draft.organisation_ids)
    texts = {name: kept_text(getattr(draft, name)) for name in _TEXTS}
    return {name: getattr(draft, name) for name in COLUMNS} | texts | invited


def difference(
    before: Mapping[str, object], after: Mapping[str, object]
) -> tuple[dict[str, object], dict[str, object]]:
    """What changed from one to the other: what it was, and what it is."""
    changed = [name for name in before if before[name] != after[name]]
    return {name: before[name] for name in changed}, {name: after[name] for name in changed}


def fields_of_need(need: Need | None) -> dict[str, Any]:
    """What an event that answers a need begins with, whoever plans it; nothing without one."""
    return {"theme_id": need.theme_id, "title": need.theme_name} if need else {}
