"""The second step of signing in, for who has a second factor: between the link and everything else."""

from flask import Response as FlaskResponse
from flask import current_app, redirect, render_template, request, url_for
from flask import session as cookie
from flask_babel import gettext as _

from exchange.accounts import queries
from exchange.accounts.factor_actions import let_in, proved_by
from exchange.accounts.forms import local_path
from exchange.accounts.passkeys import authentication_options
from exchange.accounts.views.blueprint import (
    Page,
    blueprint,
    context_of,
    limit_proof,
    take_token,
    typed_proof,
)
from exchange.web.access.arrivals import arriving_at
from exchange.web.access.guard import SignInNeeded, halfway
from exchange.web.access.permissions import public
from exchange.web.access.request_context import Viewer, reading, transaction


@blueprint.route("/sign-in/second-step", methods=["GET", "POST"])
@public
def second_step() -> Page:
    """A passkey, a code of the app, or a recovery code; then the page that the link led to."""
    leads_to = local_path(request.args.get("next"))
    reader = halfway()
    if reader is None:
        return redirect(url_for("accounts.sign_in", next=leads_to), 303)
    if request.method == "GET":
        return _page(reader, wrong="")
    typed = typed_proof()
    limit_proof(reader.person, typed)
    with transaction() as session:
        how = proved_by(session, context_of(reader), typed)
        token = let_in(session, context_of(reader), how) if how else ""
    if not token:
        return _page(reader, wrong=_("That was not right. Try again, or use a recovery code.")), 400
    cookie.clear()
    take_token(token)
    return redirect(arriving_at(leads_to), 303)


@blueprint.post("/sign-in/second-step/passkey")
@public
def second_step_options() -> FlaskResponse:
    """What the browser needs to ask a passkey, as JSON."""
    reader = halfway()
    if reader is None:
        raise SignInNeeded("Sign in to see this page.")
    with transaction() as session:
        at = context_of(reader)
        options = authentication_options(session, at.session_id, at.person, at.settings, at.now)
    return current_app.response_class(options, mimetype="application/json")


def _page(reader: Viewer, wrong: str) -> str:
    with reading() as session:
        factors = queries.factors_of(session, reader.person)
        return render_template("accounts/second_step.html", factors=factors, wrong=wrong)
