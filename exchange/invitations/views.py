"""The page behind the link of an invitation: when it is, in the reader's own time, and three buttons.

No sign-in: the link is the proof. Opening it changes nothing, because mail scanners open links.
"""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.calendars import city_calendar
from exchange.errors import Conflict
from exchange.invitations import actions, queries
from exchange.invitations.forms import SAID, AnswerForm
from exchange.invitations.meetings import MeetingOf
from exchange.mail.letter_facts import cities_of, described
from exchange.mail.wording import wording
from exchange.models import Answer, Channel, Invitation
from exchange.rules.cycles import Sitting
from exchange.rules.rings import Ring, showing
from exchange.web.filters import sentence
from exchange.web.guard import SignInNeeded
from exchange.web.pages import page_language
from exchange.web.permissions import public
from exchange.web.request import now, read_in, reading, stage_plan, transaction, viewer

Page = str | Response | tuple[str, int]
blueprint = Blueprint("invitations", __name__)


@blueprint.route("/attend/<token>", methods=["GET", "POST"])
@public
def answer(token: str) -> Page:
    """Say whether one comes; it may be changed until the meeting begins."""
    form = AnswerForm()
    if form.validate_on_submit():
        try:
            _answer(token, form.said)
        except Conflict as error:
            return _page(token, form, refused=sentence(error)), 409
        flash(_("Thank you. Your answer is kept; you may change it here until it begins."))
        return redirect(url_for("invitations.answer", token=token), 303)
    return _page(token, form), 400 if form.errors else 200


def _answer(token: str, said: Answer) -> None:
    with transaction() as session:
        invitation, meeting = _found(session, token)
        actions.answer(session, invitation, meeting, actions.Said(said, Channel.LINK, now()), now=now())


def _page(token: str, form: AnswerForm, refused: str = "") -> str:
    with reading() as session:
        invitation, meeting = _found(session, token)
        city = invitation.person.city
        read_in(city)
        shown = showing(meeting.about.marking, Ring.LETTER, is_invited=True)
        calendar = city_calendar(city, meeting.row.on_local)
        own = Sitting("", "", meeting.wall, meeting.row.minutes)
        return render_template(
            "invitations/answer.html",
            form=form,
            said=SAID,
            invitation=invitation,
            about=meeting.about,
            meeting_name=_name_of(meeting),
            when=described(own, calendar, cities_of(meeting.about), wording(page_language())),
            place=meeting.training.place if meeting.training and shown and shown.place else "",
            closed=refused or _closed(invitation, meeting),
        )


def _found(session: Session, token: str) -> tuple[Invitation, MeetingOf]:
    """The invitation and its meeting. Raises NotFound, and SignInNeeded where a link may not show it."""
    invitation = queries.invitation_by_link(session, token)
    meeting = queries.meeting_of(session, invitation)
    if meeting is None:
        raise actions.CalledOff("This meeting does not take place any more.")
    shown = showing(meeting.about.marking, Ring.LETTER, is_invited=True)
    reader = viewer()
    is_own = reader is not None and reader.person.id == invitation.person_id
    if not (shown and shown.title) and not is_own:
        raise SignInNeeded("The marking of this meeting asks you to sign in before you answer.")
    return invitation, meeting


def _name_of(meeting: MeetingOf) -> str:
    key = meeting.sitting.meeting if meeting.sitting else ""
    return next((found.name for found in stage_plan().meetings if found.key == key), "")


def _closed(invitation: Invitation, meeting: MeetingOf) -> str:
    """Why no answer is taken any more; "" while one is."""
    try:
        actions.check_open(invitation, meeting, now())
    except Conflict as error:
        return sentence(error)
    return ""
