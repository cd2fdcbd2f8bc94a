"""Notes to the network and standing documents as things of the policy."""

from datetime import datetime

from exchange.models import SPEAKS_FOR_CITY, Note, StandingDocument
from exchange.rules.access.things import Kind, Thing
from exchange.rules.markings.tlp_labels import Marking

STANDING_DOCUMENTS = Thing(Kind.STANDING_DOCUMENT, Marking.GREEN)  # all of them, to change them


def thing_of_note(note: Note, *, sent_at: datetime | None = None) -> Thing:
    """The note, or as it will be known once sent at an instant.

    One for leads or contacts by their role is for all members of the day it was sent on.
    """
    at = sent_at or note.sent_at or note.created_at
    return Thing(
        Kind.NOTE,
        note.marking,
        is_published=sent_at is not None or (note.sent_at is not None and note.withdrawn_at is None),
        cities=frozenset(note.city_ids),
        groups=frozenset(note.group_ids),
        boards=frozenset(note.board_ids),
        is_for_members=any(role in note.roles for role in SPEAKS_FOR_CITY),
        on=at.date(),
        named=frozenset(note.named_ids),
    )


def thing_of_document(document: StandingDocument) -> Thing:
    """The document, with its owner."""
    return Thing(Kind.STANDING_DOCUMENT, Marking.GREEN, authors=frozenset({document.owner_id}))
