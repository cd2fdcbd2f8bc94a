"""A proposal as its page shows it: pictures of its years, entries with every city's clock, bars by city."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from flask_babel import gettext as _

from exchange.models import City, Publication, TrainingEvent
from exchange.planner.plan import CityBurden, Entry
from exchange.planner.problem.problem import ExistingEntry, PlannedCity, Problem
from exchange.planning.burdens.programme_meetings import title_to_plan
from exchange.planning.presentation.bar_charts import Bar, Mark, Segment
from exchange.planning.proposal.entry_rows import Place, Proposal
from exchange.planning.proposal.plan_entries import cycle_starts, kind_of
from exchange.programme.year import ShownCycle, ShownSitting, ShownStage, ShownTraining, Year
from exchange.rules.findings.observance_findings import observance_findings
from exchange.rules.programme.cycles import StagePlan, stages_for
from exchange.rules.sentences import Sentence
from exchange.rules.time.observances import Observance
from exchange.rules.time.timezones import wall_time
from exchange.web.presentation.words import TRAINING_KINDS


@dataclass(frozen=True)
class CityLine:
    """One city's clock for an entry."""

    city: str
    starts: datetime
    points: int


@dataclass(frozen=True)
class ShownEntry:
    """An entry in words; cities by what it costs them, the reader's own first."""

    entry: Entry
    on: date  # its day in the plan
    title: str
    host: str
    starts_on: date | None  # of the exchange, None for an event
    lines: tuple[CityLine, ...]
    place: Place | None
    is_here: bool
    notes: tuple[Sentence, ...]  # the plan's own, and observances as the file has them today

    @property
    def points(self) -> int:
        """What it costs all cities."""
        return sum(line.points for line in self.lines)

    @property
    def minutes(self) -> int:
        """How long it lasts: what stands in the programme already by its own length."""
        return self.own.minutes if self.own else self.entry.minutes

    @property
    def own(self) -> TrainingEvent | None:
        """The event of the programme that it is, when no plan made it."""
        row = self.place.row if self.place and not self.place.is_new else None
        return row if isinstance(row, TrainingEvent) else None

    @property
    def costly(self) -> list[tuple[int, list[str]]]:
        """Points, the most first, with the cities that the entry costs so many."""
        points = sorted({line.points for line in self.lines if line.points}, reverse=True)
        return [(n, [line.city for line in self.lines if line.points == n]) for n in points]


def shown_entries(
    proposal: Proposal, own_slug: str, observances: Sequence[Observance] = ()
) -> list[ShownEntry]:
    """The entries by date, with what the observances say of each."""
    starts = cycle_starts(proposal.problem, proposal.plan.entries)
    cities = {city.id: city for city in proposal.problem.cities}
    return [
        replace(shown, notes=shown.notes + _observed(proposal.problem, shown, observances))
        for entry in sorted(proposal.plan.entries, key=lambda entry: entry.starts_at)
        for shown in [_shown(proposal, entry, starts.get(entry.name), cities, own_slug)]
    ]


def _shown(
    proposal: Proposal,
    entry: Entry,
    starts_on: date | None,
    cities: dict[str, PlannedCity],
    own_slug: str,
) -> ShownEntry:
    place = proposal.places.get(entry.name)
    shown = ShownEntry(
        entry=entry,
        on=proposal.problem.date_of(entry),
        title=title_of_entry(entry),
        host=cities[entry.host].name if entry.host in cities else "",
        starts_on=starts_on,
        lines=_lines(entry, cities, own_slug),
        place=place,
        is_here=proposal.is_here(entry),
        notes=tuple(entry.notes),
    )
    if shown.own:
        return replace(shown, title=title_to_plan(shown.own), host=shown.own.host_city.name)
    return shown


def _observed(problem: Problem, shown: ShownEntry, observances: Sequence[Observance]) -> tuple[Sentence, ...]:
    """What they say of its day: on the host's wall, or of a session on the lead city's."""
    zones = [city.time_zone for city in problem.cities if city.id in shown.entry.local]
    wall = wall_time(shown.entry.starts_at, problem.walls.zone(shown.entry.host))
    found = observance_findings(wall, shown.minutes, zones, observances)
    return tuple(Sentence(finding.template, finding.values) for finding in found)


def title_of_entry(entry: Entry | ExistingEntry) -> str:
    """ "Exchange 2: live session" or "Conference"."""
    if entry.kind == "session":
        return str(_("Exchange %(number)s: live session", number=entry.cycle or ""))
    return str(TRAINING_KINDS[kind_of(entry)])


def bars_of(proposal: Proposal, own_slug: str) -> list[Bar]:
    """What each city bore and bears, lead cities first."""
    cities = sorted(proposal.problem.cities, key=lambda city: (not city.is_lead, city.name))
    none = CityBurden(0)
    return [_bar(city, proposal.plan.burden.get(city.id, none), own_slug) for city in cities]


def marks_of(bars: Sequence[Bar]) -> list[Mark]:
    """The mean of all cities."""
    if not bars:
        return []
    mean = sum(bar.total for bar in bars) / len(bars)
    return [Mark("chart-mean", mean, str(_("mean %(points)s", points=f"{mean:.1f}")))]


def years_of(proposal: Proposal) -> range:
    """The calendar years that the horizon touches."""
    return range(proposal.problem.start_on.year, proposal.problem.last_on.year + 1)


def proposed_year(present: Year, proposal: Proposal, stage_plan: StagePlan, cities: Sequence[City]) -> Year:
    """The year as it would be: what stands and is not moved, and the entries that are not there yet."""
    moved = {
        f"{'cycle' if entry.kind == 'session' else 'training'}-{place.row.id}"
        for entry in proposal.plan.entries
        if (place := proposal.places.get(entry.name)) and not place.is_here
    }
    starts = cycle_starts(proposal.problem, proposal.plan.entries)
    zones = {city.id: city.time_zone for city in proposal.problem.cities}
    names = {city.slug: city.name for city in cities}
    new_cycles, new_trainings = [], []
    for entry in proposal.left:
        if entry.kind == "session":
            new_cycles.append(_shown_cycle(proposal, entry, starts[entry.name], stage_plan))
        else:
            new_trainings.append(_shown_training(entry, zones, names))
    in_year = (present.first_on, present.last_on)
    return replace(
        present,
        cycles=_sorted_cycles(
            [cycle for cycle in present.cycles if cycle.key not in moved]
            + [c for c in new_cycles if c.starts_on <= in_year[1] and c.ends_on >= in_year[0]]
        ),
        trainings=tuple(
            sorted(
                [event for event in present.trainings if event.key not in moved]
                + [event for event in new_trainings if in_year[0] <= event.starts.on <= in_year[1]],
                key=lambda event: (event.starts.naive, event.key),
            )
        ),
    )


def _sorted_cycles(cycles: list[ShownCycle]) -> tuple[ShownCycle, ...]:
    return tuple(sorted(cycles, key=lambda cycle: (cycle.starts_on, cycle.key)))


def _shown_cycle(proposal: Proposal, entry: Entry, starts_on: date, stage_plan: StagePlan) -> ShownCycle:
    weeks = proposal.problem.cycles.weeks if proposal.problem.cycles else stage_plan.duration_weeks
    phases = {stage.key: stage.phase for stage in stage_plan.stages}
    return ShownCycle(
        key=entry.name,
        title=str(_("Exchange %(number)s", number=entry.cycle or "")),
        city="",
        marking="",
        publication=Publication.DRAFT,
        href=f"#{entry.name}",
        stages=tuple(
            ShownStage(stage.name, phases[stage.key], stage.starts_on, stage.ends_on)
            for stage in stages_for(stage_plan, starts_on, duration_weeks=weeks)
        ),
        sittings=tuple(
            ShownSitting(wall_time(at, proposal.problem.walls.zone()), entry.minutes)
            for at in entry.sittings or (entry.starts_at,)
        ),
    )


def _shown_training(entry: Entry, zones: dict[str, str], names: dict[str, str]) -> ShownTraining:
    kind = kind_of(entry)
    return ShownTraining(
        key=entry.name,
        title=str(TRAINING_KINDS[kind]),
        kind=kind,
        city=names.get(entry.host or "", ""),
        marking="",
        publication=Publication.DRAFT,
        state="",
        href=f"#{entry.name}",
        starts=wall_time(entry.starts_at, zones.get(entry.host or "", "UTC")),
        minutes=entry.minutes,
    )


def _lines(entry: Entry, cities: dict[str, PlannedCity], own_slug: str) -> tuple[CityLine, ...]:
    ordered = sorted(
        entry.local, key=lambda slug: (slug != own_slug, not cities[slug].is_lead, cities[slug].name)
    )
    return tuple(CityLine(cities[s].name, entry.local[s], entry.burden.get(s, 0)) for s in ordered)


def _bar(city: PlannedCity, borne: CityBurden, own_slug: str) -> Bar:
    before = Segment("chart-before", borne.before, str(_("%(points)s before", points=borne.before)))
    planned = Segment("chart-planned", borne.burden, str(_("%(points)s in this plan", points=borne.burden)))
    return Bar(city.name, (before, planned), is_own=city.id == own_slug)


def allowance_for(worst: int, least: int) -> int:
    """The percentage that lets the worst city bear ``worst`` when ``least`` is the least possible."""
    return 0 if worst <= least or not least else -(-100 * (worst - least) // least)


def first_day_of(proposal: Proposal) -> date:
    """The day that the question "why not this day?" offers: a week after the first entry."""
    entries = proposal.plan.entries
    on = proposal.problem.date_of(entries[0]) if entries else proposal.problem.start_on
    return on + timedelta(days=7)
