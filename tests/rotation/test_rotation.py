"""The register of turns: recorded by a coordinator alone, and never guessed."""

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlmodel import select
from werkzeug.test import TestResponse

from exchange.db import Database
from exchange.models import AuditEntry, Membership, Rotation, RotationKind, RotationState
from exchange.planning.pages.queries import usual_wishes
from exchange.planning.wishes.rotation_hosts import rotation_hosts, with_rotation
from exchange.rotation.actions import Decider, record_turn
from exchange.rotation.drafts import TurnDraft
from exchange.rotation.seeds import load_turns, read_turns
from exchange.settings import CONFIG, read_toml
from tests.access.routes import ON_SQLITE
from tests.factories import stage_plan
from tests.pages import text_of
from tests.rotation.conftest import NOW, Net
from tests.sign_in import SignIn

PAGE = "/rotation"


def record(
    client: FlaskClient, net: Net, year: int = 2024, turn: str = "conference", **sent: str
) -> TestResponse:
    values = {"version": "0", "city_id": str(net.london.id), "state": "delivered", "decision_id": "0"}
    return client.post(f"{PAGE}/{year}/{turn}", data=values | sent)


def rows(database: Database) -> list[Rotation]:
    with database.reading() as session:
        return list(session.exec(select(Rotation).order_by("id")))


def conference_cells(client: FlaskClient) -> dict[int, str]:
    """What stands in the column of the annual conference, by year."""
    found = {}
    for row in client.get(PAGE).text.split("<tr>")[2:]:
        year = int(row.split('<th scope="row">')[1].split("<")[0])
        found[year] = row.split('<td data-label="Annual conference">')[1].split("</td>")[0]
    return found


def test_story_35_with_london_2024_set_as_host_2025_to_2027_show_unrecorded_until_somebody_enters_them(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    assert record(coordinator, net).status_code == 303
    cells = conference_cells(coordinator)
    assert list(cells) == [2027, 2026, 2025, 2024]
    assert "London" in cells[2024]
    assert "unrecorded" not in cells[2024]
    assert all("unrecorded" in cells[year] for year in (2025, 2026, 2027))
    assert [(row.year, row.kind, row.city_id) for row in rows(database)] == [
        (2024, "annual conference", net.london.id)
    ]

    assert record(coordinator, net, 2026, city_id=str(net.stockholm.id), state="agreed").status_code == 303
    cells = conference_cells(coordinator)
    assert "Stockholm" in cells[2026]
    assert "unrecorded" in cells[2025]
    assert "unrecorded" in cells[2027]


@ON_SQLITE
def test_a_city_is_proposed_with_its_reason_and_nothing_is_written(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    record(coordinator, net)
    cell = conference_cells(coordinator)[2027]
    assert "Proposal: Stockholm." in cell
    assert "No turn of Stockholm is recorded for it, nor of other leads." in cell
    assert "Proposal" not in conference_cells(coordinator)[2025]
    form = coordinator.get(f"{PAGE}/2027/conference").text
    assert f'<option selected value="{net.stockholm.id}">Stockholm' in form
    assert len(rows(database)) == 1


@ON_SQLITE
def test_a_former_member_is_refused_in_a_year_after_it_left_and_a_former_row_stays(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    late = record(coordinator, net, 2026, city_id=str(net.rome.id))
    assert late.status_code == 400
    assert "Rome is neither lead nor member in 2026." in text_of(late)
    assert rows(database) == []

    assert record(coordinator, net, 2025, city_id=str(net.rome.id)).status_code == 303
    with database.transaction() as session:
        span = session.exec(select(Membership).where(Membership.city_id == net.rome.id)).one()
        span.ends_on = date(2020, 12, 31)  # it turns out that it left much earlier
    again = record(coordinator, net, 2025, city_id=str(net.rome.id), version="1", in_kind="A venue")
    assert again.status_code == 303
    assert "Rome" in conference_cells(coordinator)[2025]


@ON_SQLITE
@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"cost": "much", "currency": "GBP"}, "Give the cost as a number"),
        ({"cost": "20000"}, "Give a cost with its currency"),
        ({"currency": "GBP"}, "Give a cost with its currency"),
        ({"state": "done"}, "Not a valid choice"),
        ({"city_id": "999"}, "Not a valid choice"),
        ({"in_kind": "UK TOP SECRET"}, "SECRET"),
        ({"decision_id": "77"}, "Not a valid choice"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    coordinator: FlaskClient, database: Database, net: Net, sent: dict[str, str], said: str
) -> None:
    answer = record(coordinator, net, **sent)
    assert answer.status_code == 400
    assert said in text_of(answer)
    assert rows(database) == []


@ON_SQLITE
def test_cost_and_gifts_stand_in_the_register_and_an_older_page_is_refused(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    assert record(coordinator, net, cost="20,000.50", currency="GBP", in_kind="The hall").status_code == 303
    row = rows(database)[0]
    assert (row.cost, row.currency) == (2_000_050, "GBP")
    page = text_of(coordinator.get(PAGE))
    assert "GBP 20,000.50" in page
    assert "In kind: The hall" in page
    assert record(coordinator, net, state="agreed").status_code == 409
    assert record(coordinator, net, version="1", state="agreed", in_kind="The hall").status_code == 303


@ON_SQLITE
def test_what_is_taken_out_is_unrecorded_again_and_the_trail_keeps_it(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    record(coordinator, net)
    there = f"{PAGE}/2024/conference/take-out"
    assert coordinator.get(there).status_code == 200
    assert coordinator.post(there, data={"version": "1", "reason": ""}).status_code == 400
    assert coordinator.post(there, data={"version": "1", "reason": "It was Paris."}).status_code == 303
    assert rows(database) == []
    with database.reading() as session:
        about = select(AuditEntry).where(AuditEntry.subject == "rotation:2024:annual conference")
        kept = session.exec(about.order_by("id")).all()
    assert [(one.action, one.reason) for one in kept] == [
        ("record turn", ""),
        ("take out turn", "It was Paris."),
    ]
    assert coordinator.get(there).status_code == 404


@ON_SQLITE
def test_boards_and_leads_read_and_nobody_but_a_coordinator_records(
    coordinator: FlaskClient, net: Net, sign_in: SignIn
) -> None:
    record(coordinator, net)
    for reader in (net.board_member, net.lead):
        page = sign_in(reader).get(PAGE)
        assert page.status_code == 200
        assert "Record" not in page.text
    contact = sign_in(net.contact)
    assert contact.get(PAGE).status_code == 404
    assert "/rotation" not in contact.get("/governance").text
    assert "/rotation" in sign_in(net.lead).get("/governance").text
    assert record(sign_in(net.lead), net, 2025).status_code == 403


@ON_SQLITE
def test_the_file_holds_what_is_known_and_is_written_once(database: Database, net: Net) -> None:
    turns = read_turns(read_toml(CONFIG / "rotation.toml"))
    assert [(one.year, one.kind, one.city) for one in turns] == [(2024, RotationKind.CONFERENCE, "london")]
    for expected in (1, 0):
        with database.transaction() as session:
            assert load_turns(session, turns, by=Decider(None, NOW)) == expected


@ON_SQLITE
def test_the_planner_offers_the_agreed_host_with_its_reason_where_the_year_has_the_conference(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    with database.transaction() as session:
        host = session.get_one(Membership, net.stockholm.id)
        host.status = "member"  # no lead, so nobody would have ticked it
        draft = TurnDraft(net.stockholm.id or 0, RotationState.AGREED)
        record_turn(session, 2027, RotationKind.CONFERENCE, None, draft, by=Decider(net.coordinator, NOW))
    with database.reading() as session:
        usual = usual_wishes(session, NOW.date(), stage_plan())
        assert "stockholm" not in usual.hosts
        assert "stockholm" in with_rotation(session, usual).hosts
        said = [one.reason.text for one in rotation_hosts(session, usual)]
    assert said == ["Stockholm: agreed as host of the annual conference 2027."]
    assert said[0] in text_of(coordinator.get("/plans/new"))
