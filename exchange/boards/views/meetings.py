"""Pages of one meeting of a board: its page, planning and changing it, its papers and its minutes."""

from flask import flash, render_template, request
from flask_babel import gettext as _
from sqlmodel import Session

from exchange.access.board_things import thing_of_board_meeting, thing_of_minutes, thing_of_paper
from exchange.access.named_people import addresses_of
from exchange.answering.decisions import known_decisions
from exchange.boards import actions, queries
from exchange.boards.actions import Decider
from exchange.boards.forms import (
    MeetingForm,
    MinutesForm,
    PapersForm,
    typed_meeting,
    typed_minutes,
    typed_new_meeting,
    typed_papers,
)
from exchange.boards.views.blueprint import (
    Page,
    blueprint,
    by,
    change_page,
    loaded,
    meeting_for,
    to_meeting,
)
from exchange.invitations.queries import turnout_of_board_meeting
from exchange.markdown import rendered
from exchange.meeting_times import ends_at, wall_of
from exchange.models import BoardMeeting, Publication
from exchange.rules.access.policy import Right
from exchange.rules.time.timezones import instant, known_zones
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import (
    allowed,
    now,
    reader_time_zone,
    reading,
    standing,
    today,
    transaction,
)
from exchange.web.presentation.form_fields import ReasonForm, VersionedForm
from exchange.web.presentation.refusals import Attempt, attempt


@blueprint.route("/governance/boards/<int:board_id>/meetings/new", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def new_meeting(board_id: int) -> Page:
    """The form of a new meeting, saved as a draft."""
    with reading() as session:
        board = queries.board_of(session, board_id)
    form = MeetingForm(data=typed_new_meeting(today(), reader_time_zone()))
    tried, meeting_id = Attempt(form), 0
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            held = queries.board_of(session, board_id)
            meeting_id = actions.open_meeting(session, held, form.draft(), by=by()).id or 0
        if tried.is_done:
            flash(_("Saved as a draft. Nobody is invited until you publish it."))
            return to_meeting(meeting_id)
    return render_template(
        "boards/new_meeting.html", form=form, board=board, zones=sorted(known_zones())
    ), tried.status


@blueprint.get("/governance/meetings/<int:meeting_id>")
@requires(Permission.SEE_PROGRAMME)
def show_meeting(meeting_id: int) -> Page:
    """One meeting, with as much of papers, minutes and decisions as their markings let the reader see."""
    with reading() as session:
        found = meeting_for(session, meeting_id, Right.READ)
        thing = thing_of_board_meeting(found)
        takes_part = allowed(Right.TAKE_PART, thing)
        changes = allowed(Right.CHANGE, thing)
        decisions = [one for one in known_decisions(session, standing()) if one.meeting_id == found.id]
        return render_template(
            "boards/show_meeting.html",
            meeting=found,
            starts_at=instant(wall_of(found)),
            rendered=rendered,
            papers=[one for one in found.papers if allowed(Right.READ, thing_of_paper(found, one))],
            has_minutes=bool(found.record_marking) and allowed(Right.READ, thing_of_minutes(found)),
            decisions=decisions,
            turnout=turnout_of_board_meeting(session, found) if takes_part or changes else None,
            changes=changes and found.publication is not Publication.CANCELLED,
            joins=takes_part or changes,
            writes=_takes_minutes(found),
        )


@blueprint.route("/governance/meetings/<int:meeting_id>/edit", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def edit_meeting(meeting_id: int) -> Page:
    """The form of a saved meeting."""
    with reading() as session:
        found = meeting_for(session, meeting_id, Right.CHANGE)
        form = MeetingForm(data=typed_meeting(found, addresses_of(session, found.named_ids)))

    def change(session: Session, claimed: BoardMeeting, decider: Decider) -> None:
        actions.edit_meeting(session, claimed, form.draft(), reason=form.reason.data, by=decider)

    said = _("Saved. Whoever was invited hears of a new time or place in ten minutes, by one letter.")
    return change_page(
        meeting_id,
        form,
        change,
        template="boards/edit_meeting.html",
        said=said if found.published_at else _("Saved."),
        meeting=found,
        zones=sorted(known_zones()),
    )


@blueprint.route("/governance/meetings/<int:meeting_id>/papers", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def edit_papers(meeting_id: int) -> Page:
    """What there is to read for the meeting, for who may know of all of it."""
    with reading() as session:
        found = meeting_for(session, meeting_id, Right.CHANGE)
        if not all(allowed(Right.READ, thing_of_paper(found, one)) for one in found.papers):
            return to_meeting(meeting_id)
        products = queries.products_to_offer(session, standing(), found)
    typed = {"version": found.version, "papers": typed_papers(found)}
    form = PapersForm(data=typed) if request.method == "GET" else PapersForm(data={"version": found.version})
    form.offer(products)

    def change(session: Session, claimed: BoardMeeting, decider: Decider) -> None:
        actions.set_papers(session, claimed, form.drafts(), by=decider)

    said = _("The papers are saved.")
    return change_page(meeting_id, form, change, template="boards/edit_papers.html", said=said, meeting=found)


@blueprint.route("/governance/meetings/<int:meeting_id>/publish", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def publish_meeting(meeting_id: int) -> Page:
    """What publishing does, and the button that does it."""
    found = loaded(meeting_id, Right.CHANGE)
    form = VersionedForm(data={"version": found.version})

    def change(session: Session, claimed: BoardMeeting, decider: Decider) -> None:
        actions.publish_meeting(session, claimed, by=decider)

    said = _("The meeting is published. The invitations go in ten minutes.")
    on = today()
    seats = [one for one in found.board.members if one.holds_on(on) and one.person.is_active]
    return change_page(
        meeting_id,
        form,
        change,
        template="boards/publish_meeting.html",
        said=said,
        meeting=found,
        seats=seats,
    )


@blueprint.route("/governance/meetings/<int:meeting_id>/cancel", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def cancel_meeting(meeting_id: int) -> Page:
    """Call the meeting off, for a reason."""
    found = loaded(meeting_id, Right.CHANGE)
    form = ReasonForm(data={"version": found.version})

    def change(session: Session, claimed: BoardMeeting, decider: Decider) -> None:
        actions.cancel_meeting(session, claimed, reason=form.reason.data, by=decider)

    said = _("The meeting is cancelled. Whoever was invited hears so by letter.")
    return change_page(
        meeting_id, form, change, template="boards/cancel_meeting.html", said=said, meeting=found
    )


@blueprint.route("/governance/meetings/<int:meeting_id>/minutes", methods=["GET", "POST"])
@requires(Permission.SEE_PROGRAMME)
def edit_minutes(meeting_id: int) -> Page:
    """The minutes, for the board's chairs and for who plans."""
    found = loaded(meeting_id, Right.WRITE)
    is_for_them = not found.record_marking or allowed(Right.READ, thing_of_minutes(found))
    if not is_for_them or not _takes_minutes(found):
        return to_meeting(meeting_id)
    form = MinutesForm(data=typed_minutes(found))

    def change(session: Session, claimed: BoardMeeting, decider: Decider) -> None:
        actions.write_minutes(session, claimed, form.draft(), reason=form.reason.data, by=decider)

    said = _("The minutes are saved.")
    return change_page(
        meeting_id, form, change, template="boards/edit_minutes.html", said=said, meeting=found
    )


def _takes_minutes(meeting: BoardMeeting) -> bool:
    """Whether it was held, and the reader may write what was said."""
    was_held = meeting.publication is Publication.PUBLISHED and ends_at(meeting) <= now()
    return was_held and allowed(Right.WRITE, thing_of_board_meeting(meeting))
