"""Letters that answer a deed are worded on the same pages, tried on real readers, and go out as worded."""

import re
from dataclasses import replace
from datetime import date, timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import col, select

from exchange.cycles import actions as cycles
from exchange.cycles.queries import cycle_to_change
from exchange.db import Database
from exchange.invitations import circle
from exchange.mail.telling import QUIET
from exchange.models import AuditEntry, City, Letter, LetterState, LetterWording, Role
from exchange.settings import Settings
from exchange.trainings import actions as trainings
from exchange.trainings import queries as training_queries
from exchange.trainings.drafts import draft_of
from tests.contributions.conftest import make_desk
from tests.door import Door
from tests.factories import make_city, make_person, stage_plan
from tests.hand_clock import HandClock
from tests.invitations.conftest import INVITED_AT, Post, event
from tests.invitations.test_changes import MONDAY, move_session, sent, tell
from tests.mail.letters import all_letters
from tests.mail.programme import three_city_cycle
from tests.wordings.test_wordings import page, post, readers_of

PLAN = stage_plan()
ROOM = "/letters/wordings"
CHANGED = "{changes}\n\n{own_time}\n\n{new_answer}\n\nMine, {name} of {city}."


def coordinator(database: Database, door: Door) -> FlaskClient:
    with database.transaction() as session:
        city = make_city(session, "Dublin")
        person = make_person(
            session, "Cora Dinator", email="cora@example.org", city=city, roles=[Role.COORDINATOR]
        )
    return door.let_in(person)


def word(client: FlaskClient, key: str, subject: str, body: str, opened: int = 0) -> None:
    answer = post(client, f"{ROOM}/{key}", "save", subject=subject, body=body, opened=str(opened))
    assert answer[0] == 303, answer


def letters(database: Database, kind: str, name: str = "") -> list[Letter]:
    return [one for one in all_letters(database) if one.kind == kind and name in ("", one.to_name)]


def test_receipt_and_passed_on_task_go_out_as_worded_for_their_cycle_or_the_network(
    app: Flask, database: Database, settings: Settings, clock: HandClock, door: Door
) -> None:
    desk = make_desk(app, database, settings, clock, door, title="Hostile drones")
    client, cycle_id = coordinator(database, door), desk.round.cycle.id
    assert "You stand in for its reader." in page(client, f"{ROOM}/receipt")
    assert "Cora Dinator" in page(client, f"{ROOM}/passed_on?cycle={cycle_id}")

    desk.browser().post(desk.links["Anna Contact"], data=desk.typed("Anna Contact"))
    word(client, "receipt", "Thanks until {last_day_short}", "{party}, number {number}, {marking}.")
    (waiting,) = letters(database, "receipt")
    assert (waiting.state, "Thank you." in waiting.text) == (LetterState.QUEUED, True)  # it keeps its words
    desk.browser().post(desk.links["Carl Contact"], data=desk.typed("Carl Contact"))
    (carl,) = letters(database, "receipt", "Carl Contact")
    assert carl.subject == "[TLP:GREEN] Thanks until Fri 29 Oct"
    assert "Washington DC, number 1, TLP:GREEN.\n" in carl.text

    of_cycle = f"receipt?cycle={cycle_id}"
    word(client, of_cycle, "Here: {title}", "It came on {moment} in {city}.")
    text = page(client, f"{ROOM}/{of_cycle}")
    assert {words.split(",")[0] for words in readers_of(text)} == {"Anna Contact", "Carl Contact"}
    assert "It came on Monday 18 October 2027, 10:00 in Washington DC." in text
    assert "As the last letter of this kind to this reader, about “Hostile drones”." in text
    desk.browser().post(desk.links["Emil Expert"], data=desk.typed("Emil Expert"))
    assert letters(database, "receipt", "Emil Expert")[0].subject == "[TLP:GREEN] Here: Hostile drones"

    task = "For {party} by {last_day}, asks {before}.\n\n{link}"
    word(client, "passed_on", "Yours by {last_day_short}: {title}", task)
    path = desk.links["Dora Chair"]
    desk.browser().post(f"{path}/pass", data={"person": str(desk.round.emil.id)})
    (passed,) = letters(database, "passed on")
    assert passed.subject == "[TLP:GREEN] Yours by Fri 29 Oct: Hostile drones"
    link = re.search(re.escape(settings.base_url) + r"(/answer/\S+)", passed.text)
    assert link
    assert desk.browser().get(link[1]).status_code == 200
    assert f'<a href="{link[0]}"' in passed.html
    text = page(client, f"{ROOM}/passed_on")
    assert "asks Dora Chair." in text
    assert "/answer/a-link-of-their-own" in text
    assert link[1] not in text


def test_a_moved_called_off_and_resumed_cycle_is_told_as_worded(
    app: Flask, database: Database, settings: Settings, clock: HandClock, door: Door
) -> None:
    with database.transaction() as session:
        three_city_cycle(session)
    clock.set(MONDAY)
    client, house = coordinator(database, door), Post(database, settings, clock)
    house.tick(MONDAY)
    sent(house)
    for key in ("change", "resumed", "cancelled", "postponed", "release"):
        text = page(client, f"{ROOM}/{key}?cycle=1")
        assert "written to you, as if it had just happened to “Hostile drones”" in text
        assert "Cora Dinator, Dublin" in text
    assert "New time, Thu 11 Feb, 14:00 in Dublin: Hostile drones" in page(client, f"{ROOM}/change")

    move_session(house, MONDAY, date(2027, 2, 18))
    assert tell(house, MONDAY + QUIET) == 4
    word(client, "change", "Look: {headline}", CHANGED)
    waiting = letters(database, "change", "Maria Ruiz")
    assert [(one.state, "Mine" in one.text) for one in waiting] == [(LetterState.QUEUED, False)]
    assert tell(house, MONDAY + 2 * QUIET) == 0  # nothing was taken back
    text = page(client, f"{ROOM}/change?cycle=1")
    assert set(readers_of(text)) == {
        "Maria Ruiz, Washington DC",
        "Tom Baker-Lane, London",
        "Priya Nair, London",
        "Åsa Öberg, Stockholm",
    }
    assert "was: Thursday 11 February 2027, " in text
    assert "/attend/a-link-of-their-own" in text
    sent(house)

    later = MONDAY + timedelta(hours=1)
    move_session(house, later, date(2027, 2, 25))
    assert tell(house, later + QUIET) == 4
    letter = letters(database, "change", "Maria Ruiz")[-1]
    assert letter.subject == "[TLP:GREEN] Look: New time, Thu 25 Feb, 09:00 in Washington DC"
    for words in (
        "was: Thursday 18 February",
        "In your time:",
        "/attend/",
        "Mine, Maria Ruiz of Washington DC.",
    ):
        assert words in letter.text
    assert "METHOD:REQUEST" in letter.calendar
    sent(house)

    word(client, "postponed", "Wait: {title}", "{meeting_when} is off.\n\nBecause: {reason}")
    word(client, "resumed?cycle=1", "Go: {headline}", CHANGED)
    off = MONDAY + timedelta(days=1)
    with database.transaction() as session:
        found = cycle_to_change(session, 1)
        cycles.postpone_cycle(session, found, reason="A flood", plan=PLAN, actor=None, now=off)
    tell(house, off + QUIET)
    letter = letters(database, "halt", "Maria Ruiz")[0]
    assert letter.subject == "[TLP:GREEN] Wait: Hostile drones"
    assert "Thursday 25 February 2027, 09:00 in Washington DC is off.\n\nBecause: A flood\n" in letter.text
    sent(house)
    on = off + timedelta(days=1)
    with database.transaction() as session:
        found = cycle_to_change(session, 1)
        cycles.resume_cycle(session, found, date(2027, 2, 15), plan=PLAN, actor=None, now=on, reason="Dry")
    tell(house, on + QUIET)
    letter = letters(database, "change", "Maria Ruiz")[-1]
    assert letter.subject.startswith("[TLP:GREEN] Go: On again, ")
    assert "Mine, Maria Ruiz of Washington DC." in letter.text
    for key, words in (
        ("postponed", "Because: (here the reason that is given)"),
        ("resumed", "On again, "),
        ("change", "Look: "),
    ):
        text = page(client, f"{ROOM}/{key}?cycle=1")
        assert "As the last letter of this kind to this reader" in text
        assert words in text


def test_a_cancelled_event_and_a_withdrawn_invitation_are_told_as_worded(
    app: Flask, database: Database, settings: Settings, clock: HandClock, door: Door
) -> None:
    with database.transaction() as session:
        event(session)
    clock.set(INVITED_AT)
    client, house = coordinator(database, door), Post(database, settings, clock)
    assert house.tick(INVITED_AT) == 3
    sent(house)
    assert "Table-top on drones" in page(client, f"{ROOM}/cancelled")
    word(client, "release", "Free on {meeting_when_short}", "You need not come to {title}, {meeting_when}.")
    word(client, "cancelled", "Off: {title}", "Stay at home: {reason}")
    with database.transaction() as session:
        found = training_queries.training(session, 1)
        ids = session.exec(select(City.id).where(col(City.name).in_(("Stockholm", "London")))).all()
        draft = replace(draft_of(found), city_ids=frozenset(ids))
        trainings.edit_training(session, found, draft, actor=None, now=INVITED_AT)
        assert circle.release(session, plan=PLAN, settings=settings, now=INVITED_AT) == 1
    (letter,) = letters(database, "release")
    assert letter.subject == "[TLP:GREEN] Free on Thu 11 Mar, 04:00 in Washington DC"
    assert "You need not come to Table-top on drones, Thursday 11 March 2027, 04:00" in letter.text
    assert "METHOD:CANCEL" in letter.calendar
    text = page(client, f"{ROOM}/release")
    assert list(readers_of(text)) == ["Maria Ruiz, Washington DC"]
    assert "Free on Thu 11 Mar, 04:00 in Washington DC" in text
    with database.transaction() as session:
        found = training_queries.training(session, 1)
        trainings.cancel_training(session, found, reason="A flood", actor=None, now=INVITED_AT)
    assert tell(house, INVITED_AT + QUIET) == 2
    assert {one.subject for one in letters(database, "halt")} == {"[TLP:GREEN] Off: Table-top on drones"}
    assert all("Stay at home: A flood\n" in one.text for one in letters(database, "halt"))
    assert set(readers_of(page(client, f"{ROOM}/cancelled"))) == {
        "Tom Baker-Lane, London",
        "Åsa Öberg, Stockholm",
    }


def test_the_sign_in_letter_is_worded_for_the_network_alone_and_keeps_its_link(
    app: Flask, database: Database, door: Door
) -> None:
    client = coordinator(database, door)
    path = f"{ROOM}/sign_in"
    assert "None has gone out yet: written to you." in page(client, path)
    assert "Worded once for the whole network." in page(client, path)
    with database.transaction() as session:
        three_city_cycle(session)
    for of_cycle, count in (("", 1), ("?cycle=1", 0)):
        assert page(client, ROOM + of_cycle).count(">Sign-in link</a>") == count
        assert page(client, ROOM + of_cycle).count(">Cancellation</a>") == 1
    assert client.get(f"{path}?cycle=1").status_code == 404
    without = {"subject": "In: {short}", "body": "Hello {nmae}.\n\nCome in."}
    status, text = post(client, path, "save", **without)
    assert status == 400
    assert "Line 1, column 7: There is no placeholder {nmae} in this letter. Did you mean {name}?" in text
    assert "Line 3, column 9: This letter cannot do without {link}: write it here, or further up." in text
    assert "Mend what is wrong above" in text
    with database.reading() as session:
        assert session.exec(select(LetterWording)).all() == []

    word(client, "sign_in", "In: {short}", "Come in, {name}, for {minutes} minutes:\n{link}")
    visitor = app.test_client()
    assert visitor.post("/sign-in", data={"email": "cora@example.org"}).status_code == 303
    (letter,) = letters(database, "sign-in")
    assert letter.subject == "In: CTPN"
    found = re.search(r"(/sign-in/\S+)", letter.text)
    assert found
    assert "Come in, Cora Dinator, for 20 minutes:\n" in letter.text
    text = page(client, path)
    assert "As the last letter of this kind to this reader. Personal links are left out." in text
    assert "/sign-in/a-link-of-their-own" in text
    assert found[1] not in text
    assert post(client, path, "send", subject="Try", body="At {link}", opened="1")[0] == 200
    (trial,) = letters(database, "trial")
    assert (trial.to_name, trial.subject) == ("Cora Dinator", "Try")
    assert "/sign-in/a-link-of-their-own" in trial.text
    assert visitor.post(found[1]).status_code == 303

    assert "<ins>In: {short}</ins>" in page(client, path)
    assert post(client, path, "default", subject="x", body="x", opened="1")[0] == 303
    assert "went back to the default" in page(client, path)
    app.test_client().post("/sign-in", data={"email": "cora@example.org"})
    assert "Your sign-in link for" in letters(database, "sign-in")[-1].subject
    with database.reading() as session:
        entries = session.exec(select(AuditEntry).where(AuditEntry.subject == "wording:sign_in:network"))
        assert [entry.action for entry in entries] == ["word letter", "word letter as it came"]
