"""What is done with notes before they are sent: written and changed, each with its audit entry."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from exchange import audit
from exchange.access.named_people import named_people
from exchange.audit import kept_text
from exchange.errors import Conflict
from exchange.mail.outbox.withdrawals import withdraw_of_note
from exchange.models import Note, Person
from exchange.notes import queries
from exchange.notes.drafts import NoteDraft, check_note
from exchange.rules.markings.tlp_labels import Marking

_CHANGED = "The note was changed before it was confirmed."


@dataclass(frozen=True)
class By:
    """Who does it, and when."""

    actor: Person
    now: datetime


def write_note(session: Session, draft: NoteDraft, *, by: By, corrects: Note | None = None) -> Note:
    """A new note, which nobody but coordinators sees before it is sent. Raises InvalidInput (see drafts)."""
    check_note(draft)
    note = Note(
        author_id=by.actor.id or 0,
        corrects_id=corrects.id if corrects else None,
        created_at=by.now,
        named_ids=_named(session, draft, by.actor.id or 0),
        **_columns(draft),  # type: ignore[arg-type]  # columns by their names
    )
    session.add(note)
    session.flush()
    record(session, note, "write note", by, after={"marking": note.marking, "corrects": note.corrects_id})
    return note


def claim_note(session: Session, note_id: int, *, version: int) -> Note:
    """The note, locked until the transaction ends. Raises NotFound, and Conflict when it was changed."""
    note = queries.note_with_id(session, note_id, locks=True)
    if note.version != version:
        raise Conflict(
            "This was changed by somebody else meanwhile. Nothing of yours was saved: open it again, look at"
            " what changed, and repeat yours."
        )
    return note


def edit_note(session: Session, note: Note, draft: NoteDraft, *, by: By) -> None:
    """Make a note that was not sent what the draft says; one that waits to be confirmed is asked anew."""
    check_note(draft)
    check_unsent(note)
    named_ids = _named(session, draft, note.author_id, note.named_ids)
    after = _columns(draft)
    before = {name: getattr(note, name) for name in after}
    if before == after and named_ids == note.named_ids:
        return
    for name, value in after.items():
        setattr(note, name, value)
    note.named_ids = named_ids
    if note.asked_at is not None:
        note.asked_at = note.asked_by_id = None
        withdraw_of_note(session, note.id or 0, _CHANGED)
    note.version += 1
    changed = sorted(name for name in after if before[name] != after[name])
    record(session, note, "edit note", by, _facts(before, changed), _facts(after, changed))


def check_unsent(note: Note) -> None:
    """Raise Conflict for a note that was sent."""
    if note.sent_at is not None:
        raise Conflict("This note was sent. Write another one that corrects it.")


def record(
    session: Session,
    note: Note,
    action: str,
    by: By,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """One entry of the audit trail about a note."""
    session.flush()
    audit.record(
        session,
        actor=by.actor,
        action=action,
        subject=f"note:{note.id}",
        before=before,
        after=after,
        now=by.now,
    )


def _named(session: Session, draft: NoteDraft, author_id: int, present: list[int] | None = None) -> list[int]:
    """Who is named at TLP:RED, its author among them."""
    named = named_people(session, draft.marking, draft.named, present or ())
    return sorted({*named, author_id}) if draft.marking is Marking.RED else []


def _columns(draft: NoteDraft) -> dict[str, object]:
    return {
        "subject": draft.subject.strip(),
        "text": draft.text.strip(),
        "marking": draft.marking.value,
        "is_urgent": draft.is_urgent,
        "city_ids": sorted(draft.city_ids),
        "group_ids": sorted(draft.group_ids),
        "board_ids": sorted(draft.board_ids),
        "organisation_ids": sorted(draft.organisation_ids),
        "roles": sorted(role.value for role in draft.roles),
    }


def _facts(values: Mapping[str, object], changed: list[str]) -> dict[str, object]:
    """What changed, as the trail keeps it: of texts the digests."""
    texts = {"subject", "text"}
    return {name: kept_text(str(values[name])) if name in texts else values[name] for name in changed}
