"""Pages of busy calendars: of one's own, of one's city, and for who administers of everybody."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.busy import actions, queries, unavailable_days
from exchange.busy.forms import AddressForm, GiveForm, PlainForm
from exchange.busy.queries import Keeper, owner_name
from exchange.busy.views.blueprint import blueprint
from exchange.busy.views.sent_forms import is_done
from exchange.models import BusyCalendar
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import may, now, reading, settings, signed_in, standing, transaction

Page = str | tuple[str, int] | Response


@blueprint.get("/busy")
@requires(Permission.ANSWER)
def calendars() -> Page:
    """The calendars the reader keeps, each with how its last look went."""
    with reading() as session:
        lines = queries.lines_for(session, _keeper(), now())
        return render_template(
            "busy/calendars.html",
            lines=lines,
            spans=unavailable_days.spans_known_to(session, standing(), now()),
            may_write_days=bool(unavailable_days.cities_that_may_write(session, standing())),
            now=now(),
            minutes=settings().busy_minutes,
            owner_name=owner_name,
        )


@blueprint.route("/busy/give", methods=["GET", "POST"])
@requires(Permission.ANSWER)
def give_calendar() -> Page:
    """The form of a new busy calendar."""
    form = GiveForm()
    with reading() as session:
        form.offer(queries.cities_to_choose(session, _keeper()))

    def give(session: Session) -> None:
        actions.give_calendar(
            session,
            form.source(),
            city_id=form.city_id,
            person_id=None if form.city_id else signed_in().person.id,
            settings=settings(),
            actor=signed_in().person,
            now=now(),
        )

    if is_done(form, give):
        flash(_("The calendar is kept. We look at it within a minute."))
        return _to_list()
    return render_template("busy/give_calendar.html", form=form), 400 if form.errors else 200


@blueprint.route("/busy/<int:calendar_id>/change", methods=["GET", "POST"])
@requires(Permission.ANSWER)
def change_calendar(calendar_id: int) -> Page:
    """Another address for a calendar; the old one is not shown."""
    calendar = _shown(calendar_id)
    form = AddressForm(data={"kind": calendar.kind})

    def change(session: Session) -> None:
        row = queries.calendar_kept_by(session, calendar_id, _keeper(), to_change=True)
        actions.change_calendar(
            session, row, form.source(), settings=settings(), actor=signed_in().person, now=now()
        )

    if is_done(form, change):
        flash(_("The new address is kept. We look at it within a minute."))
        return _to_list()
    page = render_template("busy/change_calendar.html", form=form, calendar=calendar, owner_name=owner_name)
    return page, 400 if form.errors else 200


@blueprint.route("/busy/<int:calendar_id>/remove", methods=["GET", "POST"])
@requires(Permission.ANSWER)
def remove_calendar(calendar_id: int) -> Page:
    """Say what is forgotten, then forget it."""
    calendar = _shown(calendar_id)
    form = PlainForm()

    def remove(session: Session) -> None:
        row = queries.calendar_kept_by(session, calendar_id, _keeper(), to_change=True)
        actions.remove_calendar(session, row, actor=signed_in().person, now=now())

    if is_done(form, remove):
        flash(_("The address is forgotten, and the busy times with it."))
        return _to_list()
    return render_template("busy/remove_calendar.html", form=form, calendar=calendar, owner_name=owner_name)


@blueprint.post("/busy/<int:calendar_id>/look")
@requires(Permission.ANSWER)
def look_now(calendar_id: int) -> Page:
    """Ask for a look at the next tick."""
    with transaction() as session:
        row = queries.calendar_kept_by(session, calendar_id, _keeper(), to_change=True)
        actions.look_now(session, row, actor=signed_in().person, now=now())
    flash(_("We look at it within a minute. Load this page again then."))
    return _to_list()


def _keeper() -> Keeper:
    return Keeper(signed_in().person, keeps_all=may(Permission.ADMINISTER))


def _shown(calendar_id: int) -> BusyCalendar:
    with reading() as session:
        calendar = queries.calendar_kept_by(session, calendar_id, _keeper())
        owner_name(calendar)  # loads the owner while the session is open
        return calendar


def _to_list() -> Response:
    return redirect(url_for("busy.calendars"), 303)
