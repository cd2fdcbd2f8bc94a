"""What each reader was last told of a cycle's or an event's dates, from the letters that went to them.

It reads; a letter counts as told from when it is queued, and not any more when it was taken back.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from exchange.mail.change_letters import CHANGE, HALT
from exchange.mail.telling import Facts, facts_of, merged
from exchange.models import Cycle, Letter, LetterState, TrainingEvent

_NEVER_CAME = (LetterState.WITHDRAWN, LetterState.REFUSED)
OF_CHANGES = (CHANGE, HALT)
_RETOLD = "retold"  # of a letter about a change that was taken back: another one was written since


def known_by_person(session: Session, about: Cycle | TrainingEvent) -> dict[int | None, Facts]:
    """What the readers of letters about it know, by person; others know what ``base_of`` says."""
    known: dict[int | None, Facts] = {}
    for letter in _letters_about(session, about):
        before = known.get(letter.person_id, base_of(about))
        known[letter.person_id] = merged(before, _told_by(letter))
    return known


def base_of(about: Cycle | TrainingEvent) -> Facts:
    """What calendars and pages showed when readers were last told."""
    return about.told or facts_of(about)


def sent_about(session: Session, about: Cycle | TrainingEvent) -> set[int | None]:
    """People who got a letter about it, or have one waiting."""
    return {one.person_id for one in _letters_about(session, about) if one.state not in _NEVER_CAME}


def untold(session: Session, now: datetime) -> list[Letter]:
    """Letters about changes that another change took back, not replaced yet and still of use."""
    found = session.exec(
        select(Letter)
        .where(
            col(Letter.kind).in_(OF_CHANGES),
            Letter.state == LetterState.WITHDRAWN,
            col(Letter.useless_after) > now,
        )
        .order_by(col(Letter.id))
    )
    return [letter for letter in found if letter.tells and not letter.tells.get(_RETOLD)]


def mark_retold(letters: Iterable[Letter]) -> None:
    """What those letters were to say has been said, or need not be said any more."""
    for letter in letters:
        letter.tells = {**(letter.tells or {}), _RETOLD: True}


def _letters_about(session: Session, about: Cycle | TrainingEvent) -> Sequence[Letter]:
    column = Letter.cycle_id if isinstance(about, Cycle) else Letter.training_id
    return session.exec(
        select(Letter).where(column == about.id).order_by(col(Letter.queued_at), col(Letter.id))
    ).all()


def _told_by(letter: Letter) -> Facts:
    """What one letter left its reader knowing: a change that never arrived leaves what was known before."""
    name = "before" if letter.state in _NEVER_CAME else "after"
    told = (letter.tells or {}).get(name)
    return dict(told) if isinstance(told, dict) else {}
