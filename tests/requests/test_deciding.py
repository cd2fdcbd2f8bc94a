"""Coordinators answer; originators decide on reports; what is released ends."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from exchange.db import Database
from exchange.duties.own_requests import forget_requests, forget_requests_of, requests_due
from exchange.mail.outbox.delivery import transport_for
from exchange.models import AuditEntry, City, Person, Role
from exchange.requests.queries import figures_of
from exchange.rules.duties.request_rules import RequestKind
from exchange.settings import Settings
from jobs.context import Context
from jobs.letters.remind_of_duties import remind_of_duties
from tests.factories import make_person, stage_plan
from tests.pages import text_of
from tests.requests.conftest import ASKS, EASTER, FORMAT, House, confirmed
from tests.sign_in import SignIn

REPORT = ASKS | {"document": "0", "other": "The report on drones", "words": "For our own exercise."}


def press(client: FlaskClient, house: House, deed: str, **typed: str) -> int:
    """The status of one deed on the first request, sent from the page as it stands."""
    made = house.asked()[0]
    fields = {f"{deed}-{name}": value for name, value in ({"version": str(made.version)} | typed).items()}
    return client.post(f"/requests/{made.id}", data=fields | {"do": deed}).status_code


def trail(database: Database, action: str) -> AuditEntry:
    with database.reading() as session:
        return session.exec(select(AuditEntry).where(AuditEntry.action == action)).one()


def test_the_coordinator_is_reminded_on_day_three_and_answers_once(
    house: House, app: Flask, sign_in: SignIn, settings: Settings
) -> None:
    visitor = app.test_client()
    link = confirmed(house, visitor, "accessible-format", FORMAT)
    cora = sign_in(house.cora)
    assert "Answer who asked for an accessible format" in text_of(cora.get("/desk"))
    transport = transport_for(settings)
    context = Context(house.database, settings, stage_plan(), transport, house.clock, worker="test:1")
    told = []
    for days in range(8):
        house.clock.set(EASTER + timedelta(days=days))
        before = len(house.letters(house.cora.email))
        remind_of_duties(context)
        if len(house.letters(house.cora.email)) > before:
            told.append((EASTER + timedelta(days=days)).date())
    transport.close()
    assert told == [date(2027, 4, 1)]
    assert "Petra" not in house.letters(house.cora.email)[-1].text
    cora = sign_in(house.cora)
    assert press(cora, house, "answer", outcome="") == 400
    assert press(cora, house, "answer", outcome="The file is on its way.") == 303
    assert press(cora, house, "answer", outcome="Again.") == 403
    assert "The file is on its way." in house.letters("petra@example.org")[-1].text
    assert len(house.letters("petra@example.org")) == 2
    assert "The file is on its way." in text_of(visitor.get(link))
    assert "Answer who asked" not in text_of(cora.get("/desk"))


def test_deeds_of_a_coordinator(house: House, app: Flask, sign_in: SignIn) -> None:
    confirmed(house, app.test_client(), "accessible-format", FORMAT)
    cora = sign_in(house.cora)
    assert press(cora, house, "extend", due_on="2027-04-01", reason="Too early.") == 400
    assert press(cora, house, "extend", due_on="9999-12-31", reason="A slip.") == 400
    assert press(cora, house, "extend", due_on="2027-04-12", reason="The printer is away.") == 303
    assert trail(house.database, "extend request").after == {"before": "2027-04-05", "due_on": "2027-04-12"}
    assert press(cora, house, "assign", person=str(house.cora.id)) == 303
    assert press(cora, house, "refuse", version="1", why_not="No.") == 409
    assert press(cora, house, "refuse", why_not="It is printed already.") == 303
    assert house.asked()[0].state == "refused"
    page = text_of(cora.get(f"/requests/{house.asked()[0].id}"))
    assert "Cora gave more days The printer is away." in page


def test_what_was_given_to_somebody_who_left_is_the_coordinators_again(
    house: House, app: Flask, sign_in: SignIn
) -> None:
    confirmed(house, app.test_client(), "accessible-format", FORMAT)
    cora = sign_in(house.cora)
    with house.database.transaction() as session:
        city = session.get_one(City, house.cora.city_id)
        dora = make_person(session, "Dora", city=city, roles=[Role.COORDINATOR])
        dora_id = dora.id
    assert press(cora, house, "assign", person=str(dora_id)) == 303
    assert "Answer who asked" not in text_of(cora.get("/desk"))
    with house.database.transaction() as session:
        session.get_one(Person, dora_id).is_active = False
    assert "Answer who asked" in text_of(cora.get("/desk"))


def test_lists_by_state_and_kind_and_the_year_in_figures(house: House, app: Flask, sign_in: SignIn) -> None:
    confirmed(house, app.test_client(), "accessible-format", FORMAT)
    app.test_client().post("/ask/join", data={"name": "N", "email": "n@example.org", "words": "Unconfirmed."})
    cora = sign_in(house.cora)
    assert "Request 1" in text_of(cora.get("/requests"))
    assert "Request 2" not in text_of(cora.get("/requests?which=all"))
    assert "There is no such request." in text_of(cora.get("/requests?which=late"))
    assert "There is no such request." in text_of(cora.get("/requests?kind=fault"))
    assert cora.get("/requests?which=nonsense&kind=nonsense").status_code == 200
    house.clock.set(datetime(2027, 4, 6, 10, tzinfo=UTC))
    cora = sign_in(house.cora)
    assert "Request 1" in text_of(cora.get("/requests?which=late"))
    press(cora, house, "answer", outcome="Late, and done.")
    with house.database.reading() as session:
        figures = figures_of(session, date(2027, 1, 1), date(2027, 12, 31))[RequestKind.FORMAT]
    assert (figures.asked, figures.answered, figures.refused, figures.late, figures.days) == (1, 1, 0, 1, 12)


def test_story_22_the_originator_decides_on_a_report_and_it_is_logged(
    house: House, app: Flask, sign_in: SignIn
) -> None:
    visitor = app.test_client()
    confirmed(house, visitor, "exercise-report", REPORT)
    cora = sign_in(house.cora)
    assert press(cora, house, "document", document=str(house.product_id)) == 303
    assert press(cora, house, "release", reason="I may not.") == 403, "it is not the coordinator's"
    assert sign_in(house.mia).get("/requests/1").status_code == 404
    decided_at = EASTER + timedelta(days=7)
    house.clock.set(decided_at)
    lea = sign_in(house.lea)
    assert "Decide on the release of a report" in text_of(lea.get("/desk"))
    assert press(lea, house, "release", reason="They train with us.") == 400, "above TLP:GREEN"
    assert press(lea, house, "release", reason="They train with us.", is_explicit="y") == 303
    logged = trail(house.database, "release request")
    assert (logged.actor_id, logged.at, logged.after["reason"]) == (
        house.lea.id,
        decided_at,
        "They train with us.",
    )
    link = house.link()
    assert link.startswith("/released/")
    shown = text_of(visitor.get(link))
    assert "What the drones taught" in shown
    assert "Doors were late" in shown
    house.clock.set(decided_at + timedelta(days=30))
    assert visitor.get(link).status_code == 200, "its last day is a whole one"
    house.clock.set(decided_at + timedelta(days=31))
    over = visitor.get(link)
    assert over.status_code == 410
    assert "This release has ended" in text_of(over)


def released(house: House, app: Flask, sign_in: SignIn) -> tuple[FlaskClient, str]:
    confirmed(house, app.test_client(), "exercise-report", REPORT)
    press(sign_in(house.cora), house, "document", document=str(house.product_id))
    alva = sign_in(house.alva)
    assert press(alva, house, "release", reason="As its author.", is_explicit="y") == 303
    return alva, house.link()


def test_a_release_is_revoked_and_ends_when_the_marking_rises(
    house: House, app: Flask, sign_in: SignIn
) -> None:
    alva, link = released(house, app, sign_in)
    assert app.test_client().get(link).status_code == 200
    house.remark("TLP:AMBER+STRICT")
    assert app.test_client().get(link).status_code == 410
    house.remark("TLP:AMBER")
    assert press(alva, house, "revoke", reason="A name stood in it.") == 303
    assert app.test_client().get(link).status_code == 410
    assert trail(house.database, "revoke request").after == {"reason": "A name stood in it."}


def test_a_release_ends_with_what_is_kept_of_whom_it_is_for(
    house: House, app: Flask, sign_in: SignIn
) -> None:
    _alva, link = released(house, app, sign_in)
    with house.database.transaction() as session:
        forget_requests_of(session, 0, ["petra@example.org"], EASTER)
    assert app.test_client().get(link).status_code == 410


def test_red_is_released_to_nobody_and_a_refusal_has_its_reason(
    house: House, app: Flask, sign_in: SignIn
) -> None:
    confirmed(house, app.test_client(), "exercise-report", REPORT)
    press(sign_in(house.cora), house, "document", document=str(house.product_id))
    house.remark("TLP:RED")
    lea = sign_in(house.lea)
    assert press(lea, house, "release", reason="All the same.", is_explicit="y") == 409
    assert press(lea, house, "refuse", why_not="It stays with those who were there.") == 303
    logged = trail(house.database, "refuse request")
    assert logged.after == {"reason": "It stays with those who were there."}
    assert "It stays with those who were there." in house.letters("petra@example.org")[-1].text


@pytest.mark.parametrize("who", ["lea", "mia", "alva"])
def test_requests_are_for_coordinators_alone(house: House, app: Flask, sign_in: SignIn, who: str) -> None:
    confirmed(house, app.test_client(), "accessible-format", FORMAT)
    client = sign_in(getattr(house, who))
    assert client.get("/requests").status_code == 403
    assert client.get("/requests/1").status_code == 404
    assert press(client, house, "answer", outcome="Mine.") == 404


def test_retention_forgets_who_asked_and_erasure_too(house: House, app: Flask, sign_in: SignIn) -> None:
    confirmed(house, app.test_client(), "accessible-format", FORMAT)
    press(sign_in(house.cora), house, "answer", outcome="Sent to Petra.")
    mia = sign_in(house.mia)
    mia.post("/ask/join", data={"words": "A seat for Mia."})
    app.test_client().post("/ask/join", data={"name": "N", "email": "n@example.org", "words": "Hm."})
    later = EASTER + timedelta(days=8)
    with house.database.transaction() as session:
        assert requests_due(session, EASTER + timedelta(days=1), later) == 2
        assert forget_requests(session, EASTER + timedelta(days=1), later) == 2
        mia_row = session.get_one(Person, house.mia.id)
        forget_requests_of(session, mia_row.id or 0, [mia_row.email], later)
    with house.database.reading() as session:
        assert requests_due(session, EASTER + timedelta(days=1), later) == 0
    found = [(one.state, one.name, one.email, one.words, one.outcome) for one in house.asked()]
    assert found == [("done", "", "", "", ""), ("withdrawn", "", "", "", "")]
