"""The page behind the link of an invitation: when it is, in the reader's own time, and three buttons.

No sign-in: the link is the proof. Opening it changes nothing, because mail scanners open links. And what
coordinators decide about answers that were shown only; the list of them is a page of letters.
"""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.access.standings import standing_of
from exchange.answering.attendance_needs import is_asked, keep_need, need_of
from exchange.city_calendars import city_calendar
from exchange.errors import Conflict, NotFound
from exchange.invitations import actions, queries
from exchange.invitations.forms import SAID, AnswerForm
from exchange.invitations.meetings import MeetingOf
from exchange.invitations.received.decisions import ASIDE, Decider, set_aside, take_by_hand
from exchange.mail.writing.letter_facts import clocks_of, described
from exchange.mail.writing.words import wording
from exchange.models import Answer, Channel, Invitation
from exchange.rules.access.policy import Right, may
from exchange.rules.access.rings import Ring, carried
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.programme.cycles import Sitting
from exchange.rules.programme.doors import is_door_open
from exchange.web.access.guard import SignInNeeded
from exchange.web.access.permissions import Permission, public, requires
from exchange.web.access.request_context import (
    now,
    profiles,
    read_in,
    reading,
    signed_in,
    stage_plan,
    standing,
    transaction,
    viewer,
)
from exchange.web.presentation.date_formats import sentence
from exchange.web.presentation.template_globals import page_language

Page = str | Response | tuple[str, int]
blueprint = Blueprint("invitations", __name__)


@blueprint.route("/attend/<token>", methods=["GET", "POST"])
@public
def answer(token: str) -> Page:
    """Say whether one comes; it may be changed until the meeting begins."""
    form = AnswerForm()
    if form.validate_on_submit():
        try:
            _answer(token, form)
        except Conflict as error:
            return _page(token, form, refused=sentence(error)), 409
        flash(_("Thank you. Your answer is kept; you may change it here until it begins."))
        return redirect(url_for("invitations.answer", token=token), 303)
    return _page(token, form), 400 if form.errors else 200


@blueprint.post("/letters/replies/<int:mail_id>")
@requires(Permission.WRITE_LETTERS)
def decide_shown(mail_id: int) -> Response:
    """Take an answer that was shown only, as what the coordinator presses, or set it aside."""
    pressed = request.form.get("do", "")
    with transaction() as session:
        by = Decider(standing(), signed_in().person)
        if pressed == ASIDE:
            set_aside(session, mail_id, by, now=now())
        elif pressed in SAID:
            take_by_hand(session, mail_id, Answer(pressed), by, profiles=profiles(), now=now())
        else:
            raise NotFound("There is no such answer.")
    flash(_("It is set aside.") if pressed == ASIDE else _("The answer is taken."))
    return redirect(url_for("letters.read_mail"), 303)


def _answer(token: str, form: AnswerForm) -> None:
    with transaction() as session:
        invitation, meeting = opened_invitation(session, token)
        said = actions.Said(form.said, Channel.LINK, now())
        actions.answer(session, invitation, meeting, said, now=now())
        if is_asked(meeting.training):
            keep_need(session, invitation, form.needs.data, is_gone=form.no_needs.data, now=now())


def _page(token: str, form: AnswerForm, refused: str = "") -> str:
    with reading() as session:
        invitation, meeting = opened_invitation(session, token)
        city = invitation.person.city
        read_in(city)
        shown = carried(meeting.subject.marking, Ring.LETTER)
        held = meeting.held
        calendar = city_calendar(city, meeting.row.on_local)
        own = Sitting("", "", meeting.wall, meeting.row.minutes)
        clocks = clocks_of(meeting.about if meeting.is_of_programme else None)
        return render_template(
            "invitations/answer.html",
            form=form,
            said=SAID,
            invitation=invitation,
            about=meeting.subject,
            meeting_name=_name_of(meeting),
            when=described(own, calendar, clocks, wording(page_language())),
            place=held.place if held and shown and shown.place else "",
            token=token,
            is_door_open=meeting.is_of_programme and is_door_open(meeting.starts_at, meeting.ends_at, now()),
            names_colleagues=meeting.is_of_programme and meeting.subject.marking != Marking.RED,
            closed=refused or _closed(invitation, meeting),
            asks_needs=is_asked(meeting.training),
            need=need_of(session, invitation) if is_asked(meeting.training) else None,
        )


def opened_invitation(session: Session, token: str) -> tuple[Invitation, MeetingOf]:
    """The invitation behind a link and its meeting, for every page that the link opens.

    Raises NotFound, CalledOff, and SignInNeeded where the marking lets a link alone show nothing.
    """
    invitation = queries.invitation_by_link(session, token)
    meeting = queries.meeting_of(session, invitation, profiles(), now())
    if meeting is None:
        raise actions.CalledOff("This meeting does not take place any more.")
    if not may(standing_of(session, invitation.person, now()), Right.TAKE_PART, meeting.thing):
        raise NotFound(queries.LEADS_NOWHERE)
    shown = carried(meeting.subject.marking, Ring.LETTER)
    reader = viewer()
    is_own = reader is not None and reader.person.id == invitation.person_id
    if not (shown and shown.title) and not is_own:
        raise SignInNeeded("The marking of this meeting asks you to sign in before you answer.")
    return invitation, meeting


def _name_of(meeting: MeetingOf) -> str:
    if meeting.planning:
        return meeting.planning.line.milestone.name
    key = meeting.sitting.meeting if meeting.sitting else ""
    return next((found.name for found in stage_plan().meetings if found.key == key), "")


def _closed(invitation: Invitation, meeting: MeetingOf) -> str:
    """Why no answer is taken any more; "" while one is."""
    try:
        actions.check_open(invitation, meeting, now())
    except Conflict as error:
        return sentence(error)
    return ""
