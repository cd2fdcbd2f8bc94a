"""Naming a colleague behind one's invitation link, and the coordinators' list of those who were named."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlmodel import Session, col, select
from werkzeug.wrappers import Response

from exchange.answering.attendance.nominations import Named, waiting_nominations
from exchange.errors import Conflict, NotFound
from exchange.invitations.meetings import MeetingOf
from exchange.invitations.views import opened_invitation
from exchange.models import Nomination
from exchange.nominations import actions
from exchange.nominations.actions import Colleague, Decider
from exchange.nominations.forms import CONTACT, ColleagueForm, DeclineForm, InviteForm
from exchange.web.access.permissions import Permission, public, requires
from exchange.web.access.rate_limits import count_try
from exchange.web.access.recent_proof import needs_recent_proof
from exchange.web.access.request_context import (
    now,
    read_by_link,
    reading,
    settings,
    signed_in,
    standing,
    transaction,
)
from exchange.web.presentation.date_formats import sentence
from exchange.web.presentation.refusals import Attempt, attempt

Page = str | Response | tuple[str, int]
NAMED_MOST, SPAN = 5, timedelta(days=1)  # by one person
blueprint = Blueprint("nominations", __name__)


@blueprint.route("/attend/<token>/colleague", methods=["GET", "POST"])
@public
def nominate(token: str) -> Page:
    """Name a colleague for the meeting; and what became of those who were named before, without names."""
    form = ColleagueForm()
    tried = Attempt(form)
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            invitation, meeting = opened_invitation(session, token)
            who = f"person:{invitation.person_id}"
            count_try(session, "nominate", who, most=NAMED_MOST, window=SPAN, now=now())
            colleague = Colleague(form.name.data, form.email.data)
            actions.nominate(session, invitation, meeting, colleague, now=now())
        if tried.is_done:
            flash(_("Thank you. A coordinator decides, and writes to them if they are invited."))
            return redirect(url_for("nominations.nominate", token=token), 303)
    with reading() as session:
        invitation, meeting = opened_invitation(session, token)
        read_by_link(invitation.person)
        return render_template(
            "nominations/nominate.html",
            form=form,
            token=token,
            about=meeting.about,
            earlier=_of_invitation(session, invitation.id or 0),
            closed=_closed(meeting),
        ), tried.status


@blueprint.get("/nominations")
@requires(Permission.ADMINISTER)
def nominations() -> str:
    """Those who were named and wait."""
    with reading() as session:
        return render_template(
            "nominations/nominations.html", waiting=waiting_nominations(session, standing())
        )


@blueprint.route("/nominations/<int:nomination_id>", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def decide_nomination(nomination_id: int) -> Page:
    """Enter and invite them, or decline with a word."""
    with reading() as session:
        named = _waiting(session, nomination_id)
        form, decline = _forms(named)
    is_decline = request.form.get("do") == "decline"
    pressed = decline if is_decline else form
    tried = Attempt(pressed)
    if request.method == "POST" and pressed.validate():
        if not is_decline:
            needs_recent_proof()
        with attempt(pressed) as tried, transaction() as session:
            found = _waiting(session, nomination_id)
            by = Decider(signed_in().person, now(), settings())
            if is_decline:
                actions.decline_colleague(session, found, decline.word.data, by=by)
            else:
                group_id = None if form.part.data == CONTACT else form.part.data
                colleague = Colleague(form.name.data, form.email.data)
                actions.invite_colleague(session, found, colleague, group_id, by=by)
        if tried.is_done:
            flash(_("They are not invited.") if is_decline else _("They are entered, and will be invited."))
            return redirect(url_for("nominations.nominations"), 303)
    return render_template(
        "nominations/decide_nomination.html", named=named, form=form, decline=decline, pressed=pressed
    ), tried.status


def _forms(named: Named) -> tuple[InviteForm, DeclineForm]:
    """Both forms of the page; each is filled by what was sent, and one is asked."""
    form = InviteForm(data={"name": named.row.name, "email": named.row.email, "part": CONTACT})
    form.offer(named.invitation.person.city.name, named.about.groups)
    return form, DeclineForm()


def _waiting(session: Session, nomination_id: int) -> Named:
    """The nomination. Raises NotFound when it is decided or not for this reader."""
    found = [one for one in waiting_nominations(session, standing()) if one.row.id == nomination_id]
    if not found:
        raise NotFound("There is no such colleague, or somebody has decided.")
    return found[0]


def _of_invitation(session: Session, invitation_id: int) -> list[Nomination]:
    found = select(Nomination).where(Nomination.invitation_id == invitation_id)
    return list(session.exec(found.order_by(col(Nomination.id).desc())))


def _closed(meeting: MeetingOf) -> str:
    """Why nobody can be named; "" while somebody can."""
    try:
        actions.check_open(meeting, now())
    except Conflict as error:
        return sentence(error)
    return ""
