"""The blueprint that all views of boards stand in, and what they share. No pages of its own."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.access.board_things import thing_of_board_meeting
from exchange.boards import queries
from exchange.boards.actions import Decider
from exchange.boards.words import PUBLICATION_STATUSES
from exchange.errors import NotFound
from exchange.models import BoardMeeting
from exchange.rules.access.policy import Right
from exchange.web.access.request_context import allowed, now, reading, signed_in, transaction
from exchange.web.presentation.form_fields import VersionedForm
from exchange.web.presentation.refusals import Attempt, attempt
from exchange.web.presentation.words import TRAINING_MODES

Page = str | Response | tuple[str, int]
Change = Callable[[Session, BoardMeeting, Decider], None]
blueprint = Blueprint("boards", __name__)


@blueprint.context_processor
def words() -> dict[str, object]:
    """The vocabularies that the pages of boards show."""
    return {"publication_statuses": PUBLICATION_STATUSES, "meeting_modes": TRAINING_MODES}


def by() -> Decider:
    """Who decides by this request."""
    return Decider(signed_in().person, now())


def may_read(meeting: BoardMeeting) -> bool:
    """Whether the reader may know of the meeting; needs its board with the seats."""
    return allowed(Right.READ, thing_of_board_meeting(meeting))


def meeting_for(session: Session, meeting_id: int, right: Right) -> BoardMeeting:
    """The meeting, to somebody who has the right; to everybody else there is none."""
    found = queries.meeting_of(session, meeting_id)
    if not may_read(found) or not allowed(right, thing_of_board_meeting(found)):
        raise NotFound("There is no such meeting.")
    return found


def loaded(meeting_id: int, right: Right) -> BoardMeeting:
    """The same, in a session of its own."""
    with reading() as session:
        return meeting_for(session, meeting_id, right)


def change_page(
    meeting_id: int, form: VersionedForm, change: Change, *, template: str, said: str, **facts: object
) -> Page:
    """The form; when sent, the change in one transaction, or the form again with what speaks against it."""
    tried = Attempt(form)
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            change(session, queries.claim_meeting(session, meeting_id, version=form.opened_version), by())
        if tried.is_done:
            flash(said)
            return to_meeting(meeting_id)
    return render_template(template, form=form, **facts), tried.status


def to_meeting(meeting_id: int) -> Response:
    """Back to the page of the meeting."""
    return redirect(url_for("boards.show_meeting", meeting_id=meeting_id), 303)
