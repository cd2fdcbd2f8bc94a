"""What a letter says, worked out for its reader: the meeting on their wall, other cities, the due day.

Not the words: templates/mail has them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from exchange.answering.ask_days import due_day
from exchange.mail.schedule.item_letters import meeting_sittings
from exchange.mail.schedule.planned import Planned
from exchange.mail.writing.words import Wording, wording
from exchange.models import City, Cycle, TrainingEvent
from exchange.rules.findings.clock_findings import clock_findings
from exchange.rules.letters.reminders import own_sitting
from exchange.rules.letters.training_letters import starts_at
from exchange.rules.programme.cycles import Sitting, due_on
from exchange.rules.programme.stage_plan import Anchor, LetterRule, StagePlan
from exchange.rules.time.holidays import CityCalendar, CityClock
from exchange.rules.time.timezones import WallTime, wall_time
from exchange.web.presentation import date_formats


@dataclass(frozen=True)
class Meeting:
    """A meeting as its reader sees it; everything is written out in their language.

    ``elsewhere`` has one line per other clock among the cities that take part; ``notes`` say which
    clocks are out of step with the reader's. ``other_sitting`` is the sitting the reader need not attend.
    """

    name: str
    on: date
    long: str  # "Thursday 11 February 2027, 15:00 in Stockholm"
    short: str  # "Thu 11 Feb, 15:00 in Stockholm"
    length: str
    elsewhere: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    other_sitting: str = ""
    join_link: str = ""


def meeting_of(planned: Planned, plan: StagePlan, words: Wording) -> Meeting | None:
    """The reader's sitting of the meeting that the letter is about; None when it is about none.

    An invitation counts from a stage and is about that cycle's live session all the same.
    """
    return _meeting(planned, _sittings(planned, plan), planned.letter.sitting, words)


def agenda_of(planned: Planned, plan: StagePlan) -> str:
    """The agenda of the meeting that the letter is about, in Markdown; "" while there is none."""
    if planned.cycle is None:
        return planned.training.agenda if planned.training else ""
    stage = planned.letter.sitting.stage if planned.letter.sitting else _meeting_stage(planned, plan)
    key = next((meeting.key for meeting in plan.meetings if meeting.stage == stage), "")
    return planned.cycle.agendas.get(key, "")


def meeting_in(planned: Planned, stage: str, plan: StagePlan, words: Wording) -> Meeting | None:
    """The reader's sitting of the meeting that a stage of the cycle holds; None when none is set."""
    held = meeting_sittings(planned.cycle, plan) if planned.cycle else []
    return _meeting(planned, [sitting for sitting in held if sitting.stage == stage], None, words)


def _meeting(
    planned: Planned, sittings: Sequence[Sitting], told: Sitting | None, words: Wording
) -> Meeting | None:
    own = told or _suiting(planned, sittings)
    if own is None:
        return None
    reader = planned.letter.reader.calendar
    others = [sitting for sitting in sittings if sitting != own]
    meeting = described(own, reader, cities_of(planned.cycle or planned.training), words)
    return replace(
        meeting,
        other_sitting=_long(others[0], reader, words) if others else "",
        join_link=_join_link(planned, own),
    )


def described(own: Sitting, reader: CityCalendar, cities: Sequence[City], words: Wording) -> Meeting:
    """A sitting as somebody of ``reader`` sees it; ``cities`` are those that take part."""
    local = wall_time(starts_at(own), reader.time_zone)
    clocks = tuple(CityClock(city.id or 0, city.name, city.time_zone) for city in cities)
    elsewhere, notes = _other_clocks(starts_at(own), reader, clocks, words.language)
    return Meeting(
        name=own.name,
        on=local.on,
        long=f"{words.long_day(local.on)}, {_clock_in(local, reader.city, words)}",
        short=f"{words.short_day(local.on)}, {_clock_in(local, reader.city, words)}",
        length=date_formats.length(own.minutes),
        elsewhere=elsewhere,
        notes=notes,
    )


def cities_of(about: Cycle | TrainingEvent | None) -> list[City]:
    """The cities that take part, each once, lead or host first, then by name."""
    if about is None:
        return []
    first = about.lead_city if isinstance(about, Cycle) else about.host_city
    return list({city.id: city for city in (first, *about.cities)}.values())


def due_day_of(planned: Planned, plan: StagePlan) -> date | None:
    """The day by which something is asked of the reader: the Friday that the letter's reminders count to."""
    if planned.cycle is None:
        return None
    rule = planned.letter.rule
    if rule.chases:
        return planned.letter.about_on  # what the reader was granted counts
    if ask := plan.ask_of(rule):
        return due_day(planned.cycle, plan, ask.kind)
    stages = {stage.key: stage for stage in planned.cycle.stages}
    counted = [other for other in plan.letters if _counts_to_due(other, rule)]
    stage = stages.get(counted[-1].stage if counted else rule.stage)
    return due_on(stage) if stage else None


def feedback_day_of(planned: Planned) -> date:
    """The last day on which feedback is looked for: when the letter would be of no more use."""
    last_at = planned.useless_after - timedelta(seconds=1)
    return wall_time(last_at, planned.letter.reader.calendar.time_zone).on


def week_of_day(on: date) -> tuple[int, int]:
    """The ISO week of a day, with its year."""
    year, week, _ = on.isocalendar()
    return year, week


def is_session_over(planned: Planned, plan: StagePlan) -> bool:
    """Whether the cycle's live session was held by the time the letter leaves, in all its sittings."""
    sittings = meeting_sittings(planned.cycle, plan) if planned.cycle else []
    ends = [
        starts_at(one) + timedelta(minutes=one.minutes) for one in sittings if one.stage == plan.session_stage
    ]
    return bool(ends) and max(ends) <= planned.due_at


def _counts_to_due(other: LetterRule, rule: LetterRule) -> bool:
    return other.anchor is Anchor.STAGE_DUE and other.reminds_of == (rule.reminds_of or rule.key)


def _sittings(planned: Planned, plan: StagePlan) -> list[Sitting]:
    """All sittings of the meeting in question: the letter's own, else the live session."""
    letter = planned.letter
    if planned.cycle is None:
        return [letter.sitting] if letter.sitting else []
    stage = letter.sitting.stage if letter.sitting else _meeting_stage(planned, plan)
    return [sitting for sitting in meeting_sittings(planned.cycle, plan) if sitting.stage == stage]


def _meeting_stage(planned: Planned, plan: StagePlan) -> str:
    """The stage's own meeting (the scoping call), else the live session that the letter leads up to."""
    stage = planned.letter.rule.stage
    return stage if any(meeting.stage == stage for meeting in plan.meetings) else plan.session_stage


def _suiting(planned: Planned, sittings: Sequence[Sitting]) -> Sitting | None:
    return own_sitting(planned.letter.reader.calendar, sittings)


@lru_cache(maxsize=1024)  # all readers of a city are told the same
def _other_clocks(
    at: datetime, reader: CityCalendar, clocks: tuple[CityClock, ...], language: str
) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """The other cities' hours at ``at``, and which of them are not as far from the reader's as usual."""
    words = wording(language)
    others = [clock for clock in clocks if clock.city_id != reader.city_id]
    findings = clock_findings(at, [reader, *others], host_id=reader.city_id)
    return tuple(_elsewhere(at, reader, others, words)), tuple(words.sentence(one) for one in findings)


def _elsewhere(
    at: datetime, reader: CityCalendar, others: Sequence[CityClock], words: Wording
) -> list[tuple[str, str]]:
    """Cities with one clock share a line, in the order of their first: sixty cities have a dozen clocks."""
    here = wall_time(at, reader.time_zone)
    cities: dict[tuple[date, time], list[str]] = {}
    for other in others:
        there = wall_time(at, other.time_zone)
        cities.setdefault((there.on, there.at), []).append(other.city)
    return [
        (", ".join(names), date_formats.clock(clock) + ("" if on == here.on else f", {words.short_day(on)}"))
        for (on, clock), names in cities.items()
    ]


def _long(sitting: Sitting, reader: CityCalendar, words: Wording) -> str:
    local = wall_time(starts_at(sitting), reader.time_zone)
    return f"{words.long_day(local.on)}, {_clock_in(local, reader.city, words)}"


def _clock_in(local: WallTime, city: str, words: Wording) -> str:
    template = str(words.translations.gettext("%(time)s in %(city)s"))
    return template % {"time": date_formats.clock(local.at), "city": city}


def _join_link(planned: Planned, own: Sitting) -> str:
    """The address for joining of the row that the sitting was made from."""
    if planned.training:
        return planned.training.join_link
    rows = planned.cycle.sittings if planned.cycle else []
    walls = {WallTime(row.on_local, row.starts_local, row.time_zone): row for row in rows}
    return walls[own.wall].join_link if own.wall in walls else ""
