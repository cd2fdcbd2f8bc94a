"""The page of what people thought of an event, once nobody can answer any more."""

from flask import render_template
from sqlmodel import Session

from exchange.access.things import thing_of_ask
from exchange.answering.ask_days import is_over_for_all
from exchange.answering.results import results_of
from exchange.attendance import queries
from exchange.attendance.feedback import anonymous_texts, feedback_ask
from exchange.attendance.feedback_results import shown
from exchange.attendance.meetings import Meeting
from exchange.attendance.views.blueprint import blueprint
from exchange.errors import NotFound
from exchange.models import Ask
from exchange.rules.access.policy import Right
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import allowed, now, reading


@blueprint.get("/trainings/<int:training_id>/feedback")
@requires(Permission.SEE_PROGRAMME)
def show_feedback(training_id: int) -> str:
    """Figures with their picture, and texts without names; nothing while answers may still come."""
    with reading() as session:
        meeting, ask = _asked(session, training_id)
        is_closed = ask is not None and is_over_for_all(session, ask, now())
        return render_template(
            "attendance/show_feedback.html",
            training=meeting.of.training,
            ask=ask,
            is_closed=is_closed,
            shown=shown(results_of(session, ask)) if ask is not None and is_closed else None,
            earlier=anonymous_texts(session, ask) if ask is not None and is_closed else [],
        )


def _asked(session: Session, training_id: int) -> tuple[Meeting, Ask | None]:
    """The event and what was asked, for who may read the results; to others there is no such event."""
    meeting = queries.meeting_of_training(session, training_id)
    training = meeting.of.training
    if training is None or not allowed(Right.READ, thing_of_ask(training)):
        raise NotFound(queries.NO_MEETING)
    return meeting, feedback_ask(session, training)
