"""Projects: who may know of them, what they hand over by when, and how they end."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from exchange.db import Database
from exchange.models import AuditEntry, Deliverable, Person, Project
from exchange.projects.actions import edit_project
from exchange.projects.queries import project
from exchange.rules.markings.tlp_labels import Marking
from tests.access.routes import ON_SQLITE
from tests.factories import make_training
from tests.pages import text_of
from tests.projects.conftest import DUE, NOW, Net, a_deliverable, a_draft
from tests.sign_in import SignIn

NEW = {
    "name": "Safe stations",
    "source": "commission",
    "commission": "Asked for by a railway",
    "need_id": "0",
    "lesson_id": "0",
    "decision_id": "0",
    "lead_organisation_id": "0",
    "starts_on": "2027-02-01",
    "ends_on": "2027-11-30",
    "marking": "TLP:AMBER",
}


def saved(database: Database, project_id: int) -> Project:
    with database.reading() as session:
        return session.get_one(Project, project_id)


def actions_about(database: Database, subject: str) -> list[str]:
    with database.reading() as session:
        about = select(AuditEntry.action).where(AuditEntry.subject == subject)
        return list(session.exec(about.order_by("id")))


@pytest.fixture
def deliverable_id(database: Database, net: Net) -> int:
    with database.transaction() as session:
        return a_deliverable(session, net)


def test_a_project_is_added_changed_and_closed_and_the_trail_keeps_each(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    made = coordinator.post("/projects/new", data=NEW | {"lead_city_id": str(net.london.id)})
    assert made.status_code == 303
    page = made.location
    number = int(page.rsplit("/", 1)[1])
    assert "Asked for by a railway" in text_of(coordinator.get(page))
    assert "Safe stations" in text_of(coordinator.get("/projects"))

    change = NEW | {"lead_city_id": str(net.london.id), "version": "1", "funder": "A foundation"}
    change |= {"partners": str(net.partner.id)}
    assert coordinator.post(f"{page}/edit", data=change).status_code == 303
    assert "A foundation" in text_of(coordinator.get(page))
    assert "A police of many cities" in text_of(coordinator.get(page))
    assert coordinator.post(f"{page}/edit", data=change).status_code == 409

    assert coordinator.post(f"{page}/close", data={"version": "2", "outcome": ""}).status_code == 400
    assert (
        coordinator.post(f"{page}/close", data={"version": "2", "outcome": "A leaflet."}).status_code == 303
    )
    assert "A leaflet." in text_of(coordinator.get(page))
    assert coordinator.post(f"{page}/edit", data=change | {"version": "3"}).status_code == 409
    assert actions_about(database, f"project:{number}") == ["add project", "edit project", "close project"]


@ON_SQLITE
@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"name": ""}, "Give the project a name"),
        ({"commission": ""}, "Name where the project comes from"),
        ({"source": "need"}, "Name where the project comes from"),
        ({"source": "rumour"}, "Not a valid choice"),
        ({"lead_city_id": "0"}, "Name who leads it"),
        ({"lead_organisation_id": "1"}, "Name who leads it"),
        ({"starts_on": ""}, "Give the date"),
        ({"starts_on": "1027-02-01"}, "Choose a year"),
        ({"ends_on": "2027-01-31"}, "It ends on or after"),
        ({"marking": "TLP:RED"}, "TLP:RED is for named people"),
        ({"text": "UK TOP SECRET"}, "SECRET"),
        ({"partners": "999"}, "is not a valid choice"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    coordinator: FlaskClient, net: Net, sent: dict[str, str], said: str
) -> None:
    answer = coordinator.post("/projects/new", data=NEW | {"lead_city_id": str(net.london.id)} | sent)
    assert answer.status_code == 400
    assert said in text_of(answer)
    assert "Safe stations" not in text_of(coordinator.get("/projects"))


@ON_SQLITE
@pytest.mark.parametrize(
    ("marking", "readers"),
    [
        (Marking.CLEAR, {"coordinator", "lead", "contact", "other", "board_member", "liaison"}),
        (Marking.GREEN, {"coordinator", "lead", "contact", "other", "board_member", "liaison"}),
        (Marking.AMBER, {"coordinator", "lead", "contact", "board_member"}),
        (Marking.AMBER_STRICT, {"coordinator", "lead", "contact", "board_member"}),
        (Marking.RED, {"coordinator"}),
    ],
)
def test_the_marking_says_who_reads_and_coordinators_alone_change(
    database: Database, net: Net, sign_in: SignIn, marking: Marking, readers: set[str]
) -> None:
    with database.transaction() as session:
        draft = a_draft(
            net.london,
            marking=marking,
            partner_ids=frozenset({net.partner.id}),
            named=(net.coordinator.email,) if marking is Marking.RED else None,
        )
        edit_project(session, project(session, net.project_id), draft, reason="Agreed.", by=net.by)
    for name in ("coordinator", "lead", "contact", "other", "board_member", "liaison"):
        browser = sign_in(getattr(net, name))
        assert (browser.get(net.page).status_code == 200) is (name in readers), name
        assert ("First aid" in browser.get("/projects").text) is (name in readers), name
        if name != "coordinator":
            assert browser.get(f"{net.page}/edit").status_code == 403


@ON_SQLITE
def test_a_green_project_is_not_for_a_liaison_of_an_organisation_that_takes_no_part_or_has_left(
    database: Database, net: Net, sign_in: SignIn
) -> None:
    liaison = sign_in(net.liaison)
    assert liaison.get(net.page).status_code == 200
    with database.transaction() as session:
        found = project(session, net.project_id)
        found.partners[0].ends_on = NOW.date() - timedelta(days=1)
    assert liaison.get(net.page).status_code == 404
    with database.transaction() as session:
        found = project(session, net.project_id)
        found.partners[0].ends_on = None
        found.partners = []
    assert liaison.get(net.page).status_code == 404


def test_what_is_handed_over_is_owed_by_its_owner_until_it_is_done_with_evidence(
    coordinator: FlaskClient, contact: FlaskClient, database: Database, net: Net, deliverable_id: int
) -> None:
    here = f"/deliverables/{deliverable_id}/done"
    assert "The handbook as a draft" in text_of(contact.get("/desk"))
    assert here in contact.get("/desk").text
    bad = contact.post(here, data={"version": "1", "evidence": "yes"})
    assert bad.status_code == 400
    assert "Say what shows it" in text_of(bad)
    assert contact.post(here, data={"version": "1", "evidence": "It lies with the board."}).status_code == 303
    assert contact.post(here, data={"version": "2", "evidence": "It lies there twice."}).status_code == 409
    assert "The handbook as a draft" not in text_of(contact.get("/desk"))
    assert "It lies with the board." in text_of(coordinator.get(net.page))
    assert actions_about(database, f"deliverable:{deliverable_id}") == ["add deliverable", "hand over"]


@ON_SQLITE
def test_of_a_city_its_lead_owes_it_and_its_people_may_say_that_it_is_done(
    database: Database, net: Net, sign_in: SignIn
) -> None:
    with database.transaction() as session:
        of_city = a_deliverable(session, net, owner_city_id=net.london.id)
    assert "The handbook" in text_of(sign_in(net.lead).get("/desk"))
    assert "The handbook" not in text_of(sign_in(net.contact).get("/desk"))
    here = f"/deliverables/{of_city}/done"
    assert sign_in(net.other).get(here).status_code == 404
    sent = {"version": "1", "evidence": "It lies with the board."}
    assert sign_in(net.contact).post(here, data=sent).status_code == 303


@ON_SQLITE
def test_who_leaves_owes_nothing_and_the_coordinators_do(
    coordinator: FlaskClient, database: Database, net: Net, deliverable_id: int
) -> None:
    assert "The handbook" not in text_of(coordinator.get("/desk"))
    with database.transaction() as session:
        session.get_one(Person, net.contact.id).is_active = False
    assert "The handbook" in text_of(coordinator.get("/desk"))


@ON_SQLITE
@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"text": ""}, "Say what is handed over"),
        ({"owner": ""}, "Name who owes it"),
        ({"owner": "nobody@example.org"}, "nobody's address here"),
        ({"due_on": ""}, "Give the date"),
        ({"due_on": "3027-01-01"}, "Choose a year"),
    ],
)
def test_what_a_deliverable_cannot_be_is_said_at_its_field(
    coordinator: FlaskClient, net: Net, sent: dict[str, str], said: str
) -> None:
    values = {"text": "A film", "owner": net.contact.email, "owner_city_id": "0", "due_on": "2027-05-01"}
    answer = coordinator.post(f"{net.page}/deliverables/new", data=values | sent)
    assert answer.status_code == 400
    assert said in text_of(answer)
    assert "A film" not in text_of(coordinator.get(net.page))
    assert coordinator.post(f"{net.page}/deliverables/new", data=values).status_code == 303


@ON_SQLITE
def test_nobody_who_may_not_know_of_a_project_at_red_owes_anything_of_it(
    coordinator: FlaskClient, database: Database, net: Net, deliverable_id: int
) -> None:
    with database.transaction() as session:
        draft = a_draft(net.london, marking=Marking.RED, named=(net.coordinator.email,))
        edit_project(session, project(session, net.project_id), draft, reason="Agreed.", by=net.by)
    values = {"text": "A film", "owner": net.contact.email, "owner_city_id": "0", "due_on": "2027-05-01"}
    answer = coordinator.post(f"{net.page}/deliverables/new", data=values)
    assert answer.status_code == 400
    assert "may not know of this" in text_of(answer)
    assert "The handbook" in text_of(coordinator.get("/desk"))


@ON_SQLITE
def test_what_is_withdrawn_or_of_a_closed_project_nobody_owes(
    coordinator: FlaskClient, contact: FlaskClient, database: Database, net: Net, deliverable_id: int
) -> None:
    values = {
        "version": "1",
        "text": "The handbook as a draft",
        "owner": net.contact.email,
        "owner_city_id": "0",
        "due_on": DUE.isoformat(),
        "withdrawn_reason": "Another city wrote it.",
    }
    assert coordinator.post(f"/deliverables/{deliverable_id}/edit", data=values).status_code == 303
    assert "The handbook" not in text_of(contact.get("/desk"))
    assert "Another city wrote it." in text_of(coordinator.get(net.page))
    values |= {"version": "2", "withdrawn_reason": ""}
    assert coordinator.post(f"/deliverables/{deliverable_id}/edit", data=values).status_code == 303
    assert "The handbook" in text_of(contact.get("/desk"))
    closing = {"version": str(saved(database, net.project_id).version), "outcome": "It was dropped."}
    assert coordinator.post(f"{net.page}/close", data=closing).status_code == 303
    assert "The handbook" not in text_of(contact.get("/desk"))


@ON_SQLITE
def test_links_that_the_reader_may_not_know_of_are_not_named_and_saving_keeps_them(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    with database.transaction() as session:
        hidden = make_training(
            session, host_city=net.london, title="Canary", marking="TLP:RED", named_ids=[net.other.id]
        )
        found = project(session, net.project_id)
        found.trainings = [hidden]
        hidden_id = hidden.id
    assert "Canary" not in coordinator.get(net.page).text
    form = coordinator.get(f"{net.page}/edit").text
    assert "Canary" not in form
    assert "Something that is not open to you" in form
    sent = NEW | {"lead_city_id": str(net.london.id), "version": "1", "marking": "TLP:GREEN"}
    sent |= {"trainings": str(hidden_id)}
    assert coordinator.post(f"{net.page}/edit", data=sent).status_code == 303
    with database.reading() as session:
        assert [one.id for one in project(session, net.project_id).trainings] == [hidden_id]


@pytest.mark.parametrize("change", [{"evidence": "A sentence."}, {"owner_city_id": 1}, {"owner_id": None}])
def test_the_database_keeps_no_deliverable_without_one_owner_or_done_without_evidence(
    database: Database, net: Net, deliverable_id: int, change: dict[str, object]
) -> None:
    with pytest.raises(IntegrityError), database.transaction() as session:
        row = session.get_one(Deliverable, deliverable_id)
        for name, value in change.items():
            setattr(row, name, value)
