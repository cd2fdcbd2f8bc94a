"""What those who come to an event need, for its hosts alone."""

from flask import Response, make_response, render_template

from exchange.access.things import thing_of_needs
from exchange.answering.attendance_needs import needs_of
from exchange.errors import NotFound
from exchange.rules.access.policy import Right
from exchange.trainings import queries
from exchange.trainings.views.blueprint import blueprint
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import allowed, reading


@blueprint.get("/trainings/<int:training_id>/needs")
@requires(Permission.SEE_PROGRAMME)
def training_needs(training_id: int) -> Response:
    """Food and access, by person; to everybody else there is no such event."""
    with reading() as session:
        training = queries.training(session, training_id)
        if not allowed(Right.READ, thing_of_needs(training)):
            raise NotFound("There is no such training event.")
        page = render_template(
            "trainings/training_needs.html", training=training, needs=needs_of(session, training)
        )
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response
