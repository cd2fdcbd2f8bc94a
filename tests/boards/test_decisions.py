"""Decisions: written down, found again, and what is refused."""

from collections.abc import Mapping
from datetime import date

import pytest
from sqlmodel import select

from exchange.boards import decision_actions
from exchange.db import Database
from exchange.errors import InvalidInput
from exchange.models import AuditEntry, Person, Role
from exchange.rules.markings.tlp_labels import Marking
from exchange.web.presentation.decision_choices import decision_choices
from tests.access.routes import ON_SQLITE
from tests.boards.conftest import MEETS_ON, Net, a_decision, planned, published
from tests.factories import make_person, make_theme
from tests.pages import form_values, text_of
from tests.sign_in import SignIn

TYPED = {
    "reference": "ADD2634",
    "title": "The agreement goes on for a year",
    "decided_on": "2027-02-11",
    "publication_status": "not published",
    "meeting_id": "0",
    "marking": "TLP:GREEN",
}


@ON_SQLITE
def test_a_decision_is_written_found_and_changed(database: Database, net: Net, sign_in: SignIn) -> None:
    with database.transaction() as session:
        theme_id = make_theme(session, "Hostile drones").id
    client = sign_in(net.coordinator)
    typed = {**TYPED, "board_id": str(net.board.id), "themes": str(theme_id), "text": "It *stands*."}
    made = client.post("/governance/decisions/new", data=typed)
    assert made.status_code == 303
    page = made.headers["Location"]
    assert "Hostile drones" in text_of(client.get(page))
    for search, is_found in (("add26", True), ("drones agreement", True), ("budget", False)):
        found = text_of(client.get("/governance/decisions", query_string={"search": search}))
        assert ("ADD2634" in found) is is_found
    form = form_values(client.get(f"{page}/edit"))
    form["publication_status"], form["published_on"] = "published in full", "2027-03-01"
    assert client.post(f"{page}/edit", data=form).status_code == 303
    assert "Published in full, Mon 1 Mar 2027" in text_of(client.get(page))
    assert client.post(f"{page}/edit", data=form).status_code == 409
    assert sign_in(net.chair).get(f"{page}/edit").status_code == 403
    with database.reading() as session:
        done = session.exec(select(AuditEntry.action).where(AuditEntry.subject == "decision:1")).all()
    assert sorted(done) == ["edit decision", "write decision"]


@ON_SQLITE
@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"reference": ""}, "Give the reference"),
        ({"reference": "add2633"}, "There is a decision with this reference already"),
        ({"title": ""}, "Say in a line"),
        ({"decided_on": ""}, "Give the date"),
        ({"decided_on": "2027-02-10", "meeting_id": "1"}, "decided before its meeting"),
        ({"meeting_id": "2"}, "does not take place"),
        ({"link": "www.example.org"}, "begins with https://"),
        ({"published_on": "2027-03-01"}, "say whether in full or in part"),
        ({"marking": "TLP:RED"}, "give the e-mail address of each"),
        ({"text": "TOP SECRET"}, "SECRET"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    database: Database, net: Net, sign_in: SignIn, typed: Mapping[str, str], words: str
) -> None:
    with database.transaction() as session:
        published(session, net)
        planned(session, net)
        decision_actions.write_decision(session, a_decision(net, reference="ADD2633"), by=net.by())
    sent = {**TYPED, "board_id": str(net.board.id), **typed}
    refused = sign_in(net.coordinator).post("/governance/decisions/new", data=sent)
    assert refused.status_code == 400
    assert words in text_of(refused)


@ON_SQLITE
def test_a_meeting_of_another_board_took_no_such_decision(database: Database, net: Net) -> None:
    with database.transaction() as session:
        meeting = published(session, net)
        draft = a_decision(net, board_id=net.academic.id, meeting_id=meeting.id)
        with pytest.raises(InvalidInput) as refused:
            decision_actions.write_decision(session, draft, by=net.by())
        assert refused.value.field == "meeting_id"
        decision_actions.write_decision(
            session, a_decision(net, meeting_id=meeting.id, decided_on=MEETS_ON), by=net.by()
        )


@ON_SQLITE
@pytest.mark.parametrize(
    ("marking", "readers"),
    [
        (Marking.CLEAR, {"coordinator", "chair", "member", "other", "lead", "auditor"}),
        (Marking.GREEN, {"coordinator", "chair", "member", "other", "lead", "auditor"}),
        (Marking.AMBER, {"coordinator", "chair", "member", "other", "auditor"}),
        (Marking.AMBER_STRICT, {"coordinator", "chair", "member", "auditor"}),
        (Marking.RED, {"member"}),
    ],
)
def test_who_reads_a_decision(
    database: Database, net: Net, sign_in: SignIn, marking: Marking, readers: set[str]
) -> None:
    named = (net.member.email,) if marking is Marking.RED else None
    with database.transaction() as session:
        auditor = make_person(session, city=net.sydney, roles=[Role.AUDITOR])
        made = decision_actions.write_decision(
            session, a_decision(net, marking=marking, named=named), by=net.by()
        )
        page = f"/governance/decisions/{made.id}"
    people: dict[str, Person] = {
        who: getattr(net, who) for who in ("coordinator", "chair", "member", "other")
    }
    for who, person in (people | {"lead": net.lead, "auditor": auditor}).items():
        client = sign_in(person)
        assert client.get(page).status_code == (200 if who in readers else 404), who
        listed = text_of(client.get("/governance/decisions"))
        assert ("ADD2634" in listed) is (who in readers), who


@ON_SQLITE
def test_other_forms_offer_the_decisions_that_their_reader_may_know(
    database: Database, net: Net, sign_in: SignIn
) -> None:
    with database.transaction() as session:
        draft = a_decision(net, marking=Marking.RED, named=(net.member.email,), reference="R1")
        red = decision_actions.write_decision(session, draft, by=net.by()).id or 0
        made = decision_actions.write_decision(session, a_decision(net), by=net.by()).id or 0
    app = sign_in.app
    with app.test_request_context(), database.reading() as session:
        assert [one.value for one in decision_choices(session)] == [0]
        assert [one.value for one in decision_choices(session, red)] == [0, red]
        assert "R1" not in str([one.label for one in decision_choices(session, red)])
    assert made


@ON_SQLITE
def test_decided_on_its_meeting_day_is_in_time(database: Database, net: Net) -> None:
    with database.transaction() as session:
        meeting = published(session, net)
        draft = a_decision(net, meeting_id=meeting.id, decided_on=date(2027, 2, 12))
        assert decision_actions.write_decision(session, draft, by=net.by()).meeting_id == meeting.id
