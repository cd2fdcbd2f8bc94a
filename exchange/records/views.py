"""Pages of records: themes and their arcs, coverage, and a city's year."""

from datetime import date

from flask import Blueprint, render_template
from flask_babel import lazy_gettext as _l
from sqlmodel import Session

from exchange.access.things import NETWORK_RECORD, thing_of_record
from exchange.errors import NotFound
from exchange.models import City
from exchange.records import queries
from exchange.records.arc import Part, Reader, arc
from exchange.records.city_year import CityYear, Share, city_year, window_of
from exchange.records.covered_themes import covered_themes
from exchange.records.held import Window
from exchange.records.queries import GONE
from exchange.rules.access.policy import Right
from exchange.rules.programme.coverage import MONTHS_AWAY
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import (
    allowed,
    now,
    reader_time_zone,
    reading,
    stage_plan,
    standing,
    today,
)
from exchange.web.presentation.words import RATINGS, TRAINING_KINDS

FIRST_YEAR, LAST_YEAR = 2000, 2100  # as those of the programme
PARTS = {
    Part.NEED: _l("Need"),
    Part.EXCHANGE: _l("Exchange"),
    Part.EVENT: _l("Event"),
    Part.PRODUCT: _l("Publication"),
    Part.DECISION: _l("Decision"),
    Part.FINDING: _l("Finding"),
    Part.ACTION: _l("Action"),
}
SHARES = {
    Share.LED: _l("led it"),
    Share.HOSTED: _l("hosted it"),
    Share.TOOK_PART: _l("took part"),
}
blueprint = Blueprint("records", __name__)


@blueprint.get("/themes")
@requires(Permission.SEE_PROGRAMME)
def themes() -> str:
    """The catalogue, each theme with its arc behind it, and the ways to coverage and a city's year."""
    with reading() as session:
        open_to = [city for city in queries.cities(session) if _sees(city)]
        return render_template(
            "records/themes.html",
            themes=queries.themes(session),
            sees_coverage=bool(open_to),
            own=[city for city in open_to if city.id in standing().cities],
            year=today().year,
        )


@blueprint.get("/themes/<int:theme_id>")
@requires(Permission.SEE_PROGRAMME)
def theme(theme_id: int) -> str:
    """What happened about a theme and what is to come, as far as the reader may know of it."""
    with reading() as session:
        found = queries.theme_with_id(session, theme_id)
        lines = arc(session, theme_id, Reader(standing(), reader_time_zone(), now()))
        return render_template(
            "records/theme.html", theme=found, lines=lines, parts=PARTS, kinds=TRAINING_KINDS
        )


@blueprint.get("/themes/coverage")
@requires(Permission.SEE_PROGRAMME)
def coverage() -> str:
    """Which city took part in which theme, how often and when: all cities, or the reader's own."""
    is_whole = allowed(Right.READ, NETWORK_RECORD)
    with reading() as session:
        window = Window(date(FIRST_YEAR, 1, 1), date.max, now(), stage_plan().session.key)
        shown = covered_themes(session, window, standing(), today())
        if not shown.rows and not is_whole:
            raise NotFound(GONE)
        return render_template(
            "records/coverage.html",
            coverage=shown,
            months=MONTHS_AWAY,
            year=today().year,
            is_whole=is_whole,
        )


@blueprint.get("/network/cities/<slug>/years/<int:year>")
@requires(Permission.SEE_PROGRAMME)
def show_city_year(slug: str, year: int) -> str:
    """One city's record of one year."""
    with reading() as session:
        return render_template(
            "records/city_year.html",
            record=record_for(session, slug, year),
            ratings=RATINGS,
            shares=SHARES,
            kinds=TRAINING_KINDS,
            today=today(),
            first_year=FIRST_YEAR,
            last_year=LAST_YEAR,
        )


def record_for(session: Session, slug: str, year: int) -> CityYear:
    """The record, to somebody who may read it; to everybody else there is none. Raises NotFound."""
    cities = queries.cities(session)
    city = next((one for one in cities if one.slug == slug), None)
    if city is None or not FIRST_YEAR <= year <= LAST_YEAR or not _sees(city):
        raise NotFound(GONE)
    window = window_of(year, now(), stage_plan().session.key)
    return city_year(session, city, year, standing(), window, cities)


def _sees(city: City) -> bool:
    return allowed(Right.READ, thing_of_record(city))
