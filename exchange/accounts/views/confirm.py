"""The page that asks "is it you?" before what is dangerous, and the way back to what was typed."""

from datetime import timedelta

from flask import Response as FlaskResponse
from flask import current_app, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from exchange.accounts import queries
from exchange.accounts.factor_actions import note_proof, proved_by
from exchange.accounts.forms import local_path
from exchange.accounts.letters_to_owners import send_confirming_link, use_confirming_link
from exchange.accounts.passkeys import authentication_options
from exchange.accounts.views.blueprint import (
    Page,
    blueprint,
    limit_proof,
    own_context,
    take_token,
    typed_proof,
)
from exchange.audit.sign_ins import record_refused_sign_in
from exchange.web.access.permissions import for_enrolment
from exchange.web.access.rate_limits import count_try
from exchange.web.access.recent_proof import ProofNeeded
from exchange.web.access.request_context import now, reading, settings, signed_in, transaction
from exchange.web.http.kept_forms import FIELD, kept_for, page_kept, page_of_form

LETTERS_MOST = 5
LETTERS_WINDOW = timedelta(minutes=15)


@blueprint.app_errorhandler(ProofNeeded)
def ask_for_proof(_error: ProofNeeded) -> Page:
    """Ask, and keep what was typed in the page meanwhile."""
    kept = kept_for(signed_in().person)
    return _page(kept, local_path(page_kept(kept) or page_of_form()), wrong=""), 403


@blueprint.route("/account/confirm", methods=["GET", "POST"])
@for_enrolment
def confirm() -> Page:
    """Take the proof; then the form again, filled with what was typed."""
    kept, leads_to = request.form.get(FIELD, ""), local_path(request.values.get("next"))
    if request.method == "GET":
        return _page("", leads_to, wrong="")
    typed = typed_proof()
    limit_proof(signed_in().person, typed)
    with transaction() as session:
        how = proved_by(session, own_context(), typed)
        token = note_proof(session, own_context(), how) if how else ""
    if not token:
        return _page(kept, leads_to, wrong=_("That was not right. Try again, or use a recovery code.")), 400
    take_token(token)
    return _back(kept, leads_to)


@blueprint.post("/account/confirm/passkey")
@for_enrolment
def confirm_options() -> FlaskResponse:
    """What the browser needs to ask a passkey, as JSON."""
    at = own_context()
    with transaction() as session:
        options = authentication_options(session, at.session_id, at.person, at.settings, at.now)
    return current_app.response_class(options, mimetype="application/json")


@blueprint.post("/account/confirm/letter")
@for_enrolment
def confirm_by_letter() -> Page:
    """For who has no second factor: a link that confirms this session; the page keeps what was typed."""
    reader = signed_in()
    kept, leads_to = request.form.get(FIELD, ""), local_path(request.form.get("next"))
    with transaction() as session:
        count_try(
            session,
            "confirming letter",
            str(reader.person.id),
            most=LETTERS_MOST,
            window=LETTERS_WINDOW,
            now=now(),
        )
        if queries.has_factor(session, reader.person):
            return _page(kept, leads_to, wrong=_("Use your second factor: a letter is not enough.")), 400
        send_confirming_link(session, reader.person, reader.session_id, settings=settings(), now=now())
    page = page_kept(kept)
    return render_template("accounts/confirm_sent.html", kept=kept, page=page, leads_to=leads_to)


@blueprint.route("/account/confirm/<token>", methods=["GET", "POST"])
@for_enrolment
def confirm_link(token: str) -> Page:
    """A button on GET, because mail scanners open links; POST confirms, in the browser that asked."""
    if request.method == "GET":
        return render_template("accounts/use_confirming_link.html")
    reader = signed_in()
    with transaction() as session:
        is_enough = not queries.has_factor(session, reader.person)
        done = is_enough and use_confirming_link(
            session, token, reader.session_id, person=reader.person, now=now()
        )
        if not done:
            record_refused_sign_in(session, why="confirming link", person_id=reader.person.id, now=now())
    return render_template("accounts/confirmed.html", done=done), 200 if done else 410


def _page(kept: str, leads_to: str, *, wrong: str) -> str:
    with reading() as session:
        factors = queries.factors_of(session, signed_in().person)
        return render_template(
            "accounts/confirm.html", factors=factors, kept=kept, leads_to=leads_to, wrong=wrong
        )


def _back(kept: str, leads_to: str) -> Response:
    page = page_kept(kept)
    # 307: the browser sends the same fields again, and the page finds what it kept among them.
    return redirect(page, 307) if page else redirect(leads_to, 303)
