"""The code at the door, and the page behind it: whoever is known presses one button.

Opening any of them changes nothing. Who is not signed in is shown nothing of the meeting.
"""

from dataclasses import dataclass
from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.attendance import actions, queries
from exchange.attendance.door_codes import door_address, door_picture, meeting_behind
from exchange.attendance.forms import HereForm
from exchange.attendance.meetings import Meeting
from exchange.attendance.views.blueprint import (
    OF_SITTING,
    OF_TRAINING,
    Page,
    blueprint,
    meeting_for,
    noting,
)
from exchange.errors import NotFound
from exchange.invitations.views import opened_invitation
from exchange.models import Person, Presence
from exchange.rules.access.policy import Right, may
from exchange.rules.programme.doors import AFTER, BEFORE
from exchange.web.access.guard import SignInNeeded
from exchange.web.access.permissions import Permission, public, requires
from exchange.web.access.rate_limits import count_try
from exchange.web.access.request_context import (
    note_guess,
    now,
    read_by_link,
    reading,
    settings,
    transaction,
    viewer,
)

PRESSES, SPAN = 20, timedelta(hours=1)  # of one person: more is a machine, and one does


@dataclass(frozen=True)
class Guest:
    """Who is at the door of which meeting; ``person`` None for who is not known there."""

    meeting: Meeting
    person: Person | None


@blueprint.get(f"{OF_TRAINING}/door")
@blueprint.get(f"{OF_SITTING}/door")
@requires(Permission.SEE_PROGRAMME)
def door_code(training_id: int | None = None, sitting_id: int | None = None) -> str:
    """The code with its address in letters, to print and to hang at the door, or to show on a screen."""
    with reading() as session:
        meeting = meeting_for(session, Right.CHANGE, training_id, sitting_id)
    return render_template(
        "attendance/door_code.html",
        meeting=meeting,
        picture=Markup(door_picture(meeting, settings())),
        address=door_address(meeting, settings()),
        opens_at=meeting.of.starts_at - BEFORE,
        closes_at=meeting.of.ends_at + AFTER,
        zone=meeting.of.row.time_zone,
    )


@blueprint.route("/here/<door>", methods=["GET", "POST"])
@public
def here(door: str) -> Page:
    """Behind the code: who is signed in says that they are there."""
    with reading() as session:
        guest = _at_door(session, door)
        is_here = _is_here(session, guest)
    if request.method == "POST":
        if viewer() is None:
            raise SignInNeeded("Sign in to say that you are here, or open the link of your invitation.")
        with transaction() as session:
            _say(session, _at_door(session, door))
        return _said(url_for("attendance.here", door=door))
    return _page(guest, is_here=is_here)


@blueprint.route("/attend/<token>/here", methods=["GET", "POST"])
@public
def here_by_link(token: str) -> Page:
    """The same for who holds the link of their invitation."""
    with reading() as session:
        guest = _by_link(session, token)
        is_here = _is_here(session, guest)
    if request.method == "POST":
        with transaction() as session:
            _say(session, _by_link(session, token))
        return _said(url_for("attendance.here_by_link", token=token))
    return _page(guest, is_here=is_here)


def _at_door(session: Session, door: str) -> Guest:
    """Raises NotFound for a code of no meeting, and TooManyTries for who tries many."""
    try:
        meeting = meeting_behind(session, door, settings())
    except NotFound:
        note_guess()
        raise
    reader = viewer()
    is_known = reader is not None and may(reader.standing, Right.TAKE_PART, meeting.thing)
    return Guest(meeting, reader.person if reader and is_known else None)


def _by_link(session: Session, token: str) -> Guest:
    invitation, found = opened_invitation(session, token)
    read_by_link(invitation.person)
    if found.training:
        return Guest(queries.meeting_of_training(session, found.training.id or 0), invitation.person)
    return Guest(queries.meeting_of_sitting(session, found.row.id or 0), invitation.person)


def _is_here(session: Session, guest: Guest) -> bool:
    if guest.person is None:
        return False
    row = queries.sheet_row(session, guest.meeting)
    return row is not None and any(one.person_id == guest.person.id for one in row.rows)


def _say(session: Session, guest: Guest) -> None:
    if guest.person is None:
        raise NotFound(
            "You are not known as somebody of this meeting. Tell the host: they note that you are here."
        )
    count_try(session, "here", f"person:{guest.person.id}", most=PRESSES, window=SPAN, now=now())
    presence = guest.meeting.presence
    if guest.meeting.is_hybrid and request.form.get("presence") == Presence.REMOTE:
        presence = Presence.REMOTE
    person = session.get_one(Person, guest.person.id)
    actions.say_here(session, guest.meeting, presence, by=noting(person))


def _said(address: str) -> Response:
    flash(_("Thank you: you are noted as being here."))
    return redirect(address, 303)


def _page(guest: Guest, *, is_here: bool) -> str:
    return render_template(
        "attendance/here.html",
        meeting=guest.meeting,
        person=guest.person,
        is_here=is_here,
        is_open=guest.meeting.is_door_open(now()),
        is_signed_in=viewer() is not None,
        form=HereForm(formdata=None),
    )
