"""The page on which a host or a coordinator notes who was there, in one press."""

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _

from exchange.attendance import actions, queries
from exchange.attendance.forms import SheetForm, typed_sheet
from exchange.attendance.meetings import why_not_notable
from exchange.attendance.queries import Sheet
from exchange.attendance.views.blueprint import (
    OF_SITTING,
    OF_TRAINING,
    Page,
    blueprint,
    meeting_for,
    noting,
    page_of,
)
from exchange.rules.access.policy import Right
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import now, reading, signed_in, transaction
from exchange.web.presentation.date_formats import sentence
from exchange.web.presentation.refusals import Attempt, attempt


@blueprint.route(OF_TRAINING, methods=["GET", "POST"])
@blueprint.route(OF_SITTING, methods=["GET", "POST"])
@requires(Permission.SEE_PROGRAMME)
def note_attendance(training_id: int | None = None, sitting_id: int | None = None) -> Page:
    """Everybody invited, by city, ticked who said that they come; a POST saves who was there."""
    with reading() as session:
        meeting = meeting_for(session, Right.CHANGE, training_id, sitting_id)
        found, cities = queries.sheet_of(session, meeting), queries.city_choices(session)
    form = SheetForm(data=typed_sheet(found))
    form.offer(found, cities)
    if request.method == "POST" and form.validate_on_submit():
        tried = _save(form, training_id, sitting_id)
        if tried.is_done:
            flash(_("Who was there is saved. You may come back and change it."))
            return redirect(page_of(meeting, "note_attendance"), 303)
        return _page(found, form), tried.status
    return _page(found, form), Attempt(form).status


def _save(form: SheetForm, training_id: int | None, sitting_id: int | None) -> Attempt:
    with attempt(form) as tried, transaction() as session:
        meeting = meeting_for(session, Right.CHANGE, training_id, sitting_id)
        claimed = actions.claim(session, meeting, version=form.opened_version, now=now())
        by = noting(signed_in().person)
        actions.note(session, claimed, form.draft(meeting), by=by)
    return tried


def _page(found: Sheet, form: SheetForm) -> str:
    closed = why_not_notable(found.meeting, now())
    return render_template(
        "attendance/note_attendance.html",
        sheet=found,
        meeting=found.meeting,
        form=form,
        boxes={box.data: box for box in form.present},
        remote_boxes={box.data: box for box in form.remote},
        closed=sentence(closed) if closed else "",
    )
