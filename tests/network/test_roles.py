"""Roles: appointed and ended with a reason, told from the trail, and what each is for."""

import html
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from exchange.db import Database
from exchange.models import AuditEntry, Person, PersonRole, Role
from exchange.network.role_history import role_history
from exchange.network.role_purposes import PURPOSES
from tests.factories import make_person
from tests.hand_clock import HandClock
from tests.network.conftest import Network
from tests.sign_in import SignIn

WHY = {"reason": "Agreed by the board."}


def held(database: Database, person: Person) -> list[str]:
    with database.reading() as session:
        return sorted(session.exec(select(PersonRole.role).where(PersonRole.person_id == person.id)).all())


def path_of(person: Person, what: str = "") -> str:
    return f"/network/people/{person.id}/roles{what}"


def test_role_is_given_and_ended_with_its_reason(
    coordinator: FlaskClient, database: Database, network: Network, clock: HandClock
) -> None:
    expert = network.expert
    given = coordinator.post(path_of(expert, "/give"), data=WHY | {"role": "auditor"})
    assert (given.status_code, given.location) == (303, path_of(expert))
    assert held(database, expert) == ["auditor", "expert"]
    clock.advance(minutes=1)
    ended = {"role": "auditor", "reason": "The year is over."}
    assert coordinator.post(path_of(expert, "/end"), data=ended).status_code == 303
    assert held(database, expert) == ["expert"]
    page = " ".join(html.unescape(coordinator.get(path_of(expert)).text).split())
    assert "by Cora Coordinator: Agreed by the board." in page
    assert "by Cora Coordinator: The year is over." in page
    assert "before this record begins" in page, "the role of an expert was there before"
    with database.reading() as session:
        actions = session.exec(select(AuditEntry.action).where(AuditEntry.reason != "")).all()
        assert list(actions) == ["give role", "end role"]


def test_history_tells_spans_and_what_lasts(
    coordinator: FlaskClient, database: Database, network: Network, clock: HandClock
) -> None:
    for what in ("/give", "/end", "/give"):
        clock.advance(minutes=1)
        coordinator.post(path_of(network.contact, what), data=WHY | {"role": "finance contact"})
    with database.reading() as session:
        person = session.exec(select(Person).where(Person.id == network.contact.id)).one()
        history = role_history(session, person)
    told = [(one.role, one.given_at is not None, one.ended_at is not None) for one in history]
    assert told == [
        (Role.CITY_CONTACT, False, False),
        (Role.FINANCE_CONTACT, True, False),
        (Role.FINANCE_CONTACT, True, True),
    ]
    _, lasting, over = history
    assert lasting.given_at is not None
    assert over.ended_at == lasting.given_at - timedelta(minutes=1)


@pytest.mark.parametrize(
    ("what", "typed"),
    [
        ("/give", {"role": "auditor", "reason": " "}),
        ("/give", {"role": "expert", "reason": "Held already."}),
        ("/give", {"role": "emperor", "reason": "None such."}),
        ("/end", {"role": "auditor", "reason": "Not held."}),
        ("/end", {"role": "expert", "reason": ""}),
    ],
)
def test_wrong_appointment_changes_nothing(
    coordinator: FlaskClient, database: Database, network: Network, what: str, typed: dict[str, str]
) -> None:
    answer = coordinator.post(path_of(network.expert, what), data=typed)
    assert answer.status_code == 400
    assert held(database, network.expert) == ["expert"]


def test_only_coordinator_cannot_end_their_own_role_and_is_told_to_find_a_second(
    coordinator: FlaskClient, database: Database, network: Network
) -> None:
    ended = WHY | {"role": "coordinator"}
    answer = coordinator.post(path_of(network.coordinator, "/end"), data=ended)
    assert answer.status_code == 400
    assert "Cora Coordinator is the only coordinator." in answer.text
    for page in (path_of(network.coordinator), "/status"):
        assert "The network has one coordinator." in coordinator.get(page).text
    coordinator.post(path_of(network.expert, "/give"), data=ended)
    for page in (path_of(network.coordinator), "/status"):
        assert "The network has one coordinator." not in coordinator.get(page).text
    assert coordinator.post(path_of(network.coordinator, "/end"), data=ended).status_code == 303
    assert coordinator.get(path_of(network.expert)).status_code == 403, "it holds from the next page"
    assert held(database, network.expert) == ["coordinator", "expert"]


def test_role_is_changed_after_a_recent_proof_alone(
    coordinator: FlaskClient, database: Database, network: Network, clock: HandClock
) -> None:
    clock.advance(hours=1)
    for what, role in (("/give", "auditor"), ("/end", "expert")):
        coordinator.post(path_of(network.expert, what), data=WHY | {"role": role})
        assert held(database, network.expert) == ["expert"]


def test_roles_are_changed_by_coordinators_alone(
    contact: FlaskClient, database: Database, network: Network
) -> None:
    for what in ("", "/give", "/end"):
        assert contact.get(path_of(network.contact, what)).status_code == 403
    given = contact.post(path_of(network.contact, "/give"), data=WHY | {"role": "coordinator"})
    assert given.status_code == 403
    assert held(database, network.contact) == ["city contact"]


def test_page_of_roles_begins_with_ones_own(
    client: FlaskClient, coordinator: FlaskClient, sign_in: SignIn, network: Network, database: Database
) -> None:
    with database.transaction() as session:
        london = session.merge(network.london)
        nobody = make_person(session, "Nils Nobody", city=london, roles=[])
        auditor = make_person(session, "Aud Itor", city=london, roles=[Role.AUDITOR])
    for reader, own in (
        (client, ["Everybody"]),
        (coordinator, ["Network coordinator"]),
        (sign_in(network.expert), ["Chair of an expert group", "Expert", "Board member"]),
        (sign_in(auditor), ["Auditor"]),
        (sign_in(nobody), ["Everybody"]),
    ):
        answer = reader.get("/roles")
        assert answer.status_code == 200
        mine, others = html.unescape(answer.text).split('aria-labelledby="others"')
        assert [str(one.name) for one in PURPOSES if f"<h3>{one.name}</h3>" in mine] == own
        assert others.count("<h3>") == 10 - len(own)


def test_each_role_has_its_words_in_two_sentences() -> None:
    assert {one.key for one in PURPOSES} == {*Role, "group chair", "board member", "public"}
    assert {str(one.does).count(". ") for one in PURPOSES} == {1}
