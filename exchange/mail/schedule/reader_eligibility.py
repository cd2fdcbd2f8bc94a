"""Letters that nobody wants: about a meeting that their reader declined, of moments passed by a move, and
reminders of those who never say a word.

Pure but for the rows it is given; letter_schedule.py asks.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from exchange.mail.schedule.chase_letters import Silence
from exchange.mail.schedule.recipients import Roll
from exchange.models import Cycle, TrainingEvent
from exchange.rules.letters.chase_ladder import NUDGE_STEP
from exchange.rules.letters.reminders import PlannedLetter
from exchange.rules.programme.stage_plan import ChaseTo, StagePlan

_GIVEN_UP = (ChaseTo.SILENT, ChaseTo.MEMBER_LEAD)


def eligible_for_cycle(
    roll: Roll, cycle: Cycle, letters: Iterable[PlannedLetter], plan: StagePlan
) -> list[PlannedLetter]:
    """Those of a cycle's letters that are called for.

    Letters of a stage that holds a meeting are for those who have not declined it; reminders only for
    moments that were ahead when their date was set.
    """
    held_in = {meeting.stage: meeting.key for meeting in reversed(plan.meetings)}
    stages_moved = _moved([(stage.key, stage.moved_at) for stage in cycle.stages])
    sittings_moved = _moved([(sitting.meeting, sitting.moved_at) for sitting in cycle.sittings])
    declined = {(person_id, meeting) for person_id, (of, meeting, _) in roll.declined if of == cycle.id}

    def is_eligible(letter: PlannedLetter) -> bool:
        held = held_in.get(letter.rule.stage)
        if held and (letter.reader.person_id, held) in declined:
            return False
        if not letter.rule.reminds_of:
            return True
        moved = sittings_moved.get(held or "") if letter.sitting else stages_moved.get(letter.rule.stage)
        return not _is_overtaken(letter, moved)

    return [letter for letter in letters if is_eligible(letter)]


def eligible_chases(cycle: Cycle, letters: Iterable[PlannedLetter]) -> list[PlannedLetter]:
    """Those of its chasing letters: not to who owes an answer when its moment had passed as the day was set.

    Those who can help hear of it all the same: for them it counts from the day that has passed.
    """
    moved = _moved([(stage.key, stage.moved_at) for stage in cycle.stages])
    return [
        letter
        for letter in letters
        if letter.rule.chases is not ChaseTo.SILENT or not _is_overtaken(letter, moved.get(letter.rule.stage))
    ]


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


def _moved(rows: Iterable[tuple[str, datetime | None]]) -> dict[str, datetime]:
    """When each was moved last, by key; without those that never were."""
    found: dict[str, datetime] = {}
    for key, moved_at in rows:
        if moved_at is not None:
            found[key] = max(moved_at, found.get(key, moved_at))
    return found


def _is_overtaken(letter: PlannedLetter, moved_at: datetime | None) -> bool:
    """Whether a reminder's moment had passed when its date was set: the letter of the change said it all."""
    return moved_at is not None and letter.due_at <= moved_at
