"""Pages on which a city becomes something else, or leaves."""

from flask import redirect, url_for
from werkzeug.wrappers import Response

from exchange.models import MembershipStatus
from exchange.network import queries
from exchange.network.actions import memberships
from exchange.network.forms.cities import StatusForm, ends_of
from exchange.network.views.blueprint import Page, blueprint, form_page, is_saved
from exchange.network.words import STATUSES, membership_status
from exchange.rules.time.timezones import wall_time
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import now, reading, settings, signed_in, transaction


@blueprint.route("/network/cities/<slug>/status", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def change_status(slug: str) -> Response | Page:
    """Make the city a lead, member, partner or observer from a date."""
    with reading() as session:
        city = queries.city_with_slug(session, slug)
    here_on = wall_time(now(), city.time_zone).on
    form = StatusForm(data={"from_on": here_on, "status": city.status_on(here_on) or MembershipStatus.MEMBER})

    def save() -> str:
        with transaction() as session:
            row = queries.city_with_slug(session, slug)
            memberships.change_status(
                session,
                row,
                MembershipStatus(form.status.data),
                from_on=form.from_on.data,
                reason=form.reason.data,
                settings=settings(),
                actor=signed_in().person,
                now=now(),
            )
            return row.name

    if is_saved(form, save):
        return redirect(url_for("network.show_city", slug=slug), 303)
    return form_page(
        "network/change_status.html", form, city=city, membership_status=membership_status(city, here_on)
    )


@blueprint.route("/network/cities/<slug>/end", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def end_membership(slug: str) -> Response | Page:
    """Say what leaving does, and do it when it is confirmed."""
    with reading() as session:
        city = queries.city_with_slug(session, slug)
        people = queries.people_of_city(session, city)
    form = ends_of(wall_time(now(), city.time_zone).on)

    def save() -> str:
        with transaction() as session:
            row = queries.city_with_slug(session, slug)
            memberships.end_membership(
                session,
                row,
                from_on=form.from_on.data,
                reason=form.reason.data,
                settings=settings(),
                actor=signed_in().person,
                now=now(),
            )
            return row.name

    if is_saved(form, save):
        return redirect(url_for("network.show_city", slug=slug), 303)
    return form_page("network/end_membership.html", form, city=city, people=people, statuses=STATUSES)
