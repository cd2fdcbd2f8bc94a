"""The status page, and the health answer that names nothing."""

from flask import Blueprint, Response, render_template

from exchange.db import is_reachable
from exchange.operations import queries
from exchange.web.permissions import Permission, anonymous, requires
from exchange.web.request import house, now, reading

blueprint = Blueprint("operations", __name__)


@blueprint.get("/status")
@requires(Permission.ADMINISTER)
def status() -> str:
    """How this installation is doing, for those who run it."""
    with reading() as session:
        return render_template(
            "operations/status.html",
            zones=queries.zone_data(),
            database=queries.database_state(session),
            ticks=queries.last_ticks(session, now()),
            letters=queries.letter_counts(session, now()),
            audit=queries.audit_state(session),
            versions=queries.versions(),
        )


@blueprint.get("/healthz")
@anonymous
def healthz() -> Response:
    """ "ok" while the database answers, 503 when it does not; for monitors and load balancers."""
    answers = is_reachable(house().database)
    words, code = ("ok\n", 200) if answers else ("unavailable\n", 503)
    return Response(words, code, {"Cache-Control": "no-store"}, mimetype="text/plain")
