"""Who holds a cycle up, a nudge that is the week's letter, and the ladder of one cycle."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, select

from exchange.answering.asks import asked_people
from exchange.audit import people_named
from exchange.db import Database
from exchange.mail.outbox.letter_queue import queue
from exchange.mail.outbox.withdrawals import withdraw_chasing
from exchange.models import AskParty, AuditEntry, Cycle, LadderChange, Letter, LetterState, Person, Role
from exchange.rules.programme.stage_plan import CycleAsk
from exchange.settings import Settings
from tests.answering.asked import answer
from tests.factories import make_city, make_person, stage_plan
from tests.hand_clock import HandClock
from tests.mail.letters import LETTER, all_letters
from tests.mail.schedule.test_chase_letters import ask_everybody, with_leads
from tests.queueing import queue_due
from tests.sign_in import SignIn

PLAN = stage_plan()
CLARA = "Clara Fixit"
TUESDAY = datetime(2027, 2, 2, 15, tzinfo=UTC)  # of week 4: 16:00 in Stockholm, 10:00 in Washington


@pytest.fixture
def coordinator(database: Database, sign_in: SignIn, clock: HandClock) -> FlaskClient:
    """A coordinator in Dublin; everybody was asked, and Tom answered for London."""
    clock.set(TUESDAY)
    with database.transaction() as session:
        cycle = with_leads(session)
        ask_everybody(session, cycle)
        tom = session.exec(select(Person).where(Person.name == "Tom Baker-Lane")).one()
        (row,) = asked_people(session, cycle, CycleAsk.CITIES, tom, plan=PLAN, now=TUESDAY)
        answer(session, row)
        person = make_person(session, CLARA, city=make_city(session, "Dublin"), roles=[Role.COORDINATOR])
    return sign_in(person)


def page(client: FlaskClient, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return " ".join(response.get_data(as_text=True).split())


def party_of(database: Database, city: str) -> int:
    with database.reading() as session:
        rows = session.exec(select(AskParty)).all()
        return next(row.id or 0 for row in rows if row.city and row.city.name == city)


def chasing(database: Database) -> list[tuple[str, str]]:
    letters = all_letters(database)
    return sorted((one.kind, one.to_name) for one in letters if "_" in one.kind)


def tick(database: Database, at: datetime) -> None:
    with database.transaction() as session:
        queue_due(session, plan=PLAN, settings=Settings(), now=at)


def test_the_page_says_by_city_and_by_group_who_is_silent(coordinator: FlaskClient) -> None:
    text = page(coordinator, "/cycles/1/silence")
    assert "/cycles/1/silence" in page(coordinator, "/cycles/1")
    assert text.index("Stockholm") < text.index("London")  # the silent first
    assert "Åsa Öberg, Lars Lead" in text
    assert "Nobody is silent" in text
    assert "Drone experts" in text
    assert "Fri 5 Feb 2027" in text


def test_a_nudge_is_the_weeks_letter_and_a_second_one_is_refused_with_its_date(
    coordinator: FlaskClient, database: Database
) -> None:
    path = f"/cycles/1/silence/{party_of(database, 'Stockholm')}/nudge"
    assert "Remind Stockholm" in page(coordinator, path)
    assert chasing(database) == []  # a look changes nothing
    answered = coordinator.post(path, follow_redirects=True)
    assert "Reminded: Åsa Öberg, Lars Lead." in answered.get_data(as_text=True)
    assert chasing(database) == [("E3_nudge", "Lars Lead"), ("E3_nudge", "Åsa Öberg")]
    (letter, _) = [one for one in all_letters(database) if one.kind == "E3_nudge"]
    assert letter.subject == "[TLP:GREEN] In 3 days: your answer is due Fri 5 Feb: Hostile drones"
    assert letter.due_at == TUESDAY
    assert "/answer/" in letter.text
    refused = coordinator.post(path)
    assert refused.status_code == 409
    assert "this week’s letter: the last is of Tue 2 Feb 2027" in refused.get_data(as_text=True)
    tick(database, TUESDAY + timedelta(days=2))  # the day before: Stockholm has had its letter
    assert ("E3_day_before", "Maria Ruiz") in chasing(database)
    assert not [name for kind, name in chasing(database) if kind == "E3_day_before" and name in STOCKHOLM]
    with database.reading() as session:
        action = session.exec(select(AuditEntry).where(AuditEntry.action == "nudge")).one()
        assert action.after is not None
        called = people_named(session, [action])
        assert [called[int(one.removeprefix("person:"))] for one in action.after["people"]] == [
            "Åsa Öberg",
            "Lars Lead",
        ]


STOCKHOLM = ("Åsa Öberg", "Lars Lead")


def test_who_waits_for_the_letter_with_the_questions_is_not_called_silent_nor_reminded(
    coordinator: FlaskClient, database: Database
) -> None:
    """A cycle published in the evening asks in the morning: a reminder would come with the question."""
    with database.transaction() as session:
        for name in STOCKHOLM:
            person = session.exec(select(Person).where(Person.name == name)).one()
            values = {"due_at": TUESDAY, "useless_after": None, "now": TUESDAY, "cycle_id": 1}
            assert queue(session, LETTER, to=person, once_key=name, kind="E3", why="", **values)
    text = page(coordinator, "/cycles/1/silence")
    assert "Letter waits" in text
    assert "Not asked yet" in text
    path = f"/cycles/1/silence/{party_of(database, 'Stockholm')}/nudge"
    assert "has not left yet" in page(coordinator, path)
    assert coordinator.post(path).status_code == 409
    assert chasing(database) == []


def test_questions_that_go_along_in_another_letter_have_not_left_either(
    coordinator: FlaskClient, database: Database
) -> None:
    """Only the letter's own kind was looked at: the reminder came before the questions."""
    inside = replace(LETTER, tells={"after": {}, "carried": [["cycle:1:E3:7", "E3"]]})
    beside = replace(LETTER, tells={"after": {}, "carried": [["cycle:1:E3-groups:7", "E3-groups"]]})
    with database.transaction() as session:
        for name, letter in zip(STOCKHOLM, (inside, beside), strict=True):
            person = session.exec(select(Person).where(Person.name == name)).one()
            values = {"due_at": TUESDAY, "now": TUESDAY, "cycle_id": 1}
            assert queue(session, letter, to=person, once_key=name, kind="E3-groups_chair", why="", **values)
    path = f"/cycles/1/silence/{party_of(database, 'Stockholm')}/nudge"
    assert coordinator.post(path).status_code == 303
    assert chasing(database) == [
        *(("E3-groups_chair", name) for name in sorted(STOCKHOLM)),
        ("E3_nudge", "Lars Lead"),  # what waits for him holds no questions of his city's
    ]


def test_a_nudge_next_week_is_another_letter_and_one_after_the_last_day_says_so(
    coordinator: FlaskClient, database: Database, clock: HandClock, sign_in: SignIn
) -> None:
    path = f"/cycles/1/silence/{party_of(database, 'Washington DC')}/nudge"
    assert coordinator.post(path).status_code == 303
    clock.set(TUESDAY + timedelta(days=5))  # Sunday: it waits for the Monday morning, and has that week
    with database.reading() as session:
        clara = session.exec(select(Person).where(Person.name == CLARA)).one()
    coordinator = sign_in(clara)  # the session of Tuesday is over
    assert coordinator.post(path).status_code == 303
    letters = [one for one in all_letters(database) if one.kind == "E3_nudge" and one.to_name == "Maria Ruiz"]
    assert [one.due_at for one in letters] == [TUESDAY, datetime(2027, 2, 8, 14, tzinfo=UTC)]
    assert letters[1].subject == "[TLP:GREEN] Your answer was due Fri 5 Feb: Hostile drones"
    assert coordinator.post(path).status_code == 409


def test_a_nudge_that_waits_when_somebody_answers_still_goes_to_who_is_silent(
    coordinator: FlaskClient, database: Database, clock: HandClock, sign_in: SignIn
) -> None:
    """A reminder by hand of the weekend was taken back by anybody's answer, and no tick wrote it anew."""
    clock.set(TUESDAY + timedelta(days=5))  # Sunday
    with database.reading() as session:
        clara = session.exec(select(Person).where(Person.name == CLARA)).one()
    coordinator = sign_in(clara)
    for city in ("Washington DC", "Stockholm"):
        path = f"/cycles/1/silence/{party_of(database, city)}/nudge"
        assert coordinator.post(path).status_code == 303
    with database.transaction() as session:
        answered = session.exec(select(Person).where(Person.name == "Åsa Öberg")).one()
        cycle = session.get_one(Cycle, 1)
        (row,) = asked_people(session, cycle, CycleAsk.CITIES, answered, plan=PLAN, now=TUESDAY)
        answer(session, row)
        withdraw_chasing(session, 1, "Somebody answered.")
    tick(database, datetime(2027, 2, 8, 13, 59, tzinfo=UTC))  # 08:59 in Washington
    assert {one.state for one in nudges(database)} == {LetterState.WITHDRAWN}
    tick(database, datetime(2027, 2, 8, 14, tzinfo=UTC))
    waiting = [one for one in nudges(database) if one.state == LetterState.QUEUED]
    assert [one.to_name for one in waiting] == ["Maria Ruiz"]  # nobody of Stockholm
    assert waiting[0].due_at == datetime(2027, 2, 8, 14, tzinfo=UTC)
    assert ("E3_lead", "Lou Lead") in chasing(database)  # the escalation of that morning has his week
    tick(database, datetime(2027, 2, 8, 14, 1, tzinfo=UTC))
    assert len(nudges(database)) == 4  # once


def nudges(database: Database) -> list[Letter]:
    return [one for one in all_letters(database) if one.kind == "E3_nudge"]


def test_who_answered_is_not_nudged_and_nobody_is_for_a_cycle_that_was_called_off(
    coordinator: FlaskClient, database: Database
) -> None:
    london = f"/cycles/1/silence/{party_of(database, 'London')}/nudge"
    refused = coordinator.post(london)
    assert refused.status_code == 409
    assert "Nobody is silent there any more." in refused.get_data(as_text=True)
    assert coordinator.get("/cycles/1/silence/9999/nudge").status_code == 404
    assert coordinator.get("/cycles/77/silence").status_code == 404
    with database.transaction() as session:
        session.get_one(Cycle, 1).postponed_at = TUESDAY
    stockholm = f"/cycles/1/silence/{party_of(database, 'Stockholm')}/nudge"
    assert coordinator.post(stockholm).status_code == 409
    assert chasing(database) == []


def form_of(session: Session, **changed: str) -> dict[str, str]:
    fields = {}
    for number, step in enumerate(PLAN.chasing):
        fields |= {f"on_{number}": "y", f"days_{number}": str(step.days)}
    return {name: value for name, value in (fields | changed).items() if value}


def test_a_cycle_changes_its_ladder_and_what_waits_is_planned_anew(
    coordinator: FlaskClient, database: Database
) -> None:
    tick(database, datetime(2027, 2, 4, 15, tzinfo=UTC))
    assert ("E3_day_before", "Åsa Öberg") in chasing(database)
    with database.reading() as session:
        fields = form_of(session, on_1="", days_3="3")
    assert "Answer is due tomorrow" in page(coordinator, "/cycles/1/ladder")
    assert coordinator.post("/cycles/1/ladder", data=fields).status_code == 303
    with database.reading() as session:
        rows = {row.step: (row.is_off, row.days) for row in session.exec(select(LadderChange))}
        assert rows == {"day_before": (True, -1), "lead": (False, 3)}
        states = {one.state for one in session.exec(select(Letter)) if one.kind == "E3_day_before"}
        assert states == {LetterState.WITHDRAWN}
        fields = form_of(session)
    tick(database, datetime(2027, 2, 8, 15, tzinfo=UTC))
    tick(database, datetime(2027, 2, 9, 15, tzinfo=UTC))
    assert ("E3_lead", "Lars Lead") in chasing(database)
    assert coordinator.post("/cycles/1/ladder", data=fields).status_code == 303  # as the plan has it
    with database.reading() as session:
        assert session.exec(select(LadderChange)).all() == []
    wrong = coordinator.post("/cycles/1/ladder", data=fields | {"days_0": "400"})
    assert wrong.status_code == 400


@pytest.mark.parametrize("path", ["/cycles/1/silence", "/cycles/1/ladder", "/cycles/1/rehearsal"])
def test_a_city_contact_sees_no_page_of_silence(database: Database, sign_in: SignIn, path: str) -> None:
    with database.transaction() as session:
        contact = make_person(session, city=make_city(session))
    assert sign_in(contact).get(path).status_code == 403
