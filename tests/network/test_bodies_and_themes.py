"""Pages of expert groups, boards, organisations and themes, and of the seats in a body."""

import html

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from exchange.audit import actor_name
from exchange.db import Database
from exchange.feeds.subscriptions.secret_addresses import current_address
from exchange.models import AuditEntry, Board, ExpertGroup, Feed, GroupMember, Organisation, Role, Theme
from exchange.settings import Settings
from tests.factories import make_city, make_person
from tests.network.conftest import Network
from tests.network.test_cities import field_values
from tests.sign_in import SignIn

KINDS = {"groups": ExpertGroup, "boards": Board, "organisations": Organisation, "themes": Theme}
NINTH = {"key": "X9", "name": "The ninth", "note": "Added by hand.", "kind": ""}


@pytest.mark.parametrize("kind", KINDS)
def test_entry_is_added_listed_and_edited(
    coordinator: FlaskClient, database: Database, kind: str, network: Network
) -> None:
    answer = coordinator.post(f"/network/{kind}/new", data=NINTH)
    assert (answer.status_code, answer.location) == (303, f"/network/{kind}")
    page = coordinator.get(f"/network/{kind}").text
    assert "The ninth" in page
    assert "Added by hand." in page
    with database.reading() as session:
        entry = session.exec(select(KINDS[kind]).where(KINDS[kind].key == "X9")).one()
    path = f"/network/{kind}/{entry.id}/edit"
    typed = NINTH | {"seen": field_values(coordinator.get(path).text)["seen"], "name": "The tenth"}
    assert coordinator.post(path, data=typed).status_code == 303
    assert "The tenth" in coordinator.get(f"/network/{kind}").text
    assert coordinator.post(path, data=typed | {"name": "The eleventh"}).status_code == 400


@pytest.mark.parametrize("kind", KINDS)
def test_empty_list_says_what_to_do(sign_in: SignIn, database: Database, kind: str) -> None:
    with database.transaction() as session:
        person = make_person(session, city=make_city(session), roles=[Role.COORDINATOR])
    page = sign_in(person).get(f"/network/{kind}").text
    assert page.count(f'href="/network/{kind}/new"') == 2
    assert 'class="empty"' in page


def test_new_group_gets_its_feed_at_once(
    coordinator: FlaskClient, database: Database, settings: Settings, network: Network
) -> None:
    coordinator.post("/network/groups/new", data=NINTH)
    with database.reading() as session:
        feed = session.exec(select(Feed).join(ExpertGroup).where(ExpertGroup.key == "X9")).one()
        assert current_address(settings, feed) is not None


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"key": "G5"}, "Another one has this already."),
        ({"name": "Hostile drones"}, "Another one has this already."),
        ({"name": "x" * 201}, "This is 201 characters long"),
        ({"key": "G\x0b9"}, "Use one line"),
        ({"note": "bell \x07"}, "Take out control characters"),
    ],
)
def test_wrong_group_is_refused_at_the_field(
    coordinator: FlaskClient, network: Network, typed: dict[str, str], said: str
) -> None:
    answer = coordinator.post("/network/groups/new", data=NINTH | typed)
    assert answer.status_code == 400
    assert said in html.unescape(answer.text)


@pytest.mark.parametrize("kind", ["groups", "boards"])
def test_seats_are_given_taken_away_and_made_the_chair(
    coordinator: FlaskClient, database: Database, network: Network, kind: str
) -> None:
    body = network.group if kind == "groups" else network.board
    members = f"/network/{kind}/{body.id}/members"
    given = coordinator.post(members, data={"person_id": network.contact.id, "is_chair": "y"})
    assert given.location == f"/network/{kind}/{body.id}/edit"
    page = coordinator.get(given.location).text
    assert "Dara Contact has a seat now." in page
    assert "End the chair of Dara Contact" in page
    assert coordinator.post(f"{members}/{network.contact.id}/member").status_code == 303
    assert "Make Dara Contact chair" in coordinator.get(given.location).text
    assert coordinator.post(f"{members}/{network.contact.id}/unseat").status_code == 303
    assert "Take Dara Contact out" not in coordinator.get(given.location).text
    assert coordinator.post(f"{members}/{network.contact.id}/unseat").status_code == 404
    with database.reading() as session:
        entries = session.exec(select(AuditEntry).where(AuditEntry.actor != "system")).all()
        actions = [one.action for one in entries if actor_name(session, one) == "Cora Coordinator"]
    assert [a for a in actions if "chair" in a or "seat" in a] == ["seat chair", "end chair", "unseat member"]


def test_nobody_sits_twice_in_a_group(coordinator: FlaskClient, database: Database, network: Network) -> None:
    answer = coordinator.post(
        f"/network/groups/{network.group.id}/members", data={"person_id": network.expert.id}
    )
    assert answer.status_code == 400
    with database.reading() as session:
        assert len(session.exec(select(GroupMember)).all()) == 1


def test_unknown_entry_is_not_found(coordinator: FlaskClient, network: Network) -> None:
    assert coordinator.get("/network/themes/9999/edit").status_code == 404
    assert coordinator.get("/network/organisations/9999/edit").status_code == 404
    assert coordinator.post("/network/boards/9999/members").status_code == 404
