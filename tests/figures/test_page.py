"""The page of a year or quarter: what it says, who reads it, what it never names, and its table."""

import csv
import io
import os
import re
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlmodel import col, select

from exchange.db import Database
from exchange.models import AuditEntry, Cycle
from exchange.planning.burdens.programme_meetings import PRIVATE
from tests.factories import make_city, make_cycle, make_training
from tests.figures.conftest import Sample
from tests.statements import counted

GOLDEN = Path(__file__).parents[1] / "golden/figures"
ENDINGS = ("csv", "html", "odt", "pdf")
TITLES = (
    *(
        "Exchanges",
        "Training events",
        "What was held",
        "Who was there",
        "In person and from elsewhere",
        "Travel",
    ),
    *("Who bears early and late hours", "Publications", "Needs and their move", "Findings by city"),
    *("Actions", "Requests and their days", "Projects", "Money against the agreement", "Rotation"),
)


def text_of(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def test_the_year_has_each_section_with_its_table(board: FlaskClient) -> None:
    page = text_of(board, "/figures/2027")
    assert [title for title in TITLES if f">{title}</h2>" not in page] == []
    assert page.count('<th scope="col"') > len(TITLES)
    assert "As of Monday 6 December 2027." in page


def test_story_30_five_exchanges_of_six_and_a_half_and_twelve_events(
    database: Database, board: FlaskClient
) -> None:
    """Given the annual view, then a board sees 5 exchanges of 6.5 implied, and 12 events against 10-13.

    The sample year has 10 that boards may know of: its board meeting is none, and one is for those invited.
    """
    with database.transaction() as session:
        host = make_city(session, "Lyon")
        for month in (10, 11):
            make_training(session, host_city=host, on_local=date(2027, month, 26))
    page = text_of(board, "/figures/2027")
    assert "5 exchanges begin in 2027; a cadence of 8 weeks implies 6.5 a year." in page
    assert "12 training events in 2027 against a target of 10 to 13 a year." in page


def test_a_quarter_counts_its_own_days_alone(board: FlaskClient) -> None:
    page = text_of(board, "/figures/2027?quarter=1")
    assert "2 exchanges begin in 2027-Q1" in page
    assert "January 2027" in page
    assert "Fire and rescue" not in page  # sectors are told of whole years alone


@pytest.mark.parametrize("path", ["/figures", "/figures/2027", *(f"/figures/2027.{one}" for one in ENDINGS)])
def test_boards_auditors_and_coordinators_read_it_and_nobody_else(
    board: FlaskClient, auditor: FlaskClient, coordinator: FlaskClient, contact: FlaskClient, path: str
) -> None:
    readers = (board, auditor, coordinator)
    assert [client.get(path).status_code for client in readers] == [200, 200, 200]
    assert contact.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/figures/2027?quarter=5", "/figures/2027?quarter=x", "/figures/1999"])
def test_a_year_or_quarter_that_is_none_is_not_there(board: FlaskClient, path: str) -> None:
    assert board.get(path).status_code == 404


def test_a_year_without_anything_says_so(board: FlaskClient) -> None:
    page = text_of(board, "/figures/2031")
    assert "0 exchanges begin in 2031" in page
    assert "Nobody has noted yet who was at exchanges and events of 2031." in page


@pytest.mark.parametrize("ending", ["", ".csv", ".html"])
def test_nothing_of_red_is_named_or_counted(
    database: Database, coordinator: FlaskClient, sample: Sample, ending: str
) -> None:
    """Not even to a coordinator who is named on it: a pack is one document for all its readers."""
    before = text_of(coordinator, "/figures/2027")
    with database.transaction() as session:
        city = session.exec(select(Cycle)).first()
        assert city is not None
        named = [sample.coordinator.id or 0]
        lead = make_city(session, "Lyon")
        make_cycle(session, lead_city=lead, title="Secret cycle", marking="TLP:RED", named_ids=named)
        make_training(session, host_city=lead, title="Secret event", marking="TLP:RED", named_ids=named)
    page = text_of(coordinator, f"/figures/2027{ending}")
    assert [word for word in ("Secret", "Unspeakable", PRIVATE) if word in page] == []
    counts = re.findall(r"\d+ (?:exchanges begin|training events in) 2027", before)
    assert ending == ".csv" or [one for one in counts if one not in page] == []


def test_what_only_the_invited_know_is_not_named(database: Database, board: FlaskClient) -> None:
    with database.transaction() as session:
        make_training(
            session, host_city=make_city(session, "Lyon"), title="Of two alone", marking="TLP:AMBER+STRICT"
        )
    assert "Of two alone" not in text_of(board, "/figures/2027")


def test_no_cell_tells_of_fewer_than_five_people(board: FlaskClient) -> None:
    rows = list(csv.DictReader(io.StringIO(text_of(board, "/figures/2027.csv").lstrip("\ufeff"))))
    cells = [one["value"] for one in rows if one["section"] == "Who was there"]
    assert {"–"} < set(cells)
    assert all(one == "–" or int(one) >= 5 for one in cells)


def test_the_table_holds_every_figure_and_runs_in_no_spreadsheet(
    database: Database, board: FlaskClient
) -> None:
    with database.transaction() as session:
        host = make_city(session, "Lyon")
        make_training(session, host_city=host, title="=1+1", marking="TLP:CLEAR")
    table = text_of(board, "/figures/2027.csv")
    assert '"\'=1+1"' in table
    assert '"=1+1"' not in table
    told = {one["section"] for one in csv.DictReader(io.StringIO(table.lstrip("\ufeff")))}
    assert told == set(TITLES) - {"Money against the agreement"}  # there is none in the sample


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_file_that_is_taken_along_is_recorded(database: Database, board: FlaskClient, ending: str) -> None:
    board.get(f"/figures/2027.{ending}")
    with database.reading() as session:
        last = session.exec(select(AuditEntry).order_by(col(AuditEntry.id).desc())).first()
        assert last is not None
        assert (last.action, last.subject) == ("export", "page:figures.year_file")


def test_the_number_of_statements_does_not_grow_with_the_year(database: Database, board: FlaskClient) -> None:
    board.get("/figures/2027")
    with counted(database) as few:
        board.get("/figures/2027")
    with database.transaction() as session:
        host = make_city(session, "Lyon")
        for day in range(1, 28):
            make_training(session, host_city=host, on_local=_day(day))
            make_cycle(session, lead_city=host)
    with counted(database) as many:
        board.get("/figures/2027")
    assert len(many) == len(few)


def _day(number: int) -> date:

    return date(2027, 2, number)


def test_the_board_pack_of_the_sample_year_is_as_it_was(board: FlaskClient) -> None:
    """EXCHANGE_TEST_WRITE_GOLDEN=1 writes it anew; read it before you commit."""
    pack = text_of(board, "/figures/2027.html")
    path = GOLDEN / "2027.html"
    if os.environ.get("EXCHANGE_TEST_WRITE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(pack, encoding="utf-8")
    assert pack == path.read_text(encoding="utf-8")


def test_travel_projects_and_turns_are_told(board: FlaskClient) -> None:
    """Story 35: what nobody recorded reads "unrecorded"; how three people travelled is not told."""
    rows = list(csv.DictReader(io.StringIO(text_of(board, "/figures/2027.csv").lstrip("\ufeff"))))
    told = [(one["section"], one["row"], one["value"]) for one in rows]
    assert [one for one in told if one[0] == "Travel"] == [("Travel", "Train", "12")]
    assert [value for part, row, value in told if (part, row) == ("Projects", "Trains and terror")] == [
        *("Stockholm", "31 Aug 2028", "1", "0", "1")
    ]
    turns = [(row, value) for part, row, value in told if part == "Rotation"]
    assert ("Annual report", "unrecorded") in turns
    assert ("Annual conference", "Stockholm") in turns
