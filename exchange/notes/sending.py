"""Sending a note: at once or once confirmed, to each reader once; and taking it back within the grace."""

from sqlmodel import Session

from exchange.errors import Conflict, InvalidInput
from exchange.mail.outbox.bulk_queue import Copy, queue_copies
from exchange.mail.outbox.letter_queue import NOTE, NOTE_TO_CONFIRM, queue
from exchange.mail.outbox.withdrawals import withdraw_of_note
from exchange.mail.writing.occasions.note_letters import confirm_letter, note_letters
from exchange.models import Note
from exchange.notes.actions import By, check_unsent, record
from exchange.notes.audience import Audience, audience_of
from exchange.notes.queries import other_coordinators
from exchange.rules.letters.note_times import GRACE
from exchange.settings import Settings

_WHY = "A note that the coordinators wrote to the network."
_TAKEN_BACK = "The note was taken back."


def send_note(session: Session, note: Note, settings: Settings, *, by: By) -> None:
    """Send it, or ask a second coordinator to confirm it when it is urgent.

    Raises Conflict for one that was sent or waits to be confirmed, InvalidInput when nobody would get it or
    nobody could confirm it.
    """
    check_unsent(note)
    if note.asked_at is not None:
        raise Conflict("This note waits for a second coordinator to confirm it.")
    audience = _somebody(session, note, by)
    if note.is_urgent:
        _ask(session, note, settings, by)
    else:
        _queue(session, note, audience, settings, by)
        record(session, note, "send note", by, after={"readers": note.readers})


def confirm_note(session: Session, note: Note, settings: Settings, *, by: By) -> None:
    """Let an urgent note go at once. Raises Conflict when none waits, InvalidInput for who asked for it."""
    check_unsent(note)
    if note.asked_at is None:
        raise Conflict("This note does not wait to be confirmed.")
    if by.actor.id == note.asked_by_id:
        raise InvalidInput("You sent this note, so somebody else who coordinates has to confirm it.")
    audience = _somebody(session, note, by)
    note.confirmed_by_id = by.actor.id
    _queue(session, note, audience, settings, by)
    withdraw_of_note(session, note.id or 0, "Another coordinator confirmed it.", kind=NOTE_TO_CONFIRM)
    record(session, note, "confirm note", by, after={"readers": note.readers})


def take_back_note(session: Session, note: Note, *, by: By) -> int:
    """Withdraw what waits of a note that is not urgent, within the grace; how many letters that were.

    Raises Conflict afterwards, and for an urgent one: letters have left.
    """
    if note.sent_at is None or note.withdrawn_at is not None:
        raise Conflict("This note was not sent, or was taken back.")
    if not may_be_taken_back(note, by):
        raise Conflict("Its letters have begun to leave. Write another note that corrects it.")
    withdrawn = withdraw_of_note(session, note.id or 0, _TAKEN_BACK)
    note.withdrawn_at = by.now
    note.version += 1
    record(session, note, "take back note", by, after={"letters": withdrawn})
    return withdrawn


def may_be_taken_back(note: Note, by: By) -> bool:
    """Whether none of its letters can have left yet."""
    is_out = note.sent_at is not None and note.withdrawn_at is None
    return is_out and not note.is_urgent and note.sent_at is not None and by.now < note.sent_at + GRACE


def _somebody(session: Session, note: Note, by: By) -> Audience:
    found = audience_of(session, note, by.now)
    if not found.count:
        raise InvalidInput("Nobody would get this note: choose whom it is for, or another marking.")
    return found


def _ask(session: Session, note: Note, settings: Settings, by: By) -> None:
    others = other_coordinators(session, note, by.actor, by.now)
    if not others:
        raise InvalidInput(
            "Nobody else can confirm this note. Give a second person the role of coordinator, name one on it"
            " where it is TLP:RED, or take its mark as urgent away."
        )
    note.asked_at, note.asked_by_id = by.now, by.actor.id
    note.version += 1
    for person in others:
        queue(
            session,
            confirm_letter(note, person, settings),
            to=person,
            once_key=f"{NOTE_TO_CONFIRM}:{note.id}@v{note.version}:{person.id}",
            kind=NOTE_TO_CONFIRM,
            why="An urgent note waits for a second coordinator.",
            note_id=note.id,
            now=by.now,
        )
    record(session, note, "ask to confirm note", by, after={"coordinators": len(others)})


def _queue(session: Session, note: Note, audience: Audience, settings: Settings, by: By) -> None:
    note.sent_at = by.now
    note.version += 1
    due_at = {one.id: copies.due_at for copies in audience.copies for one in copies.readers}
    readers = [one for copies in audience.copies for one in copies.readers]
    copies = (
        Copy(letter, person, f"{NOTE}:{note.id}:{person.id}", due_at[person.id])
        for person, letter in note_letters(note, readers, settings, has_been_sent=note.corrects)
    )
    note.readers = queue_copies(session, copies, kind=NOTE, why=_WHY, note_id=note.id or 0, now=by.now)
