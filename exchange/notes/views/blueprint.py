"""The blueprint that all views of notes stand in, and what they share. No pages of its own."""

from flask import Blueprint
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.access.note_things import thing_of_note
from exchange.errors import NotFound
from exchange.models import Note
from exchange.notes.actions import By
from exchange.notes.queries import GONE, note_with_id
from exchange.rules.access.policy import Right
from exchange.web.access.request_context import allowed, now, signed_in

Page = str | Response | tuple[str, int]
blueprint = Blueprint("notes", __name__)


def by() -> By:
    """Who is signed in, at the instant of this request."""
    return By(signed_in().person, now())


def note_for(session: Session, note_id: int, right: Right) -> Note:
    """The note, to somebody who has the right; to everybody else there is none."""
    found = note_with_id(session, note_id)
    thing = thing_of_note(found)
    if not (allowed(Right.READ, thing) and allowed(right, thing)):
        raise NotFound(GONE)
    return found
