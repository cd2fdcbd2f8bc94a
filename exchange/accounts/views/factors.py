"""The page of one's own second factors: setting them up, taking them away, recovery codes."""

from flask import Response as FlaskResponse
from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from exchange.accounts import factor_actions as actions
from exchange.accounts import queries, totp
from exchange.accounts.forms import AppForm, PasskeyForm
from exchange.accounts.passkeys import can_have_passkeys, registration_options
from exchange.accounts.views.blueprint import Page, blueprint, limit_proof, own_context, typed_proof
from exchange.errors import InvalidInput, NotFound
from exchange.web.access.permissions import for_enrolment
from exchange.web.access.recent_proof import needs_recent_proof
from exchange.web.access.request_context import reading, settings, signed_in, transaction


@blueprint.get("/account/sign-in")
@for_enrolment
def factors() -> str:
    """What the reader has set up, and what they can."""
    return _page(PasskeyForm())


@blueprint.post("/account/sign-in")
@for_enrolment
def add_passkey() -> Page:
    """Keep the passkey that the browser made."""
    form = PasskeyForm()
    if not form.validate():
        return _page(form), 400
    needs_recent_proof()
    try:
        with transaction() as session:
            codes = actions.add_passkey(session, own_context(), form.name.data, form.passkey.data)
    except InvalidInput as error:
        form.add_error(error)
        return _page(form), 400
    return _set_up(codes)


@blueprint.post("/account/sign-in/passkey")
@for_enrolment
def passkey_options() -> FlaskResponse:
    """What the browser needs to make a passkey, as JSON."""
    at = own_context()
    with transaction() as session:
        options = registration_options(session, at.session_id, at.person, at.settings, at.now)
    return current_app.response_class(options, mimetype="application/json")


@blueprint.route("/account/sign-in/app", methods=["GET", "POST"])
@for_enrolment
def add_app() -> Page:
    """Show the secret for an app; its first code proves that it was taken up."""
    person = signed_in().person
    form = AppForm()
    if not form.sealed.data:
        form.sealed.data = totp.seal(totp.new_secret(), person, settings())
    if form.validate_on_submit():
        needs_recent_proof()
        limit_proof(person, typed_proof())
        try:
            with transaction() as session:
                code = "".join(form.code.data.split())
                return _set_up(actions.add_totp(session, own_context(), form.sealed.data, code))
        except InvalidInput as error:
            form.add_error(error)
    secret = totp.unseal(form.sealed.data, person, settings())
    picture = Markup(totp.qr_code(secret, person, settings()))
    page = render_template("accounts/add_app.html", form=form, secret=secret, picture=picture)
    return page, 400 if form.errors else 200


@blueprint.post("/account/sign-in/recovery-codes")
@for_enrolment
def new_codes() -> Page:
    """New recovery codes in place of the earlier ones, shown once."""
    needs_recent_proof()
    with transaction() as session:
        codes = actions.new_codes(session, own_context())
    return render_template("accounts/codes.html", codes=codes)


@blueprint.route("/account/sign-in/passkeys/<int:passkey_id>/remove", methods=["GET", "POST"])
@for_enrolment
def remove_passkey(passkey_id: int) -> Page:
    """Ask, then take a passkey away."""
    with reading() as session:
        held = queries.factors_of(session, signed_in().person)
    found = next((one for one in held.passkeys if one.id == passkey_id), None)
    if found is None:
        raise NotFound("There is no such passkey.")
    if request.method == "GET":
        return render_template("accounts/remove_factor.html", name=found.name)
    needs_recent_proof()
    with transaction() as session:
        actions.remove_passkey(session, own_context(), passkey_id)
    flash(_("The passkey “%(name)s” no longer signs you in.", name=found.name))
    return redirect(url_for("accounts.factors"), 303)


@blueprint.route("/account/sign-in/app/remove", methods=["GET", "POST"])
@for_enrolment
def remove_app() -> Page:
    """Ask, then take the app away."""
    if request.method == "GET":
        return render_template("accounts/remove_factor.html", name="")
    needs_recent_proof()
    with transaction() as session:
        actions.remove_totp(session, own_context())
    flash(_("The codes of your app no longer sign you in."))
    return redirect(url_for("accounts.factors"), 303)


def _set_up(codes: list[str]) -> Page:
    if codes:
        return render_template("accounts/codes.html", codes=codes)
    flash(_("Your second factor is set up."))
    return _to_factors()


def _to_factors() -> Response:
    return redirect(url_for("accounts.factors"), 303)


def _page(form: PasskeyForm) -> str:
    with reading() as session:
        return render_template(
            "accounts/factors.html",
            form=form,
            factors=queries.factors_of(session, signed_in().person),
            can_have_passkeys=can_have_passkeys(settings()),
        )
