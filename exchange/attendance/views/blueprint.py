"""The blueprint that all views of attendance stand in, and how they find a meeting. No pages of its own."""

from flask import Blueprint, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.attendance.feedback import TEMPLATE
from exchange.attendance.meetings import Meeting
from exchange.attendance.noting import Noting
from exchange.attendance.queries import NO_MEETING, meeting_of_sitting, meeting_of_training
from exchange.errors import NotFound
from exchange.models import Person
from exchange.rules.access.policy import Right
from exchange.web.access.request_context import allowed, ask_templates, now, profiles, settings, stage_plan
from exchange.web.presentation.words import zone_place

Page = str | Response | tuple[str, int]
OF_TRAINING, OF_SITTING = "/trainings/<int:training_id>/attendance", "/sittings/<int:sitting_id>/attendance"
blueprint = Blueprint("attendance", __name__)


@blueprint.context_processor
def words() -> dict[str, object]:
    """The vocabularies that the pages show."""
    return {"page_of": page_of, "meeting_name": meeting_name, "zone_place": zone_place}


def meeting_for(session: Session, right: Right, training_id: int | None, sitting_id: int | None) -> Meeting:
    """The meeting, to somebody who has the right; to everybody else there is no such meeting."""
    if training_id is not None:
        found = meeting_of_training(session, training_id)
    else:
        found = meeting_of_sitting(session, sitting_id or 0)
    if not allowed(right, found.thing):
        raise NotFound(NO_MEETING)
    return found


def noting(person: Person) -> Noting:
    """Who notes now, with what those who are noted are asked by."""
    return Noting(person, now(), settings(), profiles(), ask_templates().get(TEMPLATE))


def page_of(meeting: Meeting, what: str) -> str:
    """The address of a page of the meeting: "note_attendance" or "door_code"."""
    if meeting.of.training:
        return url_for(f"attendance.{what}", training_id=meeting.of.training.id)
    return url_for(f"attendance.{what}", sitting_id=meeting.of.row.id)


def meeting_name(meeting: Meeting) -> str:
    """What a meeting of an exchange is called; "" for an event, which has a title of its own."""
    return next((one.name for one in stage_plan().meetings if one.key == meeting.invited_as), "")
