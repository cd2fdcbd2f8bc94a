"""From a row of text to the draft of a cycle or a training event. Pure: it saves nothing."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from exchange.cycles.drafts import CycleDraft, SittingTime
from exchange.errors import InvalidInput
from exchange.models import TrainingKind, TrainingMode, TrainingState
from exchange.rules.markings.tlp_labels import Marking, parse_marking
from exchange.rules.plain_text import is_one_line, is_some_text
from exchange.rules.time.timezones import WallTime, instant, wall_time
from exchange.rules.time.typed_times import typed_date, typed_time
from exchange.trainings.drafts import TrainingDraft, check_year
from exchange.transfer.csv_file import ReadRow
from exchange.transfer.ics_file import ENDS, NO_END, WHOLE_DAYS
from exchange.transfer.programme_columns import BETWEEN, SCOPING_CALL, SESSION
from exchange.web.presentation.base_form import LINE_MAX, TEXT_MAX

SESSION_MINUTES = 90
TRAINING_MINUTES = 120
KINDS = [kind.value for kind in TrainingKind]
MODES = [mode.value for mode in TrainingMode]
STATES = [state.value for state in TrainingState]
LACKS_WHY = "lacks_why"  # among the notes of a row: held in person, and nothing says why
LINK_MAX = 500  # as in the form of a training event


@dataclass(frozen=True)
class Place:
    """A city to be named in a row."""

    id: int
    time_zone: str


@dataclass(frozen=True)
class Usual:
    """What the form says for rows that say nothing."""

    city: str
    marking: Marking
    kind: TrainingKind
    mode: TrainingMode
    reason: str = ""


@dataclass(frozen=True)
class Names:
    """What rows may name, by their names in lower case; ``weeks`` is the stage plan's own length."""

    cities: Mapping[str, Place]
    groups: Mapping[str, int]
    themes: Mapping[str, int]
    weeks: int


def draft_of(row: ReadRow, names: Names, usual: Usual) -> CycleDraft | TrainingDraft:
    """The draft. Raises InvalidInput, its field a column, for what cannot be read."""
    if row.cells.get("fault"):
        raise InvalidInput(row.cells["fault"])
    kind = row.cells.get("kind", "").lower()
    reader = _Reader(row.cells, names, usual)
    if kind == "cycle":
        return reader.cycle()
    if kind == "training":
        return reader.training()
    raise InvalidInput("Write cycle or training.", field="kind")


def reason_of(row: ReadRow, usual: Usual) -> str:
    """Why the row may stand on a day that is blocked."""
    return row.cells.get("reason", "") or usual.reason


def notes_of(row: ReadRow, *, lacks_why: bool) -> tuple[str, ...]:
    """What was taken for granted in a row of a calendar file, and what is missing before publication."""
    assumed = tuple(name for name in (WHOLE_DAYS, NO_END) if row.cells.get(name))
    return (*assumed, LACKS_WHY) if lacks_why else assumed


@dataclass(frozen=True)
class _Reader:
    cells: Mapping[str, str]
    names: Names
    usual: Usual

    def cycle(self) -> CycleDraft:
        city = self._city()
        theme_id = self._theme()
        if theme_id is None:
            raise InvalidInput("Name a theme of the catalogue.", field="theme")
        sittings = [SittingTime(self._time("start"), self._text("time_zone") or city.time_zone)]
        if self._text("second_start"):
            zone = self._text("second_time_zone") or city.time_zone
            sittings.append(SittingTime(self._time("second_start"), zone))
        return CycleDraft(
            theme_id=theme_id,
            lead_city_id=city.id,
            starts_on=self._date("date"),
            marking=self._marking(),
            sittings=tuple(sittings),
            minutes=self._number("minutes", SESSION_MINUTES),
            title=self._text("title"),
            brief=self._text("brief", TEXT_MAX),
            agendas=self._agendas(),
            city_ids=self._cities(),
            group_ids=self._groups(),
            duration_weeks=self._number("weeks", self.names.weeks),
            session_on=self._date("session_on") if self._text("session_on") else None,
            is_chatham_house=self._is_yes("chatham_house"),
            reason=self._text("reason") or self.usual.reason,
        )

    def training(self) -> TrainingDraft:
        city = self._city()
        starts = self._wall(city)
        return TrainingDraft(
            kind=TrainingKind(self._word("type", KINDS, self.usual.kind)),
            title=self._text("title"),
            host_city_id=city.id,
            mode=TrainingMode(self._word("mode", MODES, self.usual.mode)),
            on_local=starts.on,
            starts_local=starts.at,
            time_zone=starts.time_zone,
            minutes=self._minutes_from(starts),
            marking=self._marking(),
            theme_id=self._theme(),
            description=self._text("description", TEXT_MAX),
            agenda=self._text("agenda", TEXT_MAX),
            why_in_person=self._text("why_in_person"),
            place=self._text("place"),
            join_link=self._text("join_link", LINK_MAX),
            is_chatham_house=self._is_yes("chatham_house"),
            state=TrainingState(self._word("state", STATES, TrainingState.PROPOSED)),
            city_ids=self._cities(),
            group_ids=self._groups(),
        )

    def _agendas(self) -> dict[str, str]:
        """The agendas of a cycle's meetings that the row gives."""
        found = {SESSION: self._text("agenda", TEXT_MAX), SCOPING_CALL: self._text("call_agenda", TEXT_MAX)}
        return {meeting: text for meeting, text in found.items() if text}

    def _wall(self, city: Place) -> WallTime:
        """A time in UTC, as calendars often have it, is a promise on the clock of the host."""
        wall = WallTime(self._date("date"), self._time("start"), self._text("time_zone") or city.time_zone)
        check_year(wall.on)  # before a clock is asked about a year that it does not have
        if wall.time_zone != "UTC" or city.time_zone == "UTC":
            return wall
        local = wall_time(instant(wall), city.time_zone)
        if instant(local) != instant(wall):
            raise InvalidInput(
                "This is in the hour that the clocks of %(time_zone)s show twice, and its second pass has no"
                " time of its own there. Choose another hour.",
                field="start",
                time_zone=city.time_zone,
            )
        return local

    def _minutes_from(self, starts: WallTime) -> int:
        """How long it lasts; an end on the wall is later or sooner on the nights when clocks change."""
        if not self.cells.get(ENDS):
            return self._number("minutes", TRAINING_MINUTES)
        ends = datetime.fromisoformat(self.cells[ENDS])
        check_year(ends.date())
        lasts = instant(WallTime(ends.date(), ends.time(), starts.time_zone)) - instant(starts)
        return int(lasts / timedelta(minutes=1))

    def _text(self, name: str, most: int = LINE_MAX) -> str:
        text = self.cells.get(name, "").strip()
        if len(text) > most:
            raise InvalidInput("At most %(most)s characters fit.", field=name, most=most)
        is_fit = is_some_text if most == TEXT_MAX else is_one_line
        if not is_fit(text):
            raise InvalidInput("Take out line breaks and other control characters.", field=name)
        return text

    def _date(self, name: str) -> date:
        with _at_column(name):
            return typed_date(self._text(name))

    def _time(self, name: str) -> time:
        with _at_column(name):
            return typed_time(self._text(name))

    def _number(self, name: str, usual: int) -> int:
        text = self._text(name)
        if not text:
            return usual
        if not (text.isascii() and text.isdigit() and len(text) < 7):
            raise InvalidInput("Write a whole number.", field=name)
        return int(text)

    def _is_yes(self, name: str) -> bool:
        text = self._text(name).lower()
        if text not in {"", "yes", "no", "true", "false", "1", "0"}:
            raise InvalidInput("Write yes or no.", field=name)
        return text in {"yes", "true", "1"}

    def _word(self, name: str, words: Sequence[str], usual: str) -> str:
        text = self._text(name).lower()
        if text and text not in words:
            raise InvalidInput("Write one of these: %(words)s.", field=name, words=", ".join(words))
        return text or usual

    def _marking(self) -> Marking:
        text = self._text("marking")
        return parse_marking(text) if text else self.usual.marking

    def _city(self) -> Place:
        text = self._text("city") or self.usual.city
        found = self.names.cities.get(text.lower())
        if found is None:
            raise InvalidInput("%(name)s is no city of the network.", field="city", name=text or "–")
        return found

    def _cities(self) -> frozenset[int]:
        found = []
        for name in self._several("cities"):
            if name.lower() not in self.names.cities:
                raise InvalidInput("%(name)s is no city of the network.", field="cities", name=name)
            found.append(self.names.cities[name.lower()].id)
        return frozenset(found)

    def _groups(self) -> frozenset[int]:
        found = []
        for name in self._several("groups"):
            if name.lower() not in self.names.groups:
                raise InvalidInput("%(name)s is no expert group here.", field="groups", name=name)
            found.append(self.names.groups[name.lower()])
        return frozenset(found)

    def _theme(self) -> int | None:
        text = self._text("theme")
        if not text:
            return None
        if text.lower() not in self.names.themes:
            raise InvalidInput("%(name)s is no theme of the catalogue.", field="theme", name=text)
        return self.names.themes[text.lower()]

    def _several(self, name: str) -> list[str]:
        return [part.strip() for part in self._text(name, TEXT_MAX).split(BETWEEN) if part.strip()]


@contextmanager
def _at_column(name: str) -> Iterator[None]:
    """What cannot be read stands in this column."""
    try:
        yield
    except InvalidInput as error:
        raise InvalidInput(error.template, field=name, **error.values) from error
