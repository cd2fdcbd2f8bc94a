"""A letter of an action not taken yet, to whoever words it, about what the network has planned."""

from collections.abc import Mapping
from datetime import date, timedelta

from exchange.answering.ask_days import due_day
from exchange.city_calendars import city_calendar
from exchange.invitations.meetings import MeetingOf
from exchange.mail.schedule.told_dates import EVENT, SITTINGS, STAGES, STATE, Facts, facts_of, part
from exchange.mail.writing import transactional_letters
from exchange.mail.writing.date_differences import difference
from exchange.mail.writing.occasions.answer_letters import (
    MoreDays,
    more_days_letter,
    passed_letter,
    receipt_letter,
)
from exchange.mail.writing.occasions.change_letters import Reader, change_letter, release_letter
from exchange.mail.writing.transactional_letters import TransactionalLetter
from exchange.models import ContributionVersion, Cycle, Publication, TrainingEvent
from exchange.rules.programme.stage_plan import CycleAsk
from exchange.rules.time.timezones import wall_time
from exchange.wordings.example_asks import KINDS, letter_about
from exchange.wordings.example_letters import Example, next_cycle, next_training, transactional_example
from exchange.wordings.recent_letters import (
    account_example,
    duties_of,
    event_example,
    meeting_of_rule,
    member_example,
    new_address_example,
    with_reason,
)
from exchange.wordings.trial import Trial

_WEEK = timedelta(days=7)
_STATES = {  # what the reader knew, and what holds
    transactional_letters.MOVED: (Publication.PUBLISHED, Publication.PUBLISHED),
    transactional_letters.RESUMED: (Publication.POSTPONED, Publication.PUBLISHED),
    transactional_letters.CANCELLED: (Publication.PUBLISHED, Publication.CANCELLED),
    transactional_letters.POSTPONED: (Publication.PUBLISHED, Publication.POSTPONED),
}


def hypothetical_letter(trial: Trial) -> Example | None:
    """The letter as if the action were taken now; None without a cycle or an event to do it to."""
    key, me = trial.scope.rule.key, trial.me
    if key in transactional_letters.OF_ACCOUNTS:
        return transactional_example(me, account_example(trial, me), trial.now)
    if key in transactional_letters.OF_MEMBERS:
        return transactional_example(me, member_example(trial, me), trial.now)
    if key == transactional_letters.NEW_ADDRESS:
        return transactional_example(me, new_address_example(trial, me), trial.now)
    if key in transactional_letters.OF_EVENTS:
        training = next_training(trial.session, trial.now)
        if training is None:
            return None
        return transactional_example(me, event_example(trial, me, training), trial.now, training.title)
    if key == transactional_letters.DUTIES:
        found = duties_of(trial, me)
        return transactional_example(me, found, trial.now) if found else None
    cycle = next_cycle(trial.session, trial.scope, trial.now)
    if key in {
        transactional_letters.RECEIPT,
        transactional_letters.PASSED_ON,
        transactional_letters.MORE_DAYS,
    }:
        return (
            transactional_example(me, _about_answer(trial, cycle), trial.now, cycle.title) if cycle else None
        )
    about = cycle or next_training(trial.session, trial.now)
    if about is None:
        return None
    if key in KINDS:
        told = letter_about(trial, me, about)
        return transactional_example(me, told, trial.now, about.title) if told else None
    letter = _release(trial, about) if key == transactional_letters.NOT_INVITED else _change(trial, about)
    return transactional_example(me, letter, trial.now, about.title) if letter else None


def _about_answer(trial: Trial, cycle: Cycle) -> TransactionalLetter:
    me, party = trial.me, trial.me.city.name
    last_on = due_day(cycle, trial.plan, CycleAsk.CITIES)
    if trial.scope.rule.key == transactional_letters.PASSED_ON:
        return passed_letter(me, me, cycle, party, last_on, trial.link("answer"), settings=trial.settings)
    if trial.scope.rule.key == transactional_letters.MORE_DAYS:
        given = MoreDays(me, party, last_on, last_on + _WEEK)
        return more_days_letter(given, cycle, trial.link("answer"), settings=trial.settings)
    version = ContributionVersion(
        contribution_id=0, person_id=me.id or 0, number=1, submitted_at=trial.now, marking=cycle.marking
    )
    return receipt_letter(me, cycle, party, version, last_on, settings=trial.settings)


def _change(trial: Trial, about: Cycle | TrainingEvent) -> TransactionalLetter:
    """As if its meeting had been set a week earlier, and the reader were invited."""
    was, now = _STATES[trial.scope.rule.key]
    holds = facts_of(about) | {STATE: now.value}
    known = _a_week_earlier(holds, trial.plan.session.key) | {STATE: was.value}
    on = _today(trial)
    found = difference(known, about, city_calendar(trial.me.city, on), trial.plan, holds)
    link = "" if found.is_halted else trial.link("attend")
    reader = Reader(trial.me, on, is_invited=True, answer_link=link)
    return with_reason(change_letter(about, reader, found, trial.settings), about)


def _release(trial: Trial, about: Cycle | TrainingEvent) -> TransactionalLetter | None:
    if isinstance(about, TrainingEvent):
        meeting = MeetingOf(training=about)
    elif about.sittings:
        meeting = MeetingOf(cycle=about, sitting=about.sittings[0])
    else:
        return None
    return release_letter(about, Reader(trial.me, _today(trial)), meeting_of_rule(meeting), trial.settings)


def _a_week_earlier(facts: Facts, meeting: str) -> Facts:
    """The live session or the event a week earlier; without one, the stages."""
    sittings = part(facts, SITTINGS)
    moved = {key: wall for key, wall in sittings.items() if key == EVENT or key.startswith(f"{meeting}:")}
    if moved:
        return facts | {
            SITTINGS: sittings | {key: [_earlier(on), *rest] for key, (on, *rest) in moved.items()}
        }
    return facts | {STAGES: _stages_earlier(part(facts, STAGES))}


def _stages_earlier(stages: Mapping[str, list[object]]) -> dict[str, list[str]]:
    return {key: [_earlier(on) for on in days] for key, days in stages.items()}


def _earlier(on: object) -> str:
    return (date.fromisoformat(str(on)) - _WEEK).isoformat()


def _today(trial: Trial) -> date:
    return wall_time(trial.now, trial.me.city.time_zone).on
