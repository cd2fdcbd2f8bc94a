"""Lists to download: as CSV, and as a calendar file where they have dates. Nothing a reader may not see."""

from functools import partial
from itertools import islice

from flask import Response, stream_with_context
from sqlmodel import Session

from exchange.access.product_things import about
from exchange.errors import Conflict, NotFound
from exchange.feeds.content.entries import Entry
from exchange.feeds.content.queries import entries_for
from exchange.feeds.content.reader_audiences import list_audience
from exchange.needs.results import shown_round
from exchange.needs.views.blueprint import may_read, round_for
from exchange.network.queries import (
    all_boards,
    all_groups,
    all_organisations,
    all_themes,
    cities_by_membership,
)
from exchange.products.library import library_whole
from exchange.products.views.blueprint import themes_of
from exchange.records.views import record_for
from exchange.rules.access.policy import Right
from exchange.transfer import export_tables
from exchange.transfer.csv_file import Table, csv_bytes, csv_pieces
from exchange.transfer.exported_programme import (
    FOR_CALENDAR,
    FOR_TABLE,
    calendar_of,
    entries_to_plan,
    only,
    planners_programme,
    without_red,
)
from exchange.transfer.queries import letters_after, people_after
from exchange.transfer.record_table import table_of_city_year
from exchange.transfer.row_batches import in_batches
from exchange.transfer.views.attachments import attached
from exchange.transfer.views.blueprint import blueprint
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import (
    may,
    reader_time_zone,
    reading,
    settings,
    standing,
    today,
)

ROWS_AT_ONCE = 2_000  # of people or of letters, a megabyte or two
LETTERS_MOST = 10_000  # the newest; more is a case for the database itself
PARTS = ("programme", "cycles", "trainings")


@blueprint.get("/export/<part>.csv")
@requires(Permission.SEE_PROGRAMME)
def export_programme_csv(part: str) -> Response:
    """The programme, its cycles or its training events: in full for planners, else as in their feeds."""
    _check(part)
    with reading() as session:
        if not _plans():
            return as_csv(part, export_tables.table_of_entries(_entries(session, part)))
        programme = planners_programme(session, standing(), part, FOR_TABLE)
        return as_csv(part, export_tables.table_to_plan(programme.cycles, programme.trainings))


@blueprint.get("/export/<part>.ics")
@requires(Permission.SEE_PROGRAMME)
def export_programme_ics(part: str) -> Response:
    """The same as a calendar file, each stage and sitting an entry."""
    _check(part)
    with reading() as session:
        content = calendar_of(
            _entries(session, part),
            settings(),
            name=f"{settings().network_short_name} {part}",
            time_zone=reader_time_zone(),
        )
    return attached(content, f"{part}.ics", "text/calendar")


@blueprint.get("/export/cities.csv")
@requires(Permission.SEE_PROGRAMME)
def export_cities() -> Response:
    """The cities, as their page lists them for everybody."""
    with reading() as session:
        return as_csv(
            "cities", export_tables.table_of_cities(cities_by_membership(session, today()), today())
        )


@blueprint.get("/export/library.csv")
@requires(Permission.SEE_PROGRAMME)
def export_library() -> Response:
    """The products that are out and open to the reader, as the library's page has them."""
    with reading() as session:
        out = library_whole(session, standing())
        found = [(one, themes_of(one.product, about(one.product))) for one in out]
        table = export_tables.table_of_products(found, settings().base_url, reader_time_zone())
        return as_csv("library", table)


@blueprint.get("/export/needs/<int:round_id>.csv")
@requires(Permission.SEE_PROGRAMME)
def export_needs(round_id: int) -> Response:
    """The results of a needs round, as its page shows them to the reader."""
    with reading() as session:
        year = round_for(session, round_id, Right.READ).year
        return as_csv(f"needs-{year}", needs_table(session, round_id))


@blueprint.get("/export/cities/<slug>/<int:year>.csv")
@requires(Permission.SEE_PROGRAMME)
def export_city_year(slug: str, year: int) -> Response:
    """A city's record of one year, as its page shows it to the reader."""
    with reading() as session:
        return as_csv(f"{slug}-{year}", table_of_city_year(record_for(session, slug, year)))


@blueprint.get("/export/people.csv")
@requires(Permission.ADMINISTER)
def export_people() -> Response:
    """Everybody, for who administers."""
    people = in_batches(partial(people_after, most=ROWS_AT_ONCE), ROWS_AT_ONCE)
    return _streamed("people", export_tables.table_of_people(people))


@blueprint.get("/export/groups.csv")
@requires(Permission.ADMINISTER)
def export_groups() -> Response:
    """The expert groups with their seats."""
    with reading() as session:
        return as_csv("groups", export_tables.table_of_bodies(all_groups(session), "group"))


@blueprint.get("/export/boards.csv")
@requires(Permission.ADMINISTER)
def export_boards() -> Response:
    """The boards with their seats."""
    with reading() as session:
        return as_csv("boards", export_tables.table_of_bodies(all_boards(session), "board"))


@blueprint.get("/export/organisations.csv")
@requires(Permission.ADMINISTER)
def export_organisations() -> Response:
    """The organisations."""
    with reading() as session:
        return as_csv("organisations", export_tables.table_of_organisations(all_organisations(session)))


@blueprint.get("/export/themes.csv")
@requires(Permission.ADMINISTER)
def export_themes() -> Response:
    """The catalogue of themes."""
    with reading() as session:
        return as_csv("themes", export_tables.table_of_themes(all_themes(session)))


@blueprint.get("/export/letters.csv")
@requires(Permission.WRITE_LETTERS)
def export_letters() -> Response:
    """What went out and what waits, the newest first."""
    letters = islice(in_batches(partial(letters_after, most=ROWS_AT_ONCE), ROWS_AT_ONCE), LETTERS_MOST)
    return _streamed("letters", export_tables.table_of_letters(letters, reader_time_zone()))


def needs_table(session: Session, round_id: int) -> Table:
    """What the page of a needs round shows its reader. Raises NotFound, and Conflict before it is closed."""
    found = round_for(session, round_id, Right.READ)
    shown = shown_round(session, found, standing().cities, may_read)
    if shown is None:
        raise Conflict("Results are shown to nobody until the round is closed.")
    return export_tables.table_of_needs(shown)


def as_csv(name: str, table: Table) -> Response:
    """The table as a file to keep."""
    return attached(csv_bytes(table), f"{name}.csv")


def _check(part: str) -> None:
    if part not in PARTS:
        raise NotFound("There is no such list.")


def _plans() -> bool:
    return may(Permission.PLAN_PROGRAMME)


def _entries(session: Session, part: str) -> list[Entry]:
    network = settings().network_short_name
    if _plans():
        programme = planners_programme(session, standing(), part, FOR_CALENDAR)
        return entries_to_plan(programme, network=network)
    audience = list_audience(standing(), reader_time_zone())
    return only(without_red(entries_for(session, audience, network=network)), part)


def _streamed(name: str, table: Table) -> Response:
    """The table while it is read: neither its rows nor the file are ever held whole."""
    return attached(stream_with_context(csv_pieces(table)), f"{name}.csv")
