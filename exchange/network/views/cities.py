"""Pages of cities. A contact sees the page of their own city, the coordinator all of them."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask import redirect, render_template, url_for
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.access.things import thing_of_city
from exchange.city_calendars import city_calendar
from exchange.errors import NotFound
from exchange.feeds.subscriptions.unseen_changes import calendar_of_city
from exchange.models import City
from exchange.network import queries
from exchange.network.actions.cities import add_city
from exchange.network.actions.cities import edit_city as save_city
from exchange.network.city_participation import Part, parts_for_city, parts_to_plan
from exchange.network.forms.cities import NewCityForm, form_of_city
from exchange.network.views.blueprint import Page, blueprint, form_page, is_saved
from exchange.network.words import PUBLICATIONS, ROLES, SHARES, STATUSES, membership_status
from exchange.network.zone_names import zone_names
from exchange.rules.access.policy import Right
from exchange.rules.time.holidays import CityCalendar, holidays_of
from exchange.rules.time.quiet_periods import QuietPeriod, spans
from exchange.rules.time.timezones import utc_offset, wall_time
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import (
    allowed,
    may,
    now,
    reader_time_zone,
    reading,
    settings,
    signed_in,
    standing,
    today,
    transaction,
)

ONE_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Quiet:
    """A quiet period with the next time it comes, None when it has passed for good."""

    period: QuietPeriod
    next_span: tuple[date, date] | None


@blueprint.get("/network/cities")
@requires(Permission.SEE_PROGRAMME)
def cities() -> str:
    """All cities and what they are in the network today."""
    with reading() as session:
        found = queries.cities_by_membership(session, today())
        rows = [(city, membership_status(city, today())) for city in found]
        return render_template("network/cities.html", rows=rows, now=now(), may_open=_may_open)


@blueprint.get("/network/cities/<slug>")
@requires(Permission.SEE_PROGRAMME)
def show_city(slug: str) -> str:
    """One city: its clock, holidays, quiet periods, membership, people, and what it takes part in."""
    with reading() as session:
        city = queries.city_with_slug(session, slug)
        if not _may_open(city):
            raise NotFound("There is no such city, or its page is not for you to see.")
        here_on = wall_time(now(), city.time_zone).on
        calendar = city_calendar(city, here_on)
        return render_template(
            "network/show_city.html",
            city=city,
            membership_status=membership_status(city, here_on),
            is_in_network=city.status_on(here_on) is not None,
            now=now(),
            here_on=here_on,
            offset=offset_words(utc_offset(city.time_zone, now()) - utc_offset(reader_time_zone(), now())),
            holidays={year: holidays_of(calendar, year) for year in (here_on.year, here_on.year + 1)},
            quiet=_quiet(calendar, here_on),
            people=queries.people_of_city(session, city),
            parts=_parts(session, city),
            calendar=calendar_of_city(session, city.id or 0, now()),
            roles=ROLES,
            shares=SHARES,
            publications=PUBLICATIONS,
            statuses=STATUSES,
        )


@blueprint.route("/network/cities/new", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def new_city() -> Response | Page:
    """The form of a new city."""
    form = NewCityForm()

    def save() -> str:
        with transaction() as session:
            return add_city(
                session,
                form.draft(),
                [form.span()],
                settings=settings(),
                actor=signed_in().person,
                now=now(),
            ).name

    if is_saved(form, save):
        return redirect(url_for("network.cities"), 303)
    return form_page("network/new_city.html", form, zones=zone_names())


@blueprint.route("/network/cities/<slug>/edit", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def edit_city(slug: str) -> Response | Page:
    """The form of a city that is there."""
    with reading() as session:
        city = queries.city_with_slug(session, slug)
        form = form_of_city(city)

    def save() -> str:
        with transaction() as session:
            row = queries.city_with_slug(session, slug)
            actor = signed_in().person
            save_city(session, row, form.draft(), seen=form.seen.data, actor=actor, now=now())
            return row.name

    if is_saved(form, save):
        return redirect(url_for("network.show_city", slug=slug), 303)
    return form_page("network/edit_city.html", form, city=city, zones=zone_names())


def offset_words(difference: timedelta) -> str:
    """How a clock stands to the reader's: "6 h behind your clock"."""
    minutes = int(abs(difference).total_seconds()) // 60
    if not minutes:
        return str(_("the same as your clock"))
    hours, rest = divmod(minutes, 60)
    length = f"{hours} h {rest} min" if rest else f"{hours} h"
    if difference > timedelta(0):
        return str(_("%(length)s ahead of your clock", length=length))
    return str(_("%(length)s behind your clock", length=length))


def _may_open(city: City) -> bool:
    return allowed(Right.READ, thing_of_city(city))


def _parts(session: Session, city: City) -> list[Part]:
    if may(Permission.PLAN_PROGRAMME):
        return parts_to_plan(session, city, standing())
    return parts_for_city(session, city, settings().network_short_name)


def _quiet(calendar: CityCalendar, from_on: date) -> list[Quiet]:
    """The city's quiet periods, each with its next dates within a year."""
    return [
        Quiet(period, next(iter(spans(period, from_on, from_on + ONE_YEAR)), None))
        for period in calendar.quiet
    ]
