"""Pages on which a city writes that it cannot, from one day to another."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.busy import unavailable_days
from exchange.busy.forms import PlainForm, UnavailableForm
from exchange.busy.views.blueprint import blueprint
from exchange.busy.views.sent_forms import is_done
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import now, reading, signed_in, standing

Page = str | tuple[str, int] | Response


@blueprint.route("/busy/unavailable", methods=["GET", "POST"])
@requires(Permission.ANSWER)
def write_unavailable_days() -> Page:
    """The form, above what is written already."""
    form = UnavailableForm()
    with reading() as session:
        form.offer(unavailable_days.cities_that_may_write(session, standing()))
        spans = unavailable_days.spans_known_to(session, standing(), now())

    def write(session: Session) -> None:
        unavailable_days.write_days(
            session, form.draft(), standing=standing(), actor=signed_in().person, now=now()
        )

    if is_done(form, write):
        flash(_("The days are written down. Meetings are planned around them from now on."))
        return _to_form()
    page = render_template("busy/write_unavailable_days.html", form=form, spans=spans)
    return page, 400 if form.errors else 200


@blueprint.route("/busy/unavailable/<int:span_id>/remove", methods=["GET", "POST"])
@requires(Permission.ANSWER)
def remove_unavailable_days(span_id: int) -> Page:
    """Ask, then take the days back."""
    form = PlainForm()
    with reading() as session:
        span = unavailable_days.span_to_remove(session, span_id, standing())
        city_name = span.city.name

    def remove(session: Session) -> None:
        row = unavailable_days.span_to_remove(session, span_id, standing())
        unavailable_days.remove_days(session, row, actor=signed_in().person, now=now())

    if is_done(form, remove):
        flash(_("The days are taken back: meetings may be planned on them again."))
        return _to_form()
    return render_template("busy/remove_unavailable_days.html", form=form, span=span, city_name=city_name)


def _to_form() -> Response:
    return redirect(url_for("busy.write_unavailable_days"), 303)
