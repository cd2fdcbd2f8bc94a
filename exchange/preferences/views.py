"""The page behind the link in every letter, and the address of the one-click button of mail programs."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from exchange.errors import NotFound
from exchange.mail.schedule.unsubscribe_links import person_id_of
from exchange.models import Person
from exchange.preferences import actions
from exchange.web.access.permissions import anonymous, public
from exchange.web.access.request_context import now, reading, settings, transaction

blueprint = Blueprint("preferences", __name__)

ONE_CLICK = ("List-Unsubscribe", "One-Click")  # RFC 8058 section 3.1: what the mail program posts
# The same for a link that is forged, mistyped or of somebody who left: it tells nothing of anybody.
UNKNOWN = "This link is not valid. Use the link of your newest letter, or reply to any letter of ours."


@blueprint.get("/letters/preferences/<token>")
@public
def preferences(token: str) -> str:
    """What the reader gets, and the button to change it."""
    with reading() as session:
        person = _reader(session, token)
    return render_template("preferences/preferences.html", person=person)


@blueprint.post("/letters/preferences/<token>")
@public
def change_preferences(token: str) -> AnyResponse:
    """The button of the page."""
    action = actions.resume_programme if "resume" in request.form else actions.stop_programme
    with transaction() as session:
        action(session, _reader(session, token), how="the page of preferences", now=now())
    flash(_("That is noted."))
    return redirect(url_for("preferences.preferences", token=token), 303)


@blueprint.get("/letters/stop/<token>")
@anonymous
def stop_link(token: str) -> AnyResponse:
    """A person or a scanner that opens the address of the one-click button: to the page; nothing changes."""
    return redirect(url_for("preferences.preferences", token=token), 303)


@blueprint.post("/letters/stop/<token>")
@anonymous
def stop_at_once(token: str) -> Response:
    """The one-click button (RFC 8058): a mail program's POST, without cookie and form token.

    The address itself is the proof; it can only stop letters to the one reader it was sent to.
    """
    if request.form.get(ONE_CLICK[0]) != ONE_CLICK[1]:
        return Response("Post List-Unsubscribe=One-Click.\n", 400, mimetype="text/plain")
    with transaction() as session:
        actions.stop_programme(session, _reader(session, token), how="one click", now=now())
    return Response("You get no more programme letters.\n", mimetype="text/plain")


def _reader(session: Session, token: str) -> Person:
    person_id = person_id_of(token, settings())
    person = session.get(Person, person_id) if person_id is not None else None
    if person is None or not person.is_active:
        raise NotFound(UNKNOWN)
    return person
