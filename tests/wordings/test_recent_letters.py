"""Letters that answer an action are worded on the same pages, tried on real readers, and go out as worded."""

import re
from dataclasses import replace
from datetime import date, timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import col, select

from exchange.cycles import actions as cycles
from exchange.cycles.queries import cycle_to_change
from exchange.db import Database
from exchange.mail.schedule.told_dates import QUIET
from exchange.models import AuditEntry, City, Letter, LetterState, LetterWording, Person, Role
from exchange.network.actions.people import edit_person
from exchange.network.drafts import draft_of_person
from exchange.settings import Settings
from exchange.trainings import actions as trainings
from exchange.trainings import queries as training_queries
from exchange.trainings.drafts import draft_of
from tests.accounts.conftest import set_up
from tests.contributions.conftest import make_asked_cycle
from tests.factories import make_city, make_person, stage_plan
from tests.hand_clock import HandClock
from tests.invitations.conftest import INVITED_AT, Post, event
from tests.invitations.test_change_announcements import MONDAY, move_session, sent, tell
from tests.mail.letters import all_letters
from tests.mail.programme import three_city_cycle
from tests.queueing import release_all
from tests.sign_in import SignIn, answer_asked
from tests.wordings.test_wordings import page, post, readers_of

PLAN = stage_plan()
PAGES = "/letters/wordings"
CHANGED = "{changes}\n\n{own_time}\n\n{new_answer}\n\nMine, {name} of {city}."


def coordinator(database: Database, sign_in: SignIn) -> FlaskClient:
    with database.transaction() as session:
        city = make_city(session, "Dublin")
        person = make_person(
            session, "Cora Dinator", email="cora@example.org", city=city, roles=[Role.COORDINATOR]
        )
    return sign_in(person)


def word(client: FlaskClient, key: str, subject: str, body: str, opened: int = 0) -> None:
    answer = post(client, f"{PAGES}/{key}", "save", subject=subject, body=body, opened=str(opened))
    assert answer[0] == 303, answer


def letters(database: Database, kind: str, name: str = "") -> list[Letter]:
    return [one for one in all_letters(database) if one.kind == kind and name in ("", one.to_name)]


def test_receipt_and_passed_on_task_go_out_as_worded_for_their_cycle_or_the_network(
    app: Flask, database: Database, settings: Settings, clock: HandClock, sign_in: SignIn
) -> None:
    asking = make_asked_cycle(app, database, settings, clock, sign_in, title="Hostile drones")
    client, cycle_id = coordinator(database, sign_in), asking.round.cycle.id
    assert "You stand in for its reader." in page(client, f"{PAGES}/receipt")
    assert "Cora Dinator" in page(client, f"{PAGES}/passed_on?cycle={cycle_id}")

    asking.browser().post(asking.links["Anna Contact"], data=asking.typed("Anna Contact"))
    word(client, "receipt", "Thanks until {last_day_short}", "{party}, number {number}, {marking}.")
    (waiting,) = letters(database, "receipt")
    assert (waiting.state, "Thank you." in waiting.text) == (LetterState.QUEUED, True)  # it keeps its words
    asking.browser().post(asking.links["Carl Contact"], data=asking.typed("Carl Contact"))
    (carl,) = letters(database, "receipt", "Carl Contact")
    assert carl.subject == "[TLP:GREEN] Thanks until Fri 29 Oct"
    assert "Washington DC, number 1, TLP:GREEN.\n" in carl.text

    of_cycle = f"receipt?cycle={cycle_id}"
    word(client, of_cycle, "Here: {title}", "It came on {moment} in {city}.")
    text = page(client, f"{PAGES}/{of_cycle}")
    assert {words.split(",")[0] for words in readers_of(text)} == {"Anna Contact", "Carl Contact"}
    assert "It came on Monday 18 October 2027, 10:00 in Washington DC." in text
    assert "As the last letter of this kind to this reader, about “Hostile drones”." in text
    asking.browser().post(asking.links["Emil Expert"], data=asking.typed("Emil Expert"))
    assert letters(database, "receipt", "Emil Expert")[0].subject == "[TLP:GREEN] Here: Hostile drones"

    task = "For {party} by {last_day}, asks {before}.\n\n{link}"
    word(client, "passed_on", "Yours by {last_day_short}: {title}", task)
    path = asking.links["Dora Chair"]
    asking.browser().post(f"{path}/pass", data={"person": str(asking.round.emil.id)})
    (passed,) = letters(database, "passed on")
    assert passed.subject == "[TLP:GREEN] Yours by Fri 29 Oct: Hostile drones"
    link = re.search(re.escape(settings.base_url) + r"(/answer/\S+)", passed.text)
    assert link
    assert asking.browser().get(link[1]).status_code == 200
    assert f'<a href="{link[0]}"' in passed.html
    text = page(client, f"{PAGES}/passed_on")
    assert "asks Dora Chair." in text
    assert "/answer/a-link-of-their-own" in text
    assert link[1] not in text


def test_a_moved_called_off_and_resumed_cycle_is_told_as_worded(
    app: Flask, database: Database, settings: Settings, clock: HandClock, sign_in: SignIn
) -> None:
    with database.transaction() as session:
        three_city_cycle(session)
    clock.set(MONDAY)
    client, outbox = coordinator(database, sign_in), Post(database, settings, clock)
    outbox.tick(MONDAY)
    sent(outbox)
    for key in ("change", "resumed", "cancelled", "postponed", "release"):
        text = page(client, f"{PAGES}/{key}?cycle=1")
        assert "written to you, as if it had just happened to “Hostile drones”" in text
        assert "Cora Dinator, Dublin" in text
    assert "New time, Thu 11 Feb, 14:00 in Dublin: Hostile drones" in page(client, f"{PAGES}/change")

    move_session(outbox, MONDAY, date(2027, 2, 18))
    assert tell(outbox, MONDAY + QUIET) == 4
    word(client, "change", "Look: {headline}", CHANGED)
    waiting = letters(database, "change", "Maria Ruiz")
    assert [(one.state, "Mine" in one.text) for one in waiting] == [(LetterState.QUEUED, False)]
    assert tell(outbox, MONDAY + 2 * QUIET) == 0  # nothing was taken back
    text = page(client, f"{PAGES}/change?cycle=1")
    assert set(readers_of(text)) == {
        "Maria Ruiz, Washington DC",
        "Tom Baker-Lane, London",
        "Priya Nair, London",
        "Åsa Öberg, Stockholm",
    }
    assert "was: Thursday 11 February 2027, " in text
    assert "/attend/a-link-of-their-own" in text
    sent(outbox)

    later = MONDAY + timedelta(hours=1)
    move_session(outbox, later, date(2027, 2, 25))
    assert tell(outbox, later + QUIET) == 4
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
    sent(outbox)

    word(client, "postponed", "Wait: {title}", "{meeting_when} is off.\n\nBecause: {reason}")
    word(client, "resumed?cycle=1", "Go: {headline}", CHANGED)
    off = MONDAY + timedelta(days=1)
    with database.transaction() as session:
        found = cycle_to_change(session, 1)
        cycles.postpone_cycle(session, found, reason="A flood", plan=PLAN, actor=None, now=off)
    tell(outbox, off + QUIET)
    letter = letters(database, "halt", "Maria Ruiz")[0]
    assert letter.subject == "[TLP:GREEN] Wait: Hostile drones"
    assert "Thursday 25 February 2027, 09:00 in Washington DC is off.\n\nBecause: A flood\n" in letter.text
    sent(outbox)
    on = off + timedelta(days=1)
    with database.transaction() as session:
        found = cycle_to_change(session, 1)
        cycles.resume_cycle(session, found, date(2027, 2, 15), plan=PLAN, actor=None, now=on, reason="Dry")
    tell(outbox, on + QUIET)
    letter = letters(database, "change", "Maria Ruiz")[-1]
    assert letter.subject.startswith("[TLP:GREEN] Go: On again, ")
    assert "Mine, Maria Ruiz of Washington DC." in letter.text
    for key, words in (
        ("postponed", "Because: (here the reason that is given)"),
        ("resumed", "On again, "),
        ("change", "Look: "),
    ):
        text = page(client, f"{PAGES}/{key}?cycle=1")
        assert "As the last letter of this kind to this reader" in text
        assert words in text


def test_a_cancelled_event_and_a_withdrawn_invitation_are_told_as_worded(
    app: Flask, database: Database, settings: Settings, clock: HandClock, sign_in: SignIn
) -> None:
    with database.transaction() as session:
        event(session)
    clock.set(INVITED_AT)
    client, outbox = coordinator(database, sign_in), Post(database, settings, clock)
    assert outbox.tick(INVITED_AT) == 3
    sent(outbox)
    assert "Table-top on drones" in page(client, f"{PAGES}/cancelled")
    word(client, "release", "Free on {meeting_when_short}", "You need not come to {title}, {meeting_when}.")
    word(client, "cancelled", "Off: {title}", "Stay at home: {reason}")
    with database.transaction() as session:
        found = training_queries.training(session, 1)
        ids = session.exec(select(City.id).where(col(City.name).in_(("Stockholm", "London")))).all()
        draft = replace(draft_of(found), city_ids=frozenset(ids))
        trainings.edit_training(session, found, draft, actor=None, now=INVITED_AT)
        assert release_all(session, plan=PLAN, settings=settings, now=INVITED_AT) == 1
    (letter,) = letters(database, "release")
    assert letter.subject == "[TLP:GREEN] Free on Thu 11 Mar, 04:00 in Washington DC"
    assert "You need not come to Table-top on drones, Thursday 11 March 2027, 04:00" in letter.text
    assert "METHOD:CANCEL" in letter.calendar
    text = page(client, f"{PAGES}/release")
    assert list(readers_of(text)) == ["Maria Ruiz, Washington DC"]
    assert "Free on Thu 11 Mar, 04:00 in Washington DC" in text
    with database.transaction() as session:
        found = training_queries.training(session, 1)
        trainings.cancel_training(session, found, reason="A flood", actor=None, now=INVITED_AT)
    assert tell(outbox, INVITED_AT + QUIET) == 2
    assert {one.subject for one in letters(database, "halt")} == {"[TLP:GREEN] Off: Table-top on drones"}
    assert all("Stay at home: A flood\n" in one.text for one in letters(database, "halt"))
    assert set(readers_of(page(client, f"{PAGES}/cancelled"))) == {
        "Tom Baker-Lane, London",
        "Åsa Öberg, Stockholm",
    }


def test_the_sign_in_letter_is_worded_for_the_network_alone_and_keeps_its_link(
    app: Flask, database: Database, settings: Settings, clock: HandClock, sign_in: SignIn
) -> None:
    client = coordinator(database, sign_in)
    path = f"{PAGES}/sign_in"
    assert "None has gone out yet: written to you." in page(client, path)
    assert "Worded once for the whole network." in page(client, path)
    with database.transaction() as session:
        three_city_cycle(session)
    for of_cycle, count in (("", 1), ("?cycle=1", 0)):
        assert page(client, PAGES + of_cycle).count(">Sign-in link</a>") == count
        assert page(client, PAGES + of_cycle).count(">Cancellation</a>") == 1
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
    answer_asked(database, settings, clock)
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
    answer_asked(database, settings, clock)
    assert "Your sign-in link for" in letters(database, "sign-in")[-1].subject
    with database.reading() as session:
        entries = session.exec(select(AuditEntry).where(AuditEntry.subject == "wording:sign_in:network"))
        assert [entry.action for entry in entries] == ["word letter", "word letter as it came"]


def test_letters_about_a_second_factor_go_out_as_worded(
    database: Database, clock: HandClock, sign_in: SignIn
) -> None:
    client = coordinator(database, sign_in)
    path = f"{PAGES}/second_factor"
    assert "A second factor was set up for your account." in page(client, path)
    assert ">Change of a second factor</a>" in page(client, PAGES)
    assert client.get(f"{path}?cycle=1").status_code == 404
    status, text = post(client, path, "save", subject="News", body="Look at {link}")
    assert status == 400
    assert "This letter cannot do without {news}" in text
    word(client, "second_factor", "News of your account", "{news}\n\nNot you, {name}? Ring us. {link}")
    word(client, "confirm_you", "Is it you?", "Within {minutes} minutes: {link}")
    assert "Ring us." in page(client, path)

    sealed = set_up(client, clock)
    (letter,) = letters(database, "account")
    assert letter.subject == "News of your account"
    assert "A second factor was set up for your account.\n\nNot you, Cora Dinator? Ring us. " in letter.text
    assert sealed.codes
    with database.transaction() as session:
        other = make_person(session, "Olle", city=session.get_one(City, 1), roles=[Role.COORDINATOR])
    assert sign_in(other).post("/account/confirm/letter").status_code == 200
    asked = letters(database, "sign-in", "Olle")[-1]
    assert asked.subject == "Is it you?"
    assert re.search(r"Within 20 minutes: \S+/account/confirm/\S+", asked.text)
    assert "/account/confirm/a-link-of-their-own" in page(client, f"{PAGES}/confirm_you")


def test_news_of_a_second_factor_leaves_though_its_reader_was_edited_meanwhile(
    database: Database, settings: Settings, clock: HandClock, sign_in: SignIn
) -> None:
    """An edit of the person took it back, and no tick wrote it again: a reset could be kept quiet by it."""
    client = coordinator(database, sign_in)
    set_up(client, clock)
    with database.transaction() as session:
        person = session.exec(select(Person).where(Person.name == "Cora Dinator")).one()
        draft = replace(draft_of_person(person), name="Cora Married", email="cora@elsewhere.example")
        edit_person(session, person, draft, actor=None, settings=settings, now=clock())
    (letter,) = letters(database, "account")
    assert (letter.state, letter.to_address) == (LetterState.QUEUED, "cora@example.org")
