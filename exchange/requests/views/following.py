"""The page behind the link of a receipt, and what was released behind the link of an outcome."""

from collections.abc import Callable
from datetime import timedelta

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange import audit
from exchange.access.product_things import about, thing_of_product
from exchange.duties.own_requests import own_requests
from exchange.errors import Conflict, NotFound
from exchange.markdown import rendered
from exchange.models import Attachment, NetworkRequest, ProductState, RequestState
from exchange.requests import actions
from exchange.requests.forms import ButtonForm, MessageForm
from exchange.requests.letters import By, last_day_of_release, token_of
from exchange.requests.queries import is_late, released_with
from exchange.requests.rules import rules_of
from exchange.requests.views.blueprint import Page, blueprint
from exchange.requests.words import DEEDS, KINDS, STATES
from exchange.rules.access.policy import is_red
from exchange.rules.duties.request_rules import CONFIRM_DAYS
from exchange.rules.markings.tlp_labels import Marking
from exchange.web.access.permissions import public, signed_in_only
from exchange.web.access.rate_limits import count_try
from exchange.web.access.request_context import (
    note_guess,
    now,
    read_in,
    reading,
    settings,
    signed_in,
    transaction,
)
from exchange.web.http.received_files import sent_file
from exchange.web.presentation.base_form import BaseForm
from exchange.web.presentation.refusals import Attempt, attempt

MESSAGES_MOST, SPAN = 20, timedelta(hours=1)  # about one request
_STRICTER = list(Marking)  # from clear to red


@blueprint.get("/asked/<token>")
@public
def follow(token: str) -> Page:
    """Where the request stands; nothing changes by opening it."""
    return _page(token, MessageForm())


@blueprint.get("/asked/by-me/<int:request_id>")
@signed_in_only
def follow_own(request_id: int) -> Page:
    """To the page that follows what the reader asked for while signed in."""
    with reading() as session:
        mine = own_requests(session, signed_in().person.id or 0)
        found = next((one for one in mine if one.id == request_id), None)
    if found is None:
        raise NotFound("There is no such request, or it is not for you to see.")
    return redirect(url_for("requests.follow", token=token_of(found, settings())), 303)


@blueprint.post("/asked/<token>/confirm")
@public
def confirm(token: str) -> Page:
    """The address is that of who asked."""
    return _acted(token, ButtonForm(), actions.confirm, _("Thank you: the request is with us."))


@blueprint.post("/asked/<token>/message")
@public
def write(token: str) -> Page:
    """Add a message."""
    form = MessageForm()

    def act(session: Session, asked: NetworkRequest, who: By) -> None:
        count_try(session, "request message", f"{asked.id}", most=MESSAGES_MOST, window=SPAN, now=who.now)
        actions.write(session, asked, form.text.data, who)

    return _acted(token, form, act, _("Your message is added."))


@blueprint.route("/asked/<token>/withdraw", methods=["GET", "POST"])
@public
def withdraw(token: str) -> Page:
    """Ask whether it is meant, then take the request back."""
    form = ButtonForm()
    if form.is_submitted():
        return _acted(token, form, actions.withdraw, _("The request is withdrawn."))
    with reading() as session:
        asked = _opened(session, token)
        return render_template("requests/withdraw.html", asked=asked, form=form, token=token)


@blueprint.get("/released/<token>")
@public
def released(token: str) -> Page:
    """The version that was released, while the release lasts and the product's marking still lets it."""
    with reading() as session:
        asked = released_with(session, token)
        if asked is None:
            note_guess()
            raise NotFound("There is no such page, or it is not for you to see.")
        version = (
            next((one for one in asked.product.versions if one.number == asked.released_number), None)
            if asked.product
            else None
        )
        if version is None or not _still_released(asked):
            return render_template("requests/release_over.html"), 410
        return render_template(
            "requests/released.html",
            version=version,
            asked=asked,
            text=rendered(version.text),
            files=_released_files(asked),
            token=token,
            until=last_day_of_release(asked.released_until, asked.city.time_zone)
            if asked.released_until
            else None,
        )


@blueprint.get("/released/<token>/files/<int:attachment_id>")
@public
def released_file(token: str, attachment_id: int) -> Response:
    """A file of what was released, as long as that can be read."""
    with reading() as session:
        asked = released_with(session, token)
        if asked is None:
            note_guess()
        files = _released_files(asked) if asked is not None and _still_released(asked) else []
        found = next((one for one in files if one.id == attachment_id), None)
        if found is None:
            raise NotFound("There is no such file, or it is not for you to see.")
        return sent_file(found)


def _released_files(asked: NetworkRequest) -> list[Attachment]:
    """Those that stood beside the report when it was released; what was added later nobody decided on."""
    files = asked.product.files if asked.product else []
    return [one for one in files if asked.decided_at is not None and one.added_at <= asked.decided_at]


def _still_released(asked: NetworkRequest) -> bool:
    """Not ended or revoked; and what it was released of is out, and not held more closely since.

    It ends as well once nothing tells any more to whom it was released.
    """
    product = asked.product
    if product is None or asked.revoked_at is not None or not asked.email:
        return False
    if asked.released_until is None or asked.released_until <= now():
        return False
    if product.state is not ProductState.PUBLISHED or is_red(thing_of_product(product, about(product))):
        return False
    then, today = Marking(asked.released_marking), Marking(product.published_marking)
    return _STRICTER.index(today) <= _STRICTER.index(then)


def _acted(token: str, form: BaseForm, act: Callable[[Session, NetworkRequest, By], None], said: str) -> Page:
    tried = Attempt(form)
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            audit.wait_for_turn(session)  # whoever answers it at the same moment comes before or after
            asked = _opened(session, token)
            if _is_over(asked):
                raise Conflict("This link is over: nothing changes by it any more.")
            act(session, asked, By(None, now(), settings()))
        if tried.is_done:
            flash(said)
            return redirect(url_for("requests.follow", token=token), 303)
    return _page(token, form, tried.status)


def _page(token: str, form: BaseForm, status: int = 200) -> Page:
    message = form if isinstance(form, MessageForm) else MessageForm()
    with reading() as session:
        asked = _opened(session, token)
        read_in(asked.city)
        if _is_over(asked):
            return render_template("requests/link_over.html"), 410
        page = render_template(
            "requests/follow.html",
            asked=asked,
            token=token,
            form=form,
            message=message,
            button=ButtonForm(),
            is_late=is_late(asked, now()),
            kind=KINDS,
            states=STATES,
            deeds=DEEDS,
            RequestState=RequestState,
        )
    return page, status


def _opened(session: Session, token: str) -> NetworkRequest:
    asked = actions.with_token(session, token)
    if asked is None:
        note_guess()
        raise NotFound("This link is not complete, or it was never given out.")
    return asked


def _is_over(asked: NetworkRequest) -> bool:
    """Not confirmed in time, ended long ago, or nothing is kept any more of who asked."""
    rules = rules_of(settings())
    if not asked.email:
        return True
    if asked.state == RequestState.UNCONFIRMED:
        return asked.made_at + timedelta(days=CONFIRM_DAYS) <= now()
    return asked.decided_at is not None and asked.decided_at + timedelta(days=rules.link_days) <= now()
