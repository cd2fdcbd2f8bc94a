"""Letters that nobody wants: about a meeting that their reader declined, of moments passed by a move, and
reminders of those who never say a word.

Pure but for the rows it is given; letter_schedule.py asks.
"""

from collections.abc import Sequence
from datetime import datetime

from exchange.mail.schedule.chase_letters import Silence
from exchange.mail.schedule.recipients import Roll
from exchange.models import Cycle, TrainingEvent
from exchange.rules.letters.chase_ladder import NUDGE_STEP
from exchange.rules.letters.reminders import PlannedLetter
from exchange.rules.programme.stage_plan import ChaseTo, StagePlan

_GIVEN_UP = (ChaseTo.SILENT, ChaseTo.MEMBER_LEAD)


def is_eligible_for_cycle(roll: Roll, cycle: Cycle, letter: PlannedLetter, plan: StagePlan) -> bool:
    """Whether a letter of a cycle is called for.

    Letters of a stage that holds a meeting are for those who have not declined it; reminders only for
    moments that were ahead when their date was set.
    """
    held = next((meeting.key for meeting in plan.meetings if meeting.stage == letter.rule.stage), None)
    if held and (letter.reader.person_id, (cycle.id, held, None)) in roll.declined:
        return False
    if not letter.rule.reminds_of:
        return True
    moved = [stage.moved_at for stage in cycle.stages if stage.key == letter.rule.stage]
    if letter.sitting:
        moved = [sitting.moved_at for sitting in cycle.sittings if sitting.meeting == held]
    return not any(_is_overtaken(letter, moved_at) for moved_at in moved)


def is_eligible_chase(cycle: Cycle, letter: PlannedLetter) -> bool:
    """Whether a chasing letter is: not to who owes an answer when its moment had passed as the day was set.

    Those who can help hear of it all the same: for them it counts from the day that has passed.
    """
    if letter.rule.chases is not ChaseTo.SILENT:
        return True
    moved = [stage.moved_at for stage in cycle.stages if stage.key == letter.rule.stage]
    return not any(_is_overtaken(letter, moved_at) for moved_at in moved)


def is_needless(silence: Silence, cycle: Cycle, letter: PlannedLetter, now: datetime) -> bool:
    """Whether a reminder that is leaving goes to somebody who left letters before it unanswered.

    What is new still goes to them, and the chair and the city's lead hear of silence; nobody who is silent
    themselves is asked to help with a colleague's. Until its day it counts as planned: they may answer.
    """
    rule = letter.rule
    if rule.chases:
        reminds = rule.chases in _GIVEN_UP and not rule.key.endswith(NUDGE_STEP.key)
    else:
        reminds = bool(rule.reminds_of) and (rule.anchor.is_meeting or rule.only_silent)
    return reminds and letter.due_at <= now and silence.is_lasting(cycle, letter.reader.person_id)


def is_eligible_for_training(roll: Roll, training: TrainingEvent, letter: PlannedLetter) -> bool:
    """The same for a letter of an event: its invitation always is."""
    if not letter.rule.reminds_of:
        return True
    has_declined = (letter.reader.person_id, (None, "", training.id)) in roll.declined
    return not has_declined and not _is_overtaken(letter, training.moved_at)


def without_overtaken(letters: Sequence[PlannedLetter], now: datetime) -> list[PlannedLetter]:
    """The letters without reminders after which a later one of the same letter has come due as well.

    Whoever takes back a refusal, or gets their letters late, is reminded once and not of each day.
    """
    last_due: dict[tuple[int, str], datetime] = {}
    for letter in letters:
        if letter.rule.reminds_of and letter.due_at <= now:
            key = (letter.reader.person_id, letter.rule.reminds_of)
            last_due[key] = max(letter.due_at, last_due.get(key, letter.due_at))
    return [
        letter
        for letter in letters
        if not letter.rule.reminds_of
        or letter.due_at >= last_due.get((letter.reader.person_id, letter.rule.reminds_of), letter.due_at)
    ]


def _is_overtaken(letter: PlannedLetter, moved_at: datetime | None) -> bool:
    """Whether a reminder's moment had passed when its date was set: the letter of the change said it all."""
    return moved_at is not None and letter.due_at <= moved_at
