"""The page that makes the first coordinator of an installation, and signs them in."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.accounts.actions import Proof, SignedIn, open_session
from exchange.errors import InvalidInput
from exchange.first_start.actions import Coordinated, NewCoordinator, add_first_coordinator
from exchange.first_start.cities import all_cities
from exchange.first_start.console_addresses import Token, token_state
from exchange.first_start.forms import CoordinatorOfCityForm, CoordinatorOfFirstCityForm, form_for_first_city
from exchange.models import City
from exchange.network.queries import first_coordinator
from exchange.network.zone_names import zone_names
from exchange.web.access.permissions import public
from exchange.web.access.request_context import note_guess, now, reading, settings, transaction
from exchange.web.access.sessions import COOKIE_KEY

Page = str | tuple[str, int] | Response
_Form = CoordinatorOfCityForm | CoordinatorOfFirstCityForm

blueprint = Blueprint("first_start", __name__)


@blueprint.route("/first-run/<token>", methods=["GET", "POST"])
@public
def first_run(token: str) -> Page:
    """Who coordinates the network; the token of the console is the proof. Closed once somebody does."""
    state = token_state(token, settings(), now())
    with reading() as session:
        if first_coordinator(session) is not None:
            return _closed(is_coordinated=True)
        cities = all_cities(session)
    if state is not Token.GOOD:
        if state is Token.UNKNOWN:
            note_guess()
        return _closed(is_coordinated=False)
    form = _form(cities)
    if form.validate_on_submit():
        try:
            return _let_in(_made(form, cities))
        except InvalidInput as error:
            form.add_error(error)
        except Coordinated:
            return _closed(is_coordinated=True)
    page = render_template("first_start/first_run.html", form=form, zones=zone_names())
    return page, 400 if form.errors else 200


def _form(cities: Sequence[City]) -> _Form:
    if not cities:
        return form_for_first_city(settings())
    form = CoordinatorOfCityForm()
    form.offer(cities)
    return form


def _made(form: _Form, cities: Sequence[City]) -> SignedIn:
    new = form.coordinator(cities) if isinstance(form, CoordinatorOfCityForm) else form.coordinator()
    with transaction() as session:
        return _make(session, new)


def _make(session: Session, new: NewCoordinator) -> SignedIn:
    person = add_first_coordinator(session, new, settings=settings(), now=now())
    proof, browser = Proof("use first-run address", now()), request.user_agent.string
    return open_session(session, person, proof, browser=browser, settings=settings(), now=now())


def _let_in(opened: SignedIn) -> Response:
    cookie.clear()  # what the browser brought from before the sign-in means nothing after it
    cookie[COOKIE_KEY] = opened.token
    flash(_("You coordinate this network now, and are signed in. From now on a letter signs you in."))
    # Somebody who was here already may have a second factor.
    leads_to = "accounts.second_step" if opened.awaits_factor else "programme.home"
    return redirect(url_for(leads_to), 303)


def _closed(*, is_coordinated: bool) -> tuple[str, int]:
    return render_template("first_start/closed.html", is_coordinated=is_coordinated), 410
