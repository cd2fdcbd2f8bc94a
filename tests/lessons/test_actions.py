"""Actions: told of by their owner, verified by another, taken over when their owner leaves."""

from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError
from werkzeug.test import TestResponse

from exchange.access.kept_back import kept_back_from
from exchange.access.standings import standing_of
from exchange.answering.personal_links import Task, link_for
from exchange.db import Database
from exchange.models import ImprovementAction, Lesson, Person, PersonRole
from exchange.personal_data.schema_export import tables_of, without_kept_back
from exchange.rules.markings.tlp_labels import Marking
from exchange.settings import Settings
from tests.access.routes import ON_SQLITE
from tests.lessons.conftest import LINK, NOW, Net, an_action
from tests.pages import form_values, text_of
from tests.sign_in import SignIn
from tests.statements import statements_for


def update(client: FlaskClient, action_id: int, **sent: str) -> TestResponse:
    return client.post(f"/actions/{action_id}/update", data={"version": "1"} | sent)


def saved(database: Database, action_id: int) -> ImprovementAction:
    with database.reading() as session:
        return session.get_one(ImprovementAction, action_id)


def test_story_39_evidence_verifier_and_date_are_needed_for_verified_and_the_verifier_is_not_the_owner(
    contact: FlaskClient, other: FlaskClient, database: Database, net: Net, action_id: int
) -> None:
    without = update(contact, action_id, state="done")
    assert without.status_code == 400
    assert "Say what shows it" in text_of(without)
    assert other.post(f"/actions/{action_id}/verify", data={"version": "1"}).status_code == 409

    assert update(contact, action_id, state="done", evidence=LINK).status_code == 303
    own = contact.post(f"/actions/{action_id}/verify", data={"version": "2"})
    assert own.status_code == 409
    assert "Somebody else than its owner verifies it" in text_of(own)
    assert "Verify it" not in text_of(contact.get(f"/actions/{action_id}"))

    assert other.post(f"/actions/{action_id}/verify", data={"version": "2"}).status_code == 303
    page = text_of(contact.get(f"/actions/{action_id}"))
    assert "Verified by Sid" in page
    assert "8 Mar 2027" in page
    row = saved(database, action_id)
    assert (row.state, row.verified_by_id, row.verified_at) == ("verified", net.other.id, NOW)


@pytest.mark.parametrize("change", [{"evidence": ""}, {"verified_at": None}, {"verified_by_id": None}])
def test_the_database_keeps_no_verified_action_without_evidence_verifier_and_date(
    database: Database, net: Net, action_id: int, change: dict[str, object]
) -> None:
    right = {"state": "verified", "evidence": LINK, "verified_by_id": net.other.id, "verified_at": NOW}
    with pytest.raises(IntegrityError), database.transaction() as session:
        row = session.get_one(ImprovementAction, action_id)
        for name, value in (right | change).items():
            setattr(row, name, value)


def test_the_database_keeps_no_action_verified_by_its_owner(
    database: Database, net: Net, action_id: int
) -> None:
    with pytest.raises(IntegrityError), database.transaction() as session:
        row = session.get_one(ImprovementAction, action_id)
        row.state, row.evidence, row.verified_at = "verified", LINK, NOW
        row.verified_by_id = net.contact.id


@ON_SQLITE
def test_nobody_of_a_city_verifies_what_the_city_owns(
    coordinator: FlaskClient, contact: FlaskClient, database: Database, net: Net
) -> None:
    with database.transaction() as session:
        of_city = an_action(session, net, owner_city_id=net.london.id).id or 0
    assert update(contact, of_city, state="done", evidence="The list hangs in the room.").status_code == 303
    assert contact.post(f"/actions/{of_city}/verify", data={"version": "2"}).status_code == 409
    assert coordinator.post(f"/actions/{of_city}/verify", data={"version": "2"}).status_code == 303


@ON_SQLITE
@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"state": "done", "evidence": "http://files.example.org"}, "Say what shows it"),
        ({"state": "done", "evidence": "yes"}, "Say what shows it"),
        ({"state": "done", "evidence": "ftp://files.example.org and more"}, "Say what shows it"),
        ({"state": "blocked"}, "Write what blocks it"),
        ({"state": "declined"}, "Write why it is not done"),
        ({"state": "verified"}, "Not a valid choice"),
        ({"state": "in progress", "note": "\x00"}, "control characters"),
        ({"state": "blocked", "note": "UK TOP SECRET"}, "SECRET"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_what_was_typed_stays(
    contact: FlaskClient, database: Database, action_id: int, sent: dict[str, str], said: str
) -> None:
    answer = update(contact, action_id, **sent)
    assert answer.status_code == 400
    assert said in text_of(answer)
    assert "Nothing was saved yet" in text_of(answer)
    if sent.get("evidence"):
        assert sent["evidence"] in answer.text
    assert saved(database, action_id).state == "open"


@ON_SQLITE
def test_two_people_never_overwrite_each_other(
    contact: FlaskClient, coordinator: FlaskClient, action_id: int
) -> None:
    assert update(contact, action_id, state="in progress").status_code == 303
    late = update(coordinator, action_id, state="blocked", note="No room.")
    assert late.status_code == 409
    assert "changed by somebody else" in text_of(late)
    assert "No room." in late.text


@ON_SQLITE
def test_only_its_owner_and_coordinators_tell_of_an_action(
    other: FlaskClient, sign_in: SignIn, net: Net, action_id: int
) -> None:
    assert "Write the call-out list anew" in text_of(other.get(f"/actions/{action_id}"))
    assert other.get(f"/actions/{action_id}/update").status_code == 404
    assert sign_in(net.lead).get(f"/actions/{action_id}/update").status_code == 404
    assert sign_in(net.expert).get(f"/actions/{action_id}").status_code == 404  # she sits nowhere


def test_when_its_owner_leaves_the_citys_lead_owes_it_and_the_page_says_so(
    coordinator: FlaskClient, sign_in: SignIn, database: Database, net: Net, action_id: int
) -> None:
    with database.transaction() as session:
        session.get_one(Person, net.contact.id).is_active = False
    page = text_of(coordinator.get(f"/actions/{action_id}"))
    assert "Lead of London: Lena" in page
    assert "It was owned by Carl, who is no longer of the network" in page
    lead = sign_in(net.lead)
    assert "Write the call-out list anew" in text_of(lead.get("/desk"))
    assert update(lead, action_id, state="in progress", note="Taken over.").status_code == 303

    with database.transaction() as session:
        for role in session.get_one(Person, net.lead.id).roles:
            session.delete(session.get_one(PersonRole, role.id))
    page = text_of(coordinator.get(f"/actions/{action_id}"))
    assert "The coordinators: nobody who may know of it leads London" in page
    assert "Write the call-out list anew" not in text_of(lead.get("/desk"))


def test_the_link_of_a_letter_opens_the_update_without_an_account_while_its_reader_may(
    app: Flask, database: Database, settings: Settings, net: Net, action_id: int
) -> None:
    with database.transaction() as session:
        person = session.get_one(Person, net.contact.id)
        url = link_for(session, Task(action_id=action_id), to=person, settings=settings, now=NOW)
    path = "/action/" + url.rsplit("/", 1)[1]
    browser = app.test_client()
    assert "Two minutes are enough" in text_of(browser.get(path))
    sent = {"version": "1", "state": "done", "evidence": "The list hangs in the control room."}
    assert browser.post(path, data=sent).status_code == 303
    assert saved(database, action_id).done_at == NOW
    with database.transaction() as session:
        session.get_one(ImprovementAction, action_id).owner_id = net.other.id
    assert browser.get(path).status_code == 410
    assert browser.post(path, data=sent | {"version": "2"}).status_code == 410
    assert browser.get("/action/" + "A" * 43).status_code == 404


@ON_SQLITE
def test_a_new_action_names_an_owner_who_may_know_of_it(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    sent = {"text": "Call the hospitals", "due_on": "2027-04-12", "owner_city_id": "0"}
    page = f"{net.page}/actions/new"
    for owner, said in (
        ("", "Name who owns it: one person, or one city."),
        ("nobody@example.org", "is nobody's address here"),
        (net.expert.email, "Edda may not know of this"),
    ):
        answer = coordinator.post(page, data=sent | {"owner": owner})
        assert (answer.status_code, said in text_of(answer).replace("’", "'")) == (400, True), text_of(answer)
    early = coordinator.post(page, data=sent | {"owner": net.lead.email, "starts_on": "2027-05-01"})
    assert "It starts on or before the day it is due" in text_of(early)
    both = sent | {"owner": net.lead.email, "owner_city_id": str(net.london.id)}
    assert coordinator.post(page, data=both).status_code == 400
    made = coordinator.post(page, data=sent | {"owner": net.lead.email})
    assert made.status_code == 303
    assert "Call the hospitals" in text_of(coordinator.get(net.page))


@ON_SQLITE
def test_the_list_takes_as_many_statements_for_one_action_as_for_thirty(
    coordinator: FlaskClient, database: Database, net: Net, action_id: int
) -> None:
    statements_for(coordinator, "/actions")
    before = statements_for(coordinator, "/actions")
    with database.transaction() as session:
        for number in range(30):
            an_action(session, net, text=f"Action {number}", due_on=NOW.date() + timedelta(days=number))
    assert statements_for(coordinator, "/actions") == before


@ON_SQLITE
def test_what_is_taken_along_of_a_person_names_nothing_of_a_finding_kept_from_who_takes_it(
    database: Database, net: Net, action_id: int
) -> None:
    with database.transaction() as session:
        lesson = session.get_one(Lesson, net.lesson_id)
        lesson.marking, lesson.named_ids = Marking.RED, [net.contact.id or 0]
    with database.reading() as session:
        held = tables_of(session, session.get_one(Person, net.contact.id))
        assert {row["id"] for row in held["improvement_action"]} == {action_id}
        assert held["lesson"] == [{"id": net.lesson_id, "is_named": True}]
        reader = session.get_one(Person, net.coordinator.id)
        kept = kept_back_from(session, standing_of(session, reader, NOW))
        left = without_kept_back(session, held, kept)
        assert "improvement_action" not in left
        assert "lesson" not in left


@ON_SQLITE
def test_an_action_may_stand_alone_with_theme_and_marking_of_its_own_and_never_at_tlp_red(
    coordinator: FlaskClient, other: FlaskClient, net: Net
) -> None:
    sent = {
        "text": "Agree one radio channel",
        "owner": net.contact.email,
        "owner_city_id": "0",
        "due_on": "2027-04-30",
        "theme_id": str(net.theme.id),
        "marking": "TLP:AMBER+STRICT",
    }
    assert coordinator.post("/actions/new", data=sent | {"marking": "TLP:RED"}).status_code == 400
    made = coordinator.post("/actions/new", data=sent)
    assert made.status_code == 303, text_of(made)
    assert other.get(made.location).status_code == 404
    assert "Agree one radio channel" not in text_of(other.get("/actions"))
    changed = form_values(coordinator.get(f"{made.location}/edit"))
    changed["marking"] = "TLP:GREEN"
    refused = coordinator.post(f"{made.location}/edit", data=changed)
    assert "write who agreed to it and why" in text_of(refused)
    changed["reason"] = "Everybody who uses the channel agrees."
    assert coordinator.post(f"{made.location}/edit", data=changed).status_code == 303
    assert "Agree one radio channel" in text_of(other.get("/actions"))


@ON_SQLITE
def test_story_32_the_actions_of_a_theme_stand_in_date_order(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    with database.transaction() as session:
        for text, on in (("Second one", date(2027, 5, 3)), ("First one", date(2027, 4, 5))):
            an_action(session, net, text=text, due_on=on)
    page = text_of(coordinator.get(f"/actions?theme={net.theme.id}"))
    assert page.index("First one") < page.index("Second one")
    assert "No action is open" in text_of(coordinator.get("/actions?theme=999"))
    assert "Say early who leads" in text_of(coordinator.get(f"/findings?theme={net.theme.id}"))


def test_a_decided_action_is_opened_again_and_changed_only_while_it_is_open(
    coordinator: FlaskClient, contact: FlaskClient, database: Database, net: Net, action_id: int
) -> None:
    assert update(contact, action_id, state="declined", note="No money this year.").status_code == 303
    page = f"/actions/{action_id}"
    sent = form_values(coordinator.get(f"{page}/edit"))
    assert coordinator.post(f"{page}/edit", data=sent).status_code == 409
    assert contact.post(f"{page}/reopen", data={"version": "2"}).status_code == 403
    assert coordinator.post(f"{page}/reopen", data={"version": "2"}).status_code == 303
    assert coordinator.post(f"{page}/reopen", data={"version": "3"}).status_code == 409
    sent = form_values(coordinator.get(f"{page}/edit"))
    sent["owner"], sent["owner_city_id"] = "", str(net.sydney.id)
    assert coordinator.post(f"{page}/edit", data=sent).status_code == 303
    assert saved(database, action_id).owner_city_id == net.sydney.id
    assert update(contact, action_id, state="in progress").status_code == 404
