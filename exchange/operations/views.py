"""The status page, and what monitors are told: health, readiness, metrics. None of these names anybody."""

from flask import Blueprint, Response, current_app, render_template, request

from exchange.access.standings import coordinator_count
from exchange.backups.last_backup import backup_state
from exchange.errors import NotFound
from exchange.feeds.subscriptions.unseen_changes import calendar_health
from exchange.health.tick_intervals import tick_seconds
from exchange.models import City
from exchange.operations import queries
from exchange.operations.interpreter import needed_release
from exchange.operations.metrics import CONTENT_TYPE, exposition
from exchange.operations.readiness import readiness
from exchange.operations.remembered_readiness import RememberedReadiness
from exchange.operations.tick_watch import TickWatch
from exchange.tokens import is_same
from exchange.web.access.permissions import Permission, anonymous, requires
from exchange.web.access.probes import HEALTH, METRICS, READY
from exchange.web.access.request_context import installation, now, reading, settings, standing
from exchange.web.presentation.paging import asked_page, asked_search, holds_all, page_of_list

blueprint = Blueprint("operations", __name__)


@blueprint.get("/status")
@requires(Permission.ADMINISTER)
def status() -> str:
    """How this installation is doing, for those who run it."""
    search = asked_search()
    with reading() as session:
        calendars = calendar_health(session, now())
        unseen = [one for one in calendars.unseen if _is_asked(one.city, search)]
        return render_template(
            "operations/status.html",
            search=search,
            calendars=calendars,
            cities=[one for one in calendars.cities if _is_asked(one[0], search)],
            unseen=page_of_list(unseen, asked_page()),
            zones=queries.zone_data(),
            database=queries.database_state(session),
            ticks=_watch().ages(session, tick_seconds(settings()), now()),
            letters=queries.letter_counts(session, now(), standing()),
            backup=backup_state(session, settings(), now()),
            coordinators=coordinator_count(session),
            audit=queries.audit_state(session, settings().anchor_file),
            retention=queries.last_retention(session),
            versions=queries.versions(),
            needed_python=needed_release(),
        )


@blueprint.get(HEALTH)
@anonymous
def healthz() -> Response:
    """ "ok" while this process answers, whatever else is away; for what would start it anew."""
    return _plain("ok\n", 200)


@blueprint.get(READY)
@anonymous
def readyz() -> Response:
    """Each part on a line, 503 when one of them is not well; for what calls an operator.

    Anybody may ask: the answer is remembered for a second.
    """
    remembered: RememberedReadiness = current_app.extensions.setdefault("readiness", RememberedReadiness())
    parts = remembered.parts(lambda: readiness(installation().database, settings(), _watch(), now()))
    return _plain("".join(f"{part}\n" for part in parts), 200 if all(p.is_ready for p in parts) else 503)


@blueprint.get(METRICS)
@anonymous
def metrics() -> Response:
    """What Prometheus reads, for who shows the token; without one in the settings there is no such page."""
    token = settings().metrics_token
    if token is None:
        raise NotFound("There is no such page.")
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not is_same(token.get_secret_value(), shown):
        answer = _plain("Show the token of the setting metrics_token.\n", 401)
        answer.headers["WWW-Authenticate"] = "Bearer"
        return answer
    here = installation()
    answer = _plain(exposition(here.database, settings(), here.measured, _watch(), now()), 200)
    answer.headers["Content-Type"] = CONTENT_TYPE
    return answer


def _is_asked(city: City, search: str) -> bool:
    return holds_all(city.name, search.casefold().split())


def _plain(text: str | bytes, status: int) -> Response:
    return Response(text, status, {"Cache-Control": "no-store"}, mimetype="text/plain")


def _watch() -> TickWatch:
    """That of this application, which remembers what it saw."""
    watch: TickWatch = current_app.extensions.setdefault("tick watch", TickWatch())
    return watch
