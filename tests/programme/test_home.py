"""The home page: what each reader sees of a year, and that a longer programme costs no more statements."""

from datetime import date, time, timedelta

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session

from exchange.db import Database
from exchange.trainings.queries import rhythm_dates
from tests.factories import make_cycle, make_training
from tests.hand_clock import HandClock
from tests.pages import text_of
from tests.statements import statements_for
from tests.trainings.conftest import Net

STARTS = ((1, 11), (3, 8), (5, 3), (8, 9), (10, 4))


def plan_a_year(session: Session, net: Net, year: int, **fields: object) -> None:
    """Five cycles and twelve events, published."""
    london = net.cities["London"]
    for month, day in STARTS:
        monday = date(year, month, day) - timedelta(days=date(year, month, day).weekday())
        make_cycle(session, lead_city=london, cities=[net.cities["Sydney"]], starts_on=monday, **fields)
    for number in range(12):
        on = date(year, 1, 12) + timedelta(days=29 * number)
        make_training(session, host_city=london, on_local=on, starts_local=time(14), **fields)


def test_story_30_the_year_stands_against_its_targets(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    with database.transaction() as session:
        plan_a_year(session, net, 2027)
    page = text_of(coordinator.get("/programme/2027"))
    assert "5 exchanges planned of 6.5 implied by a cadence of 8 weeks" in page
    assert "12 training events against a target of 10–13" in page
    assert "12 events, 29 days apart on average, longest gap 29 days: within 28–35 days" in page


def test_story_30_a_board_member_sees_how_the_year_stands_too(
    board_member: FlaskClient, contact: FlaskClient, database: Database, net: Net
) -> None:
    with database.transaction() as session:
        plan_a_year(session, net, 2027, marking="TLP:AMBER")
        make_training(session, host_city=net.cities["London"], on_local=date(2027, 4, 1), is_published=False)
    page = text_of(board_member.get("/programme/2027"))
    assert "5 exchanges planned of 6.5 implied by a cadence of 8 weeks" in page
    assert "12 training events against a target of 10–13" in page
    assert "12 events, 29 days apart on average, longest gap 29 days: within 28–35 days" in page
    assert "What goes out next" not in page
    assert "against a target of" not in text_of(contact.get("/programme/2027"))


@pytest.mark.parametrize("kind", ["board meeting", "planning meeting"])
def test_meetings_of_boards_and_planners_make_no_rhythm(
    coordinator: FlaskClient, database: Database, net: Net, kind: str
) -> None:
    with database.transaction() as session:
        plan_a_year(session, net, 2027)
        make_training(session, host_city=net.cities["London"], on_local=date(2027, 1, 20), kind=kind)
    page = text_of(coordinator.get("/programme/2027"))
    assert "12 training events against a target of 10–13" in page
    assert "12 events, 29 days apart on average" in page
    with database.reading() as session:
        assert date(2027, 1, 20) not in rhythm_dates(session)


def test_story_15_times_are_the_readers_own(
    coordinator: FlaskClient, contact: FlaskClient, database: Database, net: Net
) -> None:
    with database.transaction() as session:
        plan_a_year(session, net, 2027)
    stockholm = text_of(coordinator.get("/?year=2027"))
    assert "Times in Stockholm time, Europe/Stockholm." in stockholm
    assert "Thu 11 Feb 15:00 Stockholm" in stockholm
    assert "W02 – W09".replace(" ", "") in stockholm.replace(" ", "")
    sydney = text_of(contact.get("/?year=2027"))
    assert "Fri 12 Feb 01:00 Sydney" in sydney


@pytest.mark.parametrize("who", ["coordinator", "contact", "visitor"])
def test_four_years_take_as_many_statements_as_one(
    request: pytest.FixtureRequest, client: FlaskClient, database: Database, net: Net, who: str
) -> None:
    reader: FlaskClient = client if who == "visitor" else request.getfixturevalue(who)
    with database.transaction() as session:
        plan_a_year(session, net, 2027, marking="TLP:CLEAR")
    one = statements_for(reader, "/?year=2027")
    with database.transaction() as session:
        for year in (2028, 2029, 2030):
            plan_a_year(session, net, year, marking="TLP:CLEAR")
    assert statements_for(reader, "/?year=2027") == one


def test_visitor_sees_what_is_clear_and_published_and_nothing_else(
    client: FlaskClient, database: Database, net: Net
) -> None:
    london = net.cities["London"]
    with database.transaction() as session:
        make_training(session, host_city=london, title="Open to all", marking="TLP:CLEAR")
        make_training(session, host_city=london, title="For the network", marking="TLP:GREEN")
        make_training(
            session, host_city=london, title="Still a draft", marking="TLP:CLEAR", is_published=False
        )
        make_cycle(session, lead_city=london, title="Closed circle", marking="TLP:AMBER")
        make_cycle(session, lead_city=london, title="Open circle", marking="TLP:CLEAR")
    page = client.get("/?year=2027").text
    assert "Open to all" in page
    assert "Open circle" in page
    assert not any(title in page for title in ("For the network", "Still a draft", "Closed circle"))
    assert "webcal://127.0.0.1:8000/feeds/network.ics" in page
    assert "/trainings/" not in page


def test_drafts_are_shown_to_who_plans_with_the_word(
    coordinator: FlaskClient, contact: FlaskClient, database: Database, net: Net
) -> None:
    with database.transaction() as session:
        make_cycle(session, lead_city=net.cities["London"], title="Next autumn", is_published=False)
    page = coordinator.get("/?year=2027").text
    assert 'class="tl-cycle is-draft"' in page
    assert "London leads · draft" in page
    assert "Next autumn" not in contact.get("/?year=2027").text


def test_an_amber_cycle_is_a_band_without_a_name_to_its_cities(
    contact: FlaskClient, database: Database, net: Net
) -> None:
    with database.transaction() as session:
        make_cycle(
            session,
            lead_city=net.cities["London"],
            cities=[net.cities["Sydney"]],
            title="Closed circle",
            marking="TLP:AMBER",
        )
    page = contact.get("/?year=2027").text
    assert "Closed circle" not in page
    assert "CTPN event" in page
    assert page.count('class="tl-session"') == 3, "one mark in each picture and one in the key"


def test_empty_year_says_what_to_do_next(
    coordinator: FlaskClient, client: FlaskClient, database: Database, net: Net
) -> None:
    with database.transaction() as session:  # of another year: without any, the first steps stand here
        make_cycle(session, lead_city=net.cities["London"], starts_on=date(2025, 3, 3))
    page = coordinator.get("/").text
    assert "Nothing is planned for 2026 yet" in page
    assert 'href="/cycles/new"' in page
    assert "Nothing to show for 2026 yet" in client.get("/").text


def test_home_opens_on_the_year_of_what_comes_next(
    coordinator: FlaskClient, database: Database, net: Net, clock: HandClock
) -> None:
    with database.transaction() as session:
        make_training(session, host_city=net.cities["London"], on_local=date(2027, 3, 11))
    assert "<h1>Programme 2027</h1>" in coordinator.get("/").text


@pytest.mark.parametrize("year", ["1999", "2101", "20270", "abcd", "-1", "２０２７"])
def test_a_year_that_cannot_be_shown_is_not_found(client: FlaskClient, net: Net, year: str) -> None:
    assert client.get(f"/?year={year}").status_code == 404


def test_stage_past_its_end_and_not_done_is_held_against_its_owner(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    with database.transaction() as session:
        make_cycle(session, lead_city=net.cities["London"], title="Late circle", starts_on=date(2026, 10, 26))
    page = text_of(coordinator.get("/"))
    assert "Late circle Launch was to end on Sun 1 Nov 2026 Coordinator" in page


def test_picture_is_said_in_a_sentence_and_has_no_inline_style(coordinator: FlaskClient, net: Net) -> None:
    page = coordinator.get("/?year=2027").text
    assert page.count('aria-hidden="true" focusable="false">') >= 2
    assert "The year 2027 of the programme as a picture." in page
    assert 'style="' not in page
