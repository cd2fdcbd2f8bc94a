"""The chase ladder: who is written to when an answer is missing, step by step. Pure.

A step is data of config/cycle.toml or config/asks.toml; who is silent is the caller's to know. That a
person gets one such letter in a week is kept by the outbox; ``week_of`` says which week a letter falls into.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Protocol

from exchange.rules.letters.due_times import SEND_AT, LetterTimes, day_ends_at, times_of_chase, week_ends_at
from exchange.rules.letters.reminders import PlannedLetter, Reader
from exchange.rules.programme.stage_plan import (
    Anchor,
    ChaseFrom,
    ChaseStep,
    ChaseTo,
    CycleAsk,
    LetterRule,
)
from exchange.rules.sentences import Sentence
from exchange.rules.time.holidays import CityCalendar
from exchange.rules.time.timezones import wall_time

NUDGE_STEP = ChaseStep("nudge", "Reminder by hand", ChaseFrom.DUE, -1, ChaseTo.SILENT, tuple(CycleAsk))
_WHY = {
    ChaseTo.SILENT: "No answer yet from %(who)s; due on %(on)s.",
    ChaseTo.CHAIR: "Silent in the group: %(who)s; due on %(on)s.",
    ChaseTo.CITY_LEAD: "Escalated: no answer from %(who)s; due on %(on)s.",
    ChaseTo.MEMBER_LEAD: "Escalated: no answer from %(who)s; due on %(on)s.",
}


class Asking(Protocol):
    """What awaits answers: an ask of the stage plan, or a template of config/asks.toml."""

    @property
    def letter(self) -> str:
        """The key of the letter that brings the questions."""

    @property
    def closes(self) -> str:
        """The key of the stage that closes it, "" where none does."""


@dataclass(frozen=True)
class Awaited:
    """An answer that is missing: who owes it, and for which city or group.

    ``asked_on`` and ``last_on`` are days on the reader's wall, the latter with what was extended.
    """

    party: str
    city_id: int | None
    group_id: int | None
    reader: Reader
    asked_on: date
    last_on: date

    @property
    def key(self) -> tuple[int | None, int | None]:
        """The city or the group."""
        return self.city_id, self.group_id


@dataclass(frozen=True)
class Helpers:
    """Who can help: the chairs of a group, and the leads of the city that a silent person belongs to."""

    chairs_of: Callable[[int], Sequence[Reader]]
    leads_of: Callable[[Awaited], Sequence[Reader]]


def ladder_letters(
    steps: Sequence[ChaseStep],
    ask: Asking,
    awaited: Sequence[Awaited],
    helpers: Helpers,
    *,
    send_at: time = SEND_AT,
) -> list[PlannedLetter]:
    """Every chasing letter about the answers that are missing to one ask, past ones included.

    One letter for each step and reader, and for each last day when some were extended.
    """
    found = []
    for step in steps:
        rule, times_of = rule_of(step, ask), _times_by_city(step, send_at)
        for reader, missing in _by_reader(step, awaited, helpers):
            last_on = missing[0].last_on
            times = times_of(reader.calendar, min(one.asked_on for one in missing), last_on)
            if times is not None:
                found.append(_planned(rule, reader, missing, last_on, (times.due_at, times.useless_after)))
    return sorted(found, key=lambda one: (one.due_at, one.reader.person_id))


def nudge(ask: Asking, missing: Sequence[Awaited], *, due_at: datetime) -> PlannedLetter:
    """The letter that a coordinator sends by hand to one reader, about all that they owe.

    Useless when its week is over: in the next one the ladder may write again.
    """
    reader, last_on = missing[0].reader, min(one.last_on for one in missing)
    is_over = wall_time(due_at, reader.calendar.time_zone).on > last_on
    rule = rule_of(NUDGE_STEP if not is_over else replace(NUDGE_STEP, days=1), ask)
    week = week_of(due_at, reader.calendar.time_zone)
    times = due_at, week_ends_at(due_at, reader.calendar)
    return replace(_planned(rule, reader, missing, last_on, times), once_more=f".{week}")


def week_of(at: datetime, time_zone: str) -> str:
    """The ISO week of an instant on a wall: "2027-W05"."""
    year, week, _ = wall_time(at, time_zone).on.isocalendar()
    return f"{year}-W{week:02}"


def may_leave_until(due_at: datetime, reader: Reader) -> datetime:
    """When a letter of the plan that was not sent is taken back: at the end of the working day it was due on.

    A mail server that was away must not bring it on a Sunday; what is still called for on the next
    working day is planned anew.
    """
    return day_ends_at(due_at, reader.calendar)


def rule_of(step: ChaseStep, ask: Asking) -> LetterRule:
    """A step as a letter of the plan, for one ask: "E3_half_way"."""
    return LetterRule(
        key=f"{ask.letter}_{step.key}",
        name=step.name,
        stage=ask.closes,
        anchor=Anchor.STAGE_DUE,
        days=step.days,
        hours=0,
        audience=(),
        reminds_of=ask.letter,
        only_silent=True,
        chases=step.to,
    )


def _by_reader(
    step: ChaseStep, awaited: Sequence[Awaited], helpers: Helpers
) -> Iterator[tuple[Reader, list[Awaited]]]:
    """Who gets the step, each with what is missing, one last day at a time."""
    grouped: dict[tuple[int, date], tuple[Reader, list[Awaited]]] = {}
    for one in awaited:
        for reader in _readers(step.to, one, helpers):
            _, missing = grouped.setdefault((reader.person_id, one.last_on), (reader, []))
            missing.append(one)
    yield from grouped.values()


def _readers(to: ChaseTo, one: Awaited, helpers: Helpers) -> Sequence[Reader]:
    if to is ChaseTo.SILENT:
        return [one.reader]
    if to in {ChaseTo.CITY_LEAD, ChaseTo.MEMBER_LEAD}:
        return helpers.leads_of(one)
    chairs = helpers.chairs_of(one.group_id) if one.group_id is not None else []
    return [chair for chair in chairs if chair.person_id != one.reader.person_id]


def _times_by_city(
    step: ChaseStep, send_at: time
) -> Callable[[CityCalendar, date, date], LetterTimes | None]:
    """times_of_chase of one step, worked out once for a city: all its people live by one clock."""
    known: dict[tuple[int, date, date], LetterTimes | None] = {}

    def times(calendar: CityCalendar, asked_on: date, last_on: date) -> LetterTimes | None:
        key = id(calendar), asked_on, last_on  # hashing all that is in one would cost more than the rest
        if key not in known:
            known[key] = times_of_chase(step, asked_on, last_on, calendar, send_at=send_at)
        return known[key]

    return times


def _planned(
    rule: LetterRule,
    reader: Reader,
    missing: Sequence[Awaited],
    last_on: date,
    times: tuple[datetime, datetime],
) -> PlannedLetter:
    """The letter; ``times``: from when it is due, until when it is of use."""
    awaits = tuple(dict.fromkeys(_name(rule.chases, one) for one in missing))
    # The lead of a city reads whom we asked there; planners, which city it is.
    is_of_city = rule.chases is ChaseTo.CITY_LEAD
    who = dict.fromkeys(one.party for one in missing) if is_of_city else awaits
    template = _WHY[rule.chases or ChaseTo.SILENT]
    return PlannedLetter(
        rule=rule,
        reader=reader,
        due_at=times[0],
        useless_after=times[1],
        about_on=last_on,
        why=Sentence(template, {"who": ", ".join(who), "on": last_on}),
        awaits=awaits,
    )


def _name(to: ChaseTo | None, one: Awaited) -> str:
    """What is missing, as the reader knows it: a city or group, or who was asked in it."""
    if to is ChaseTo.SILENT:
        return one.party
    return f"{one.reader.name} ({one.party})" if to is ChaseTo.MEMBER_LEAD else one.reader.name
