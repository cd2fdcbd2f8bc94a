"""A cycle's letters as they would leave, worked out and written by the same code with another ``now``.

Nothing is queued and nothing is sent: the outbox does not hear of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from sqlmodel import Session

from exchange.answering.personal_links import without_tokens
from exchange.mail.outbox.letter_queue import ComposedLetter
from exchange.mail.schedule.chase_letters import parties_of
from exchange.mail.schedule.letter_schedule import planned_for_cycle, taken_keys
from exchange.mail.schedule.planned import Planned, TaskLink
from exchange.mail.schedule.task_links import with_questions
from exchange.mail.writing.compose import Coming, asks_to_come, planned_letter
from exchange.mail.writing.custom_wording import Wordings, load_wordings
from exchange.models import Cycle
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.programme.stage_plan import ChaseTo, MessageClass, StagePlan
from exchange.settings import Settings

LINE = "-" * 72
PERSONAL_LINK = "a-link-of-their-own"  # stands where a real letter has its reader's own link


@dataclass(frozen=True)
class Rehearsed:
    """One letter of a rehearsal: who gets it when, and what it says."""

    planned: Planned
    letter: ComposedLetter


def rehearsed_letters(
    session: Session, cycle: Cycle, *, plan: StagePlan, now: datetime, without_taken: bool = True
) -> list[Planned]:
    """Every letter of the cycle from ``now`` on, in the order they leave, as the ticks to come would find it.

    As if it were published now, when it is a draft, and as if nobody answered from now on. On each day
    the network is as its memberships say for that day. ``without_taken`` leaves out what the outbox has.
    A cycle that was called off has none.
    """
    if cycle.cancelled_at or cycle.postponed_at:
        return []
    found: list[Planned] = []
    moments = [now, *_changes_of_readers(cycle, now)]
    for moment, until in zip(moments, [*moments[1:], None], strict=True):
        planned = planned_for_cycle(session, cycle, plan=plan, now=moment)
        found += [one for one in planned if until is None or one.due_at < until]
    taken = taken_keys(session, found) if without_taken else set()
    return [one for one in _once_each(found) if one.once_key not in taken]


def written(
    session: Session, planned: Sequence[Planned], *, plan: StagePlan, settings: Settings
) -> Iterator[Rehearsed]:
    """The letters with their text as it is worded now, one by one."""
    wordings = load_wordings(session)
    for one in with_questions(session, planned, plan):
        yield Rehearsed(one, tried_letter(one, plan=plan, settings=settings, wordings=wordings))


def tried_letter(
    planned: Planned, *, plan: StagePlan, settings: Settings, wordings: Wordings
) -> ComposedLetter:
    """The letter as its reader would get it, but for personal links: they are made when it is queued."""
    base = settings.base_url.rstrip("/")
    attends = f"{base}/attend/{PERSONAL_LINK}" if asks_to_come(planned) else ""
    tasks = tuple(
        TaskLink(f"{base}/{section}/{PERSONAL_LINK}", about) for section, about in _tasks(planned, plan)
    )
    letter = planned_letter(
        replace(planned, tasks=tasks), plan=plan, settings=settings, wordings=wordings, coming=Coming(attends)
    )
    # Whoever tries a letter is not its reader: nothing in it may act for them.
    return replace(
        letter,
        text=without_tokens(letter.text),
        html=without_tokens(letter.html),
        message_class=MessageClass.SERVICE,
        unsubscribe_url="",
    )


def _tasks(planned: Planned, plan: StagePlan) -> list[tuple[str, str]]:
    """The pages that a letter would lead to, by section; with what each is about when there are several.

    A review has a page once the cycle has a product, which a rehearsal does not foresee.
    """
    rule, cycle = planned.letter.rule, planned.cycle
    if cycle is None or cycle.marking == Marking.RED or rule.chases not in {None, ChaseTo.SILENT}:
        return []
    ask = plan.ask_of(rule)
    if ask is None:
        return []
    names = [name for name, _, _ in parties_of(cycle, ask.kind, planned.letter.reader)] or [""]
    return [("answer", name if len(names) > 1 else "") for name in names]


def as_text(rehearsed: Rehearsed, number: int) -> str:
    """One letter as a text file shows it: number, reader, their time, why, subject, and all it says."""
    one, letter = rehearsed.planned, rehearsed.letter
    return (
        f"{LINE}\n{number}. {one.kind} {one.name}\n"
        f"To: {one.person.name} <{one.person.email}>\n"
        f"Leaves: {one.local.on} {one.local.at:%H:%M} in {one.city}\n"
        f"Why: {one.why.text}\n"
        f"Subject: {letter.subject}\n\n{letter.text}\n"
    )


def _changes_of_readers(cycle: Cycle, now: datetime) -> list[datetime]:
    """The later days on which a city that takes part begins or ends a membership."""
    days: set[date] = set()
    for city in (cycle.lead_city, *cycle.cities):
        for membership in city.memberships:
            days |= {membership.starts_on} if membership.starts_on else set()
            days |= {membership.ends_on + timedelta(days=1)} if membership.ends_on else set()
    return sorted(datetime.combine(on, time(0), UTC) for on in days if on > now.date())


def _once_each(planned: Sequence[Planned]) -> list[Planned]:
    """The first of each key: the outbox would take no other."""
    return list({one.once_key: one for one in reversed(planned)}.values())[::-1]
