"""The sample programme: a full year planned by the product's own rules, through its own actions.

Not the network itself: config/network.toml and config/sample.toml have its cities, groups and people.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from sqlmodel import Session, col, select

from exchange.city_calendars import calendars_of, planning_cities
from exchange.cycles import actions as cycle_actions
from exchange.cycles.drafts import CycleDraft, SittingTime
from exchange.models import (
    City,
    Cycle,
    ExpertGroup,
    MembershipStatus,
    Sitting,
    Theme,
    TrainingEvent,
    TrainingKind,
    TrainingMode,
    TrainingState,
)
from exchange.rules.findings.overrides import Blocked
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.programme.cycles import year_starts
from exchange.rules.programme.stage_plan import StagePlan
from exchange.rules.programme.trainings import training_year
from exchange.rules.time.holidays import CityCalendar
from exchange.rules.time.timezones import wall_time
from exchange.settings import Settings
from exchange.trainings import actions as training_actions
from exchange.trainings.drafts import TrainingDraft

LONDON = "Europe/London"
AFTERNOON = SittingTime(time(14), LONDON)  # 15:00 in Stockholm, 09:00 in Washington: all at work
CYCLE_DRAFTS = 1  # cycles at the end of the year that stay drafts, so that both kinds can be seen
TRAINING_DRAFTS = 3  # the same for events
CONTRIBUTORS = 3  # cities that contribute to a cycle besides its lead
KEPT = "The sample programme keeps this day."


@dataclass(frozen=True)
class _Exchange:
    """A sample cycle before it has a date."""

    theme: str
    groups: tuple[str, ...]
    marking: Marking


@dataclass(frozen=True)
class _Event:
    """A sample event before it has a date and a host."""

    kind: TrainingKind
    title: str
    theme: str
    mode: TrainingMode
    minutes: int
    marking: Marking
    groups: tuple[str, ...] = ()


_EXCHANGES = (
    _Exchange("T08", ("G5", "G2"), Marking.CLEAR),
    _Exchange("T06", ("G3",), Marking.GREEN),
    _Exchange("T05", ("G2", "G1"), Marking.CLEAR),
    _Exchange("T07", ("G4",), Marking.AMBER),
    _Exchange("T10", ("G8", "G1"), Marking.GREEN),
    _Exchange("T04", ("G6",), Marking.GREEN),
)

_K, _M, _T = TrainingKind, TrainingMode, Marking
_EVENTS = (
    _Event(_K.WEBINAR, "The year ahead: what we plan together", "T01", _M.VIRTUAL, 60, _T.CLEAR),
    _Event(_K.TABLE_TOP, "Drone sighting over a full stadium", "T08", _M.HYBRID, 180, _T.GREEN),
    _Event(_K.CONFERENCE, "Annual conference of the network", "T20", _M.IN_PERSON, 450, _T.CLEAR),
    _Event(_K.SEMINAR, "What city services learned from outbreaks", "T06", _M.HYBRID, 120, _T.GREEN),
    _Event(_K.DRILL, "Reaching every contact point in an hour", "T01", _M.VIRTUAL, 60, _T.GREEN),
    _Event(_K.WORKSHOP, "Open places, safe crowds", "T05", _M.HYBRID, 180, _T.CLEAR),
    _Event(_K.GAME, "Deciding with half the facts", "T19", _M.IN_PERSON, 240, _T.AMBER),
    _Event(_K.SEMINAR, "When a city's systems go dark", "T07", _M.VIRTUAL, 120, _T.GREEN),
    _Event(
        _K.FUNCTIONAL,
        "Running a city without its networks",
        "T07",
        _M.IN_PERSON,
        360,
        _T.AMBER_STRICT,
        ("G4",),
    ),
    _Event(_K.STUDY_VISIT, "A day in a joint operations centre", "T13", _M.IN_PERSON, 420, _T.GREEN),
    _Event(_K.TABLE_TOP, "Attacks in three cities on one day", "T16", _M.HYBRID, 240, _T.AMBER),
    _Event(_K.BOARD_MEETING, "International Board: the year in review", "T10", _M.VIRTUAL, 90, _T.GREEN),
    _Event(_K.WORKSHOP, "Caring for staff before and after", "T11", _M.HYBRID, 180, _T.CLEAR),
)


def load_sample_programme(
    session: Session, plan: StagePlan, settings: Settings, now: datetime, *, year: int | None = None
) -> None:
    """Plan a year, the next full one unless said otherwise, and publish all but its last months.

    Does nothing where anything is planned in that year. Needs the network loaded.
    """
    number = year or wall_time(now, settings.network_time_zone).on.year + 1
    if _is_planned(session, number):
        return
    sample = _Sample(session, plan, now, number)
    sample.plan_cycles()
    sample.plan_trainings()


def _is_planned(session: Session, year: int) -> bool:
    first_on, last_on = date(year, 1, 1), date(year, 12, 31)
    cycles = select(Cycle.id).where(col(Cycle.starts_on).between(first_on, last_on))
    trainings = select(TrainingEvent.id).where(col(TrainingEvent.on_local).between(first_on, last_on))
    return bool(session.exec(cycles).first() or session.exec(trainings).first())


class _Sample:
    """One filling of a year: the rows it draws on, looked up once."""

    def __init__(self, session: Session, plan: StagePlan, now: datetime, year: int) -> None:
        self.session, self.plan, self.now, self.year = session, plan, now, year
        first_on = date(year, 1, 1)
        cities = planning_cities(session, first_on)
        self.leads = [city for city in cities if city.status_on(first_on) is MembershipStatus.LEAD]
        self.others = [city for city in cities if city not in self.leads]
        self.calendars: list[CityCalendar] = calendars_of(session, first_on)
        self.themes = {theme.key: theme.id or 0 for theme in session.exec(select(Theme))}
        self.groups = {group.key: group.id or 0 for group in session.exec(select(ExpertGroup))}

    def plan_cycles(self) -> None:
        """The year's clean starts, each with the next theme and the next lead city."""
        starts = year_starts(
            self.year,
            self.calendars,
            duration_weeks=self.plan.duration_weeks,
            cadence_weeks=self.plan.cadence_weeks,
        )
        for number, (starts_on, exchange) in enumerate(zip(starts, _EXCHANGES, strict=False)):
            cycle = self._open_cycle(number, starts_on, exchange)
            if number < len(starts) - CYCLE_DRAFTS:
                cycle_actions.publish_cycle(self.session, cycle, plan=self.plan, actor=None, now=self.now)

    def plan_trainings(self) -> None:
        """The year's rhythm of events, each hosted by the next lead city."""
        days = training_year(self.year, self.calendars, self._session_days())
        for number, (on, event) in enumerate(zip(days, _EVENTS, strict=False)):
            is_draft = number >= len(days) - TRAINING_DRAFTS
            draft = self._training_draft(number, on, event, is_draft)
            training = training_actions.open_training(self.session, draft, actor=None, now=self.now)
            if not is_draft:
                training_actions.publish_training(self.session, training, actor=None, now=self.now)

    def _open_cycle(self, number: int, starts_on: date, exchange: _Exchange) -> Cycle:
        """The cycle; with a reason only where a holiday is in the way, which 2027 has not."""
        draft = CycleDraft(
            theme_id=self.themes[exchange.theme],
            lead_city_id=_turn(self.leads, number).id or 0,
            starts_on=starts_on,
            marking=exchange.marking,
            sittings=(AFTERNOON,),
            city_ids=frozenset(city.id or 0 for city in self._contributors(number)),
            group_ids=frozenset(self.groups[key] for key in exchange.groups if key in self.groups),
        )
        try:
            with self.session.begin_nested():
                return self._open(draft)
        except Blocked:
            return self._open(replace(draft, reason=KEPT))

    def _open(self, draft: CycleDraft) -> Cycle:
        return cycle_actions.open_cycle(self.session, draft, plan=self.plan, actor=None, now=self.now)

    def _contributors(self, number: int) -> Iterator[City]:
        """The other lead cities, and three members in turn."""
        lead = _turn(self.leads, number)
        yield from (city for city in self.leads if city is not lead)
        yield from (_turn(self.others, number * CONTRIBUTORS + n) for n in range(CONTRIBUTORS) if self.others)

    def _session_days(self) -> Sequence[date]:
        return self.session.exec(select(col(Sitting.on_local))).all()

    def _training_draft(self, number: int, on: date, event: _Event, is_draft: bool) -> TrainingDraft:
        host = _turn(self.leads, number)
        is_here = event.mode is TrainingMode.IN_PERSON
        return TrainingDraft(
            kind=event.kind,
            title=event.title,
            host_city_id=host.id or 0,
            mode=event.mode,
            on_local=on,
            starts_local=time(10) if is_here else time(14),
            time_zone=host.time_zone if is_here else LONDON,
            minutes=event.minutes,
            marking=event.marking,
            theme_id=self.themes.get(event.theme),
            why_in_person="People meet here to know one another before they need to." if is_here else "",
            place="" if event.mode is TrainingMode.VIRTUAL else f"City Hall, {host.name}",
            join_link="" if is_here else f"https://meet.example.org/training-{number + 1}",
            is_chatham_house=event.marking not in {Marking.CLEAR, Marking.GREEN},
            state=TrainingState.PROPOSED if is_draft else TrainingState.CONFIRMED,
            city_ids=frozenset(city.id or 0 for city in self.leads) if event.groups else frozenset(),
            group_ids=frozenset(self.groups[key] for key in event.groups if key in self.groups),
        )


def _turn(cities: Sequence[City], number: int) -> City:
    """Cities take turns in the order given."""
    return cities[number % len(cities)]
