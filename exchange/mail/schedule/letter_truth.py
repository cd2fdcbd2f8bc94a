"""Whether what a letter says is so on the day it leaves, and who hears of it where it is not.

The dates of stages stand for no facts: a draft, a product, a meeting or a yes has to be there. Before the day
a letter counts as planned, because it may be there by then.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from flask_babel import lazy_gettext as _l

from exchange.mail.schedule.cycle_eligibility import PUBLICATION, REVIEW, State
from exchange.mail.schedule.recipients import Roll
from exchange.models import Cycle, ProductState
from exchange.rules.letters.reminders import PlannedLetter, Reader, planned_letters
from exchange.rules.programme.stage_plan import Anchor, StagePlan

INVITATION = "E4"  # speaks of the live session, in a stage that holds none
SCOPING = "E2"
WAITED_FOR = "-wait"  # ends the key of a letter that tells of what others wait for
_OWED: Mapping[str, tuple[object, tuple[str, ...]]] = {  # what is missing, and who owes it or can help
    REVIEW: (_l("Draft is waited for"), ("authors", "coordinators")),
    PUBLICATION: (_l("Results are waited for"), ("authors", "coordinators")),
    SCOPING: (_l("Scoping call is waited for"), ("coordinators",)),
    INVITATION: (_l("Live session is waited for"), ("coordinators",)),
}


def true_letters(
    letters: Sequence[PlannedLetter],
    cycle: Cycle,
    plan: StagePlan,
    audiences: Mapping[str, Sequence[Reader]],
    known: tuple[Roll, State, datetime],
) -> list[PlannedLetter]:
    """The letters whose words hold, and in place of those that do not, what tells who owes the fact."""
    roll, state, now = known
    kept, missing = [], set()
    for letter in letters:
        is_leaving = letter.due_at <= now < letter.useless_after
        if is_leaving and not _is_so(letter, cycle, plan, roll, state):
            missing.add(letter.key)
        else:
            kept.append(letter)
    missing &= set(_OWED)
    return kept + [one for key in sorted(missing) for one in _instead(key, letters, cycle, plan, audiences)]


def _is_so(letter: PlannedLetter, cycle: Cycle, plan: StagePlan, roll: Roll, state: State) -> bool:
    product = state.product_state(cycle)
    if REVIEW in {letter.key, letter.rule.reminds_of}:
        return product is ProductState.IN_REVIEW
    if letter.key == PUBLICATION:
        return product is ProductState.PUBLISHED
    meeting = _meeting_of(letter, plan)
    if not meeting:
        return True
    if letter.rule.anchor is Anchor.MEETING_END:  # thanks for taking part
        return (letter.reader.person_id, (cycle.id, meeting, None)) in roll.accepted
    return any(sitting.meeting == meeting for sitting in cycle.sittings)


def _meeting_of(letter: PlannedLetter, plan: StagePlan) -> str:
    """The key of the meeting that the letter speaks of; "" for none."""
    stage = plan.session_stage if letter.key == INVITATION else letter.rule.stage
    return next((meeting.key for meeting in plan.meetings if meeting.stage == stage), "")


def _instead(
    key: str,
    letters: Sequence[PlannedLetter],
    cycle: Cycle,
    plan: StagePlan,
    audiences: Mapping[str, Sequence[Reader]],
) -> Iterator[PlannedLetter]:
    """How many wait, to whoever owes it: on the first working day on which one of them would have heard."""
    waiting = [letter for letter in letters if letter.key == key]
    name, audience = _OWED[key]
    rule = replace(waiting[0].rule, key=key + WAITED_FOR, name=str(name), audience=audience)
    readers = {letter.reader.person_id for letter in waiting}
    told = planned_letters(
        [rule], cycle.stages, sittings=[], readers_by_audience=audiences, send_at=plan.send_at
    )
    return (replace(letter, waiting=len(readers)) for letter in told)
