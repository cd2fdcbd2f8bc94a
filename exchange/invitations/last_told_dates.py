"""What each reader was last told of a cycle's or an event's dates, from the letters that went to them.

It reads; a letter counts as told from when it is queued, and not any more when it was taken back. One
announcement is one letter to a reader, and one more for each further meeting they are invited to: its thread.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from exchange.answering.personal_links import TAKEN_OUT
from exchange.mail.outbox.letter_queue import CHANGE, HALT
from exchange.mail.schedule.told_dates import Facts, facts_of, merged
from exchange.models import (
    Cycle,
    Invitation,
    Letter,
    LetterState,
    Person,
    RefusedAddress,
    TrainingEvent,
)

_NEVER_CAME = (LetterState.WITHDRAWN, LetterState.REFUSED)
OF_CHANGES = (CHANGE, HALT)
_RETOLD = "retold"  # of a letter about a change that was taken back: what it was to say is settled
# In what a letter tells, beside "before" and "after":
THREAD = "thread"  # the meeting it is about beside the first, "" for the first
PART = "calendar"  # the invitation as it stood before the letter's calendar part


def is_about(about: Cycle | TrainingEvent, person_ids: Collection[int] | None = None) -> ColumnElement[bool]:
    """Of letters: about one cycle or event, to some people or (None) to anybody."""
    found = col(Letter.cycle_id if isinstance(about, Cycle) else Letter.training_id) == about.id
    return found if person_ids is None else found & col(Letter.person_id).in_(person_ids)


def letters_about(
    session: Session, about: Cycle | TrainingEvent, person_ids: Collection[int]
) -> Sequence[Letter]:
    """All letters about it to some people, in the order they were queued."""
    theirs = is_about(about, person_ids)
    return session.exec(select(Letter).where(theirs).order_by(col(Letter.queued_at), col(Letter.id))).all()


def known_by_person(letters: Iterable[Letter], about: Cycle | TrainingEvent) -> dict[int | None, Facts]:
    """What the readers of letters about it know, by person; others know what ``base_of`` says.

    Letters of further threads do not count: they say nothing that the first does not say.
    """
    known: dict[int | None, Facts] = {}
    holds = facts_of(about)
    for letter in (one for one in letters if not thread_of(one)):
        before = known.get(letter.person_id, base_of(about))
        known[letter.person_id] = merged(before, _told_by(letter, holds))
    return known


def base_of(about: Cycle | TrainingEvent) -> Facts:
    """What calendars and pages showed when readers were last told."""
    return about.told or facts_of(about)


def written_to(session: Session, about: Cycle | TrainingEvent) -> set[int | None]:
    """People who got a letter about it, or have one waiting."""
    came = is_about(about) & col(Letter.state).not_in(_NEVER_CAME)
    return set(session.exec(select(Letter.person_id).where(came).distinct()))


def has_left(invitation: Invitation, letters: Iterable[Letter]) -> bool:
    """Whether a letter with the invitation went out, or may have; ``letters`` are those about the same thing.

    Of one whose calendar part is wiped by now nobody knows which meeting it was of: it counts for each.
    """
    return any(
        letter.person_id == invitation.person_id
        and (letter.calendar == TAKEN_OUT or invitation.uid in letter.calendar)
        and (letter.state != LetterState.WITHDRAWN or letter.attempts > 0 or letter.may_have_arrived)
        for letter in letters
    )


def thread_of(letter: Letter) -> str:
    """Which thread a letter about a change is of."""
    return str((letter.tells or {}).get(THREAD, ""))


def announcements_done(letters: Iterable[Letter]) -> Counter[tuple[int | None, str]]:
    """How many letters about changes are done with, by reader and thread: the next one is another."""
    return Counter(
        (one.person_id, thread_of(one))
        for one in letters
        if one.kind in OF_CHANGES and one.state in (LetterState.SENT, LetterState.REFUSED)
    )


def untold(session: Session, now: datetime, *which: ColumnElement[bool]) -> list[Letter]:
    """Letters about changes that were taken back, unsettled and still of use, to people who get letters."""
    found = session.exec(
        select(Letter)
        .join(Person)
        .where(
            *which,
            col(Letter.kind).in_(OF_CHANGES),
            Letter.state == LetterState.WITHDRAWN,
            col(Letter.useless_after) > now,
            col(Person.is_active),
            func.lower(Person.email).not_in(select(RefusedAddress.address)),
        )
        .order_by(col(Letter.id))
    )
    return [letter for letter in found if letter.tells and not letter.tells.get(_RETOLD)]


def never_came(
    session: Session,
    about: Cycle | TrainingEvent,
    lost: Iterable[Letter],
    person_ids: Collection[int] | None = None,
) -> list[Letter]:
    """Those of ``lost`` and what no server took of letters about its changes, unsettled; in their order."""
    is_one = col(Letter.kind).in_(OF_CHANGES) & (col(Letter.state) == LetterState.REFUSED)
    refused = session.exec(select(Letter).where(is_about(about, person_ids), is_one))
    found = [one for one in refused if one.tells and not one.tells.get(_RETOLD)]
    return sorted([*lost, *found], key=lambda one: one.id or 0)


def mark_retold(letters: Iterable[Letter]) -> None:
    """What they were to say is said or need not be; one that waits again says it itself."""
    for letter in letters:
        if letter.state in _NEVER_CAME:
            letter.tells = {**(letter.tells or {}), _RETOLD: True}


def may_mislead(letter: Letter, holds: Facts) -> bool:
    """Whether a letter that was taken back may have arrived, and says something else than what holds."""
    after = (letter.tells or {}).get("after")
    return letter.may_have_arrived and isinstance(after, dict) and merged(holds, after) != holds


def _told_by(letter: Letter, holds: Facts) -> Facts:
    """What one letter left its reader knowing: a change that never arrived leaves what was known before.

    While nobody knows whether it arrived, each of its facts counts as told when it is not what holds, and
    as not told when it is: what is written then is right for a reader who got it and for one who did not.
    """
    tells = letter.tells or {}
    before, after = (
        dict(told) if isinstance(told, dict) else {} for told in map(tells.get, ("before", "after"))
    )
    if _is_open(letter):
        return merged(before, _differing(after, holds))
    return before if letter.state in _NEVER_CAME else after


def _is_open(letter: Letter) -> bool:
    """Whether it may have arrived and may not have: a try had no answer, or was recalled and goes on."""
    was_cut_off = letter.state in _NEVER_CAME and letter.may_have_arrived
    return was_cut_off or (letter.state == LetterState.SENDING and bool(letter.recalled))


def _differing(told: Facts, holds: Facts) -> Facts:
    """The facts that are not what holds."""
    found: Facts = {}
    for name, value in told.items():
        held = holds.get(name)
        if isinstance(value, dict) and isinstance(held, dict):
            found[name] = {key: one for key, one in value.items() if held.get(key) != one}
        elif value != held:
            found[name] = value
    return found
