"""What is shown of a round: on its page, in its file, to whom; and nothing about few people."""

import csv
import io
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from exchange.db import Database
from exchange.models import Ask, Person, Role
from exchange.needs import actions
from exchange.rules.markings.tlp_labels import Marking
from tests.access.routes import ON_SQLITE
from tests.factories import make_person
from tests.needs.conftest import NOW, Net, answered, closed, opened
from tests.needs.test_ranking import taken
from tests.pages import text_of
from tests.sign_in import SignIn
from tests.statements import statements_for


def test_story_20_three_people_answered_so_the_citys_row_is_hidden_from_other_cities(
    sign_in: SignIn, net: Net, closed_round: int
) -> None:
    """Given a needs survey, when only three people from my city answer, then my city's row is hidden."""
    page = text_of(sign_in(net.leads["London"]).get(f"/needs/rounds/{closed_round}"))
    assert "London (your city)" in page
    assert page.count("not shown: fewer than five people of two organisations") == 2 * len(net.themes)
    assert "Dublin 1. Hostile drones not shown" in " ".join(page.split()).replace(
        "Theme People Importance Confidence Gap Priority ", ""
    )
    assert "is at 1" not in page
    assert "14" not in page.split("Themes, the largest need first")[1]


@ON_SQLITE
def test_a_city_that_can_be_shown_and_is_at_1_is_named(
    database: Database, coordinator: FlaskClient, net: Net
) -> None:
    with database.transaction() as session:
        found = opened(session, net)
        answered(session, net, found, "Sydney", [(5, 1)] * 5)
        answered(session, net, found, "London", [(3, 5)] * 30)
        closed(session, net, found)
        round_id = found.id
    assert "Sydney is at 1." in text_of(coordinator.get(f"/needs/rounds/{round_id}"))


@ON_SQLITE
def test_the_file_holds_what_the_page_shows_and_nothing_of_a_small_group(
    database: Database, coordinator: FlaskClient, net: Net, closed_round: int
) -> None:
    sent = coordinator.get(f"/export/needs/{closed_round}.csv")
    rows = list(csv.DictReader(io.StringIO(sent.data.decode("utf-8-sig"))))
    assert {row["city"] for row in rows} == {"all that is shown", "London", "Stockholm"}
    first = next(row for row in rows if row["city"] == "all that is shown")
    assert (first["people"], first["gap"], first["marking"]) == ("11", "3", Marking.AMBER_STRICT)
    with database.reading() as session:
        ask_id = session.exec(select(Ask.id)).one()
    assert coordinator.get(f"/export/asks/{ask_id}.csv").data == sent.data


@ON_SQLITE
def test_an_open_round_has_no_results_on_its_page_and_no_file(
    database: Database, coordinator: FlaskClient, net: Net
) -> None:
    with database.transaction() as session:
        found = opened(session, net)
        answered(session, net, found, "London", [(5, 2)] * 6)
        round_id = found.id
    assert "Results are shown to nobody" in text_of(coordinator.get(f"/needs/rounds/{round_id}"))
    assert coordinator.get(f"/export/needs/{round_id}.csv").status_code == 409


@ON_SQLITE
@pytest.mark.parametrize(
    ("who", "status"),
    [("lead", 200), ("board", 200), ("auditor", 200), ("lead of another", 404), ("expert", 404)],
)
def test_who_speaks_for_an_asked_city_and_the_board_read_results_and_nobody_else(
    database: Database, sign_in: SignIn, net: Net, who: str, status: int
) -> None:
    asked = frozenset(net.cities[name].id or 0 for name in ("London", "Stockholm"))
    with database.transaction() as session:
        found = opened(session, net, city_ids=asked)
        closed(session, net, found)
        expert = make_person(session, city=net.cities["London"], roles=[Role.EXPERT])
        auditor = make_person(session, city=net.cities["London"], roles=[Role.AUDITOR])
        round_id = found.id
    people: dict[str, Person] = {
        "lead": net.leads["London"],
        "board": net.board_member,
        "lead of another": net.leads["Sydney"],
        "expert": expert,
        "auditor": auditor,
    }
    browser = sign_in(people[who])
    assert browser.get(f"/needs/rounds/{round_id}").status_code == status
    assert browser.get(f"/export/needs/{round_id}.csv").status_code == status
    assert browser.get(f"/needs/rounds/{round_id}/ranking").status_code == (200 if who == "board" else 404)
    assert browser.get(f"/needs/rounds/{round_id}/reopen").status_code == 403


@ON_SQLITE
def test_the_next_round_shows_how_scores_moved(
    database: Database, coordinator: FlaskClient, net: Net
) -> None:
    with database.transaction() as session:
        first = opened(session, net)
        answered(session, net, first, "London", [(5, 2)] * 6)
        closed(session, net, first)
        second = opened(session, net, year=2027)
        answered(session, net, second, "London", [(5, 4)] * 6)
        closed(session, net, second)
        round_id = second.id
    page = text_of(coordinator.get(f"/needs/rounds/{round_id}"))
    assert "In 2026" in page
    assert "gap 3, priority 27.0" in page


@ON_SQLITE
def test_what_people_wrote_is_for_the_board_and_coordinators_where_enough_wrote(
    database: Database, board_member: FlaskClient, sign_in: SignIn, net: Net
) -> None:
    with database.transaction() as session:
        few = opened(session, net)
        answered(session, net, few, "London", [(5, 2)] * 3, wrote="Too few")
        closed(session, net, few)
        many = opened(session, net, year=2027)
        answered(session, net, many, "London", [(5, 2)] * 3, wrote="From London")
        answered(session, net, many, "Sydney", [(5, 2)] * 3, wrote="From Sydney")
        closed(session, net, many)
        addresses = [f"/needs/rounds/{one.id}" for one in (few, many)]
    assert "Too few" not in text_of(board_member.get(addresses[0]))
    page = text_of(board_member.get(addresses[1]))
    assert "From London 2" in page
    assert "From Sydney 0" in page
    assert "From London" not in text_of(sign_in(net.leads["London"]).get(addresses[1]))


@ON_SQLITE
def test_what_a_late_person_wrote_waits_with_their_answer(
    database: Database, board_member: FlaskClient, net: Net
) -> None:
    later = NOW + timedelta(days=1)
    with database.transaction() as session:
        found = opened(session, net)
        answered(session, net, found, "London", [(5, 2)] * 6, wrote="In time")
        closed(session, net, found)
        actions.reopen_round(session, found, date(2027, 1, 15), reason="Late", by=net.by())
        answered(session, net, found, "London", [(5, 2)], wrote="Too late", at=later)
        assert not closed(session, net, found, later)
        address = f"/needs/rounds/{found.id}"
    page = text_of(board_member.get(address))
    assert "In time 5" in page
    assert "Too late" not in page


@ON_SQLITE
def test_the_page_of_its_questions_never_counts_what_was_answered(
    database: Database, coordinator: FlaskClient, closed_round: int
) -> None:
    with database.reading() as session:
        ask_id = session.exec(select(Ask.id)).one()
    page = coordinator.get(f"/asks/{ask_id}")
    assert "Results stand on the page of the round" in text_of(page)
    assert 'class="tally"' not in page.text


@ON_SQLITE
def test_a_page_asks_the_database_as_often_for_thirty_people_as_for_five(
    database: Database, coordinator: FlaskClient, net: Net
) -> None:
    counts = []
    for year, people in ((2030, 5), (2026, 30)):  # the later first: neither has a round before it
        with database.transaction() as session:
            found = opened(session, net, year=year)
            answered(session, net, found, "London", [(5, 2)] * people)
            closed(session, net, found)
            address = f"/needs/rounds/{found.id}"
        counts.append(statements_for(coordinator, address))
    assert counts[0] == counts[1]


@ON_SQLITE
def test_lists_and_a_need_ask_the_database_as_often_for_five_rounds_as_for_two(
    database: Database, coordinator: FlaskClient, net: Net
) -> None:
    counts = []
    for years in (range(2026, 2028), range(2028, 2031)):
        for year in years:
            with database.transaction() as session:
                found = opened(session, net, year=year)
                answered(session, net, found, "London", [(5, 2)] * 5)
                closed(session, net, found)
                round_id = found.id or 0
            taken(database, net, round_id)
        counts.append([statements_for(coordinator, address) for address in ("/needs", "/needs/1")])
    assert counts[0] == counts[1]
