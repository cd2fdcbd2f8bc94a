"""Lists to download: as CSV, and as a calendar file where they have dates. Nothing a reader may not see."""

from flask import Response
from sqlmodel import Session

from exchange.errors import NotFound
from exchange.feeds.entries import Entry
from exchange.feeds.readers import entries_for_any, list_audiences
from exchange.network.queries import (
    all_boards,
    all_groups,
    all_partners,
    all_people,
    all_themes,
    cities_by_standing,
    groups_of_people,
)
from exchange.products.queries import published_products
from exchange.products.room import may_open
from exchange.transfer import lists
from exchange.transfer.csv_file import Table, csv_bytes
from exchange.transfer.programme import calendar_of, entries_to_plan, only, whole_programme
from exchange.transfer.queries import newest_letters
from exchange.transfer.room import blueprint
from exchange.web.permissions import Permission, requires
from exchange.web.request import may, reader_time_zone, reading, settings, signed_in, today

LETTERS_MOST = 10_000  # the newest; more is a case for the database itself
PARTS = ("programme", "cycles", "trainings")


@blueprint.get("/export/<part>.csv")
@requires(Permission.SEE_PROGRAMME)
def export_programme_csv(part: str) -> Response:
    """The programme, its cycles or its training events: whole for planners, else as the reader's feeds."""
    _check(part)
    with reading() as session:
        if not _plans():
            return _csv(part, lists.table_of_entries(only(_entries(session), part)))
        whole = whole_programme(session)
        cycles = whole.cycles if part != "trainings" else []
        trainings = whole.trainings if part != "cycles" else []
        return _csv(part, lists.table_to_plan(cycles, trainings))


@blueprint.get("/export/<part>.ics")
@requires(Permission.SEE_PROGRAMME)
def export_programme_ics(part: str) -> Response:
    """The same as a calendar file, each stage and sitting an entry."""
    _check(part)
    with reading() as session:
        content = calendar_of(
            only(_entries(session), part),
            settings(),
            name=f"{settings().network_short_name} {part}",
            time_zone=reader_time_zone(),
        )
    return _attached(content, "text/calendar", f"{part}.ics")


@blueprint.get("/export/cities.csv")
@requires(Permission.SEE_PROGRAMME)
def export_cities() -> Response:
    """The cities, as their page lists them for everybody."""
    with reading() as session:
        return _csv("cities", lists.table_of_cities(cities_by_standing(session, today()), today()))


@blueprint.get("/export/library.csv")
@requires(Permission.SEE_PROGRAMME)
def export_library() -> Response:
    """The products that are out and open to the reader, as the library's page has them."""
    with reading() as session:
        found = [one for one in published_products(session) if may_open(one.cycle, one)]
        return _csv("library", lists.table_of_products(found, settings().base_url, reader_time_zone()))


@blueprint.get("/export/people.csv")
@requires(Permission.ADMINISTER)
def export_people() -> Response:
    """Everybody, for who administers."""
    with reading() as session:
        return _csv("people", lists.table_of_people(all_people(session), groups_of_people(session)))


@blueprint.get("/export/groups.csv")
@requires(Permission.ADMINISTER)
def export_groups() -> Response:
    """The expert groups with their seats."""
    with reading() as session:
        return _csv("groups", lists.table_of_bodies(all_groups(session), "group"))


@blueprint.get("/export/boards.csv")
@requires(Permission.ADMINISTER)
def export_boards() -> Response:
    """The boards with their seats."""
    with reading() as session:
        return _csv("boards", lists.table_of_bodies(all_boards(session), "board"))


@blueprint.get("/export/partners.csv")
@requires(Permission.ADMINISTER)
def export_partners() -> Response:
    """The partners."""
    with reading() as session:
        return _csv("partners", lists.table_of_partners(all_partners(session)))


@blueprint.get("/export/themes.csv")
@requires(Permission.ADMINISTER)
def export_themes() -> Response:
    """The catalogue of themes."""
    with reading() as session:
        return _csv("themes", lists.table_of_themes(all_themes(session)))


@blueprint.get("/export/letters.csv")
@requires(Permission.WRITE_LETTERS)
def export_letters() -> Response:
    """What went out and what waits, the newest first."""
    with reading() as session:
        letters = newest_letters(session, LETTERS_MOST)
        return _csv("letters", lists.table_of_letters(letters, reader_time_zone()))


def _check(part: str) -> None:
    if part not in PARTS:
        raise NotFound("There is no such list.")


def _plans() -> bool:
    return may(Permission.PLAN_PROGRAMME)


def _entries(session: Session) -> list[Entry]:
    network = settings().network_short_name
    if _plans():
        return entries_to_plan(whole_programme(session), network=network)
    found = signed_in()
    audiences = list_audiences(found.person.city, found.group_ids, today())
    return entries_for_any(session, audiences, network=network)


def _csv(name: str, table: Table) -> Response:
    return _attached(csv_bytes(table), "text/csv", f"{name}.csv")


def _attached(content: bytes, kind: str, name: str) -> Response:
    return Response(
        content,
        content_type=f"{kind}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
