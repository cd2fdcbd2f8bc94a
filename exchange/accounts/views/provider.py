"""Signing in by an account at the identity provider: on the way there, on the way back, refused.

Coming back is a page like that of an emailed link: reading it changes nothing, its button signs in, and
browsers with scripts press it by themselves.
"""

from typing import TYPE_CHECKING

import structlog
from flask import current_app, flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from exchange.accounts import provider_actions as actions
from exchange.accounts.actions import SignedIn
from exchange.accounts.forms import HOME, local_path
from exchange.accounts.provider.one_sign_in import Claimed, OneSignIn
from exchange.accounts.provider.sign_in_refusals import ProviderAway, SignInRefused
from exchange.accounts.views.blueprint import Page, blueprint, take_token
from exchange.accounts.views.sign_in import TRIES_PER_NETWORK, TRY_WINDOW, end_present_session
from exchange.audit.sign_ins import record_refused_sign_in
from exchange.errors import NotFound
from exchange.tokens import new_token
from exchange.web.access.arrivals import arriving_at
from exchange.web.access.permissions import public, signed_in_only
from exchange.web.access.rate_limits import count_try, network_of
from exchange.web.access.request_context import now, settings, signed_in, transaction, viewer
from exchange.web.http.kept_forms import FIELD, page_kept
from exchange.web.presentation.date_formats import sentence

if TYPE_CHECKING:  # needs the extra `sso`
    from exchange.accounts.provider.provider import IdentityProvider

EXTENSION = "identity provider"  # of the application; it is there when one is configured
COOKIE_KEY = "at provider"  # where Flask's signed cookie holds the secret of the way there
VALUE_MAX = 4000  # characters of a code or a state that are read; providers stay far below

log = structlog.get_logger("exchange")


@blueprint.route("/sign-in/with-provider", methods=["GET", "POST"])
@public
def to_provider() -> Page:
    """Lead to the provider. A page and no redirect: browsers follow a form only to where it was sent.

    Read again, by a browser that goes back or loads the page anew, it is the page with the button.
    """
    provider, leads_to = _provider(), local_path(request.values.get("next"))
    if request.method == "GET":
        return redirect(url_for("accounts.sign_in", next=leads_to), 303)
    if viewer() is not None:
        return redirect(leads_to, 303)
    one = OneSignIn(new_token())
    with transaction() as session:
        network = network_of(request.remote_addr)
        count_try(
            session, "sign-in at provider", network, most=TRIES_PER_NETWORK, window=TRY_WINDOW, now=now()
        )
        actions.begin_sign_in(session, one.state, leads_to=leads_to, now=now())
    try:
        address = provider.address_for(one, now())
    except ProviderAway as error:
        return _away(error, leads_to)
    cookie[COOKIE_KEY] = one.secret
    kept = request.form.get(FIELD, "")
    return render_template("accounts/to_provider.html", address=address, kept=kept, page=page_kept(kept))


@blueprint.route("/sign-in/with-provider/return", methods=["GET", "POST"])
@public
def from_provider() -> Page:
    """A button on GET, pressed by a script where there are scripts; POST signs in."""
    provider = _provider()
    if request.method == "GET":
        given = {name: _given(request.args.get(name)) for name in ("code", "state", "error", "iss")}
        return render_template("accounts/from_provider.html", given=given)
    leads_to = HOME
    try:
        one, leads_to = _taken_up()
        opened = _sign_in(provider.account_of(_code(), one, now()))
    except ProviderAway as error:
        return _away(error, leads_to)
    except SignInRefused as refusal:
        return _refuse(refusal, leads_to)
    cookie.clear()
    take_token(opened.token)
    if opened.awaits_factor:
        return redirect(url_for("accounts.second_step", next=leads_to), 303)
    return redirect(arriving_at(leads_to), 303)


@blueprint.post("/account/accounts-elsewhere/<int:account_id>/forget")
@signed_in_only
def forget_provider_account(account_id: int) -> Response:
    """Take an account at the provider away: it signs its person in no more, until it is matched anew."""
    with transaction() as session:
        actions.forget_account(session, account_id, actor=signed_in().person, settings=settings(), now=now())
    flash(_("That account no longer signs you in."))
    return redirect(url_for("accounts.sessions"), 303)


def _provider() -> "IdentityProvider":
    provider: IdentityProvider | None = current_app.extensions.get(EXTENSION)
    if provider is None:
        raise NotFound("There is no such page.")
    return provider


def _taken_up() -> tuple[OneSignIn, str]:
    """The sign-in that this browser began, used up, and where it leads. Raises SignInRefused."""
    secret, state = cookie.get(COOKIE_KEY), _given(request.form.get("state"))
    one = OneSignIn(secret if isinstance(secret, str) else "")
    if not one.secret or state != one.state:
        raise _begun_elsewhere("state of another browser")
    cookie.pop(COOKIE_KEY)
    with transaction() as session:
        leads_to = actions.take_up_sign_in(session, state, now=now())
    if leads_to is None:
        raise _begun_elsewhere("state used before, or too late")
    return one, local_path(leads_to)


def _begun_elsewhere(why: str) -> SignInRefused:
    return SignInRefused(
        "This sign-in was begun in another browser or window, was used before, or took too long. Begin"
        " again.",
        why=why,
    )


def _code() -> str:
    """The code that the provider gave. Raises SignInRefused when it gave none, or is not who was asked."""
    if _given(request.form.get("iss")) not in ("", settings().oidc_issuer):  # RFC 9207
        raise SignInRefused(
            "Another identity provider answered than the one that was asked. Begin again.",
            why="another issuer answered",
        )
    code = _given(request.form.get("code"))
    if request.form.get("error") or not code:
        raise SignInRefused(
            "The identity provider did not sign you in: it was broken off there, or you may not use it here.",
            why="refused at the identity provider",
        )
    return code


def _sign_in(claimed: Claimed) -> SignedIn:
    with transaction() as session:
        opened = actions.sign_in_by_account(
            session, claimed, browser=request.user_agent.string, settings=settings(), now=now()
        )
        end_present_session(session)
    return opened


def _refuse(refusal: SignInRefused, leads_to: str) -> Page:
    with transaction() as session:
        why = f"identity provider: {refusal.why}"
        record_refused_sign_in(session, why=why, person_id=refusal.person_id, now=now())
    return _refused_page(sentence(refusal), leads_to), 403


def _away(error: ProviderAway, leads_to: str) -> Page:
    log.warning("identity provider away", cause=str(error))
    said = _(
        "The identity provider cannot be asked now. Nothing is wrong with your account: sign in by letter."
    )
    return _refused_page(said, leads_to), 503


def _refused_page(said: str, leads_to: str) -> str:
    return render_template("accounts/provider_refused.html", said=said, leads_to=leads_to)


def _given(text: str | None) -> str:
    return text if text and len(text) <= VALUE_MAX and text.isprintable() else ""
