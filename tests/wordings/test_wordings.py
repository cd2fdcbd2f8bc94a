"""A coordinator words a letter: checked at save, tried on real readers, kept in versions, and taken back."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlmodel import col, select

from exchange.db import Database
from exchange.mail.outbox.letter_queue import queue
from exchange.models import (
    AuditEntry,
    Cycle,
    GroupMember,
    Letter,
    LetterState,
    LetterWording,
    Person,
    Role,
)
from exchange.settings import Settings
from tests.factories import make_city, make_group, make_person, stage_plan
from tests.hand_clock import HandClock
from tests.mail.letters import LETTER, all_letters
from tests.mail.programme import three_city_cycle
from tests.named import name_everybody
from tests.queueing import queue_due
from tests.sign_in import SignIn

EVENING = datetime(2027, 1, 12, 22, 30, tzinfo=UTC)  # Tuesday of week 1; letters wait for 09:00
MINE = {"subject": "Write by {due_day_short}: {title}", "body": "Please write by {due_day}.\n\nSee {link}"}


@pytest.fixture
def cycle(database: Database) -> Cycle:
    with database.transaction() as session:
        return three_city_cycle(session)


@pytest.fixture
def coordinator(database: Database, sign_in: SignIn, clock: HandClock, cycle: Cycle) -> FlaskClient:
    clock.set(EVENING)
    with database.transaction() as session:
        person = make_person(
            session, "Coordinator", city=make_city(session, "Dublin"), roles=[Role.COORDINATOR]
        )
    return sign_in(person)


def tick(database: Database, now: datetime) -> int:
    with database.transaction() as session:
        return queue_due(session, plan=stage_plan(), settings=Settings(), now=now)


def post(client: FlaskClient, path: str, button: str, **fields: str) -> tuple[int, str]:
    answer = client.post(path, data={"opened": "0", "reader": "2"} | fields | {button: "1"})
    return answer.status_code, " ".join(answer.get_data(as_text=True).split())


def page(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return " ".join(answer.get_data(as_text=True).split())


def test_the_editor_begins_with_the_letter_as_it_came(coordinator: FlaskClient) -> None:
    assert "Your input is due {due_day_short}: {title}" in page(coordinator, "/letters/wordings").replace(
        " on {", " {"
    )
    text = page(coordinator, "/letters/wordings/E3")
    assert "by the end of {due_day} in {city}." in text
    assert "<code>{lead_city}</code>" in text
    assert "[TLP:GREEN] Your input is due" in text
    assert page(coordinator, "/letters/wordings/T1-7d")
    assert page(coordinator, "/letters/wordings/E5?cycle=1")
    for wrong in ("/letters/wordings/E99", "/letters/wordings/E3?cycle=77", "/letters/wordings/T1?cycle=1"):
        assert coordinator.get(wrong).status_code == 404


def test_an_unknown_placeholder_is_refused_with_its_place_and_nothing_is_saved(
    coordinator: FlaskClient, database: Database
) -> None:
    body = "Please write.\r\n\r\nBy {due_dya}, or see {link}\r\n{{ 7 * 7 }} {% x %} {title.__class__}"
    status, text = post(coordinator, "/letters/wordings/E3", "save", subject="{meeting} {titel}", body=body)
    assert status == 400
    assert (
        "Line 3, column 4: There is no placeholder {due_dya} in this letter. Did you mean {due_day}?" in text
    )
    assert "Line 4, column 13: A single brace stands for nothing." in text
    assert "Line 1, column 1: There is no placeholder {meeting}" in text
    assert "By {due_dya}, or see {link}" in text  # what was typed stays
    assert post(coordinator, "/letters/wordings/E4", "save", subject="x", body="In {meeting} now")[0] == 400
    assert post(coordinator, "/letters/wordings/E3", "save", subject="", body="x")[0] == 400
    assert post(coordinator, "/letters/wordings/E3", "save", subject="a\nb", body="x" * 6000)[0] == 400
    with database.reading() as session:
        assert session.exec(select(LetterWording)).all() == []


def test_preview_shows_a_real_reader_and_saves_nothing(coordinator: FlaskClient, database: Database) -> None:
    status, text = post(coordinator, "/letters/wordings/E3", "preview", reader="1", **MINE)
    assert status == 200
    assert "<strong>[TLP:GREEN] Write by Fri 5 Feb: Hostile drones</strong>" in text
    assert "Please write by Friday 5 February 2027." in text
    with database.reading() as session:
        assert session.exec(select(LetterWording)).all() == []


def test_a_saved_wording_takes_back_what_waits_and_the_next_tick_writes_it_anew(
    coordinator: FlaskClient, database: Database
) -> None:
    assert tick(database, EVENING) == 4
    mine = {
        "subject": "Keep {starts_day_short} free: {title}",
        "body": "We begin on {starts_day}.\n\nIn {place_}",
    }
    assert post(coordinator, "/letters/wordings/E1", "save", **mine)[0] == 400
    mine["body"] = "We begin on {starts_day}.\n\nLead: {lead_city}"
    assert post(coordinator, "/letters/wordings/E1", "save", **mine)[0] == 303
    states = [letter.state for letter in all_letters(database)]
    assert states == [LetterState.WITHDRAWN] * 4
    assert tick(database, EVENING) == 4
    letters = all_letters(database)
    assert len(letters) == 4
    assert {letter.subject for letter in letters} == {"[TLP:GREEN] Keep Mon 11 Jan free: Hostile drones"}
    assert "We begin on Monday 11 January 2027.\n\nLead: Stockholm\n" in letters[0].text
    assert "<p>Lead: Stockholm</p>" in letters[0].html.replace(' style="margin: 0 0 16px;"', "")


@pytest.mark.parametrize(("worded", "taken"), [("E3", {"in E7", "in E3_lead"}), ("E7", {"in E7"})])
def test_a_saved_wording_takes_back_the_letters_in_which_it_goes_along(
    coordinator: FlaskClient, database: Database, worded: str, taken: set[str]
) -> None:
    """They left in the old words: under another's key, or under that of the reminder they held."""
    tells = {"after": {}, "carried": [["cycle:1:E3:1", "E3"], ["cycle:1:E8-wait:1", "E8-wait"]]}
    others = {"after": {}, "carried": [["cycle:1:E3-groups:1", "E3-groups"]]}
    with database.transaction() as session:
        to = session.exec(select(Person).where(Person.name == "Maria Ruiz")).one()
        for key, kind, told in (
            ("in E7", "E7", tells),
            ("in E3_lead", "E3_lead", tells),
            ("without", "E3_half_way", others),
            ("bare", "E4", None),
        ):
            letter = replace(LETTER, tells=told)
            assert queue(session, letter, to=to, once_key=key, kind=kind, why="", now=EVENING, cycle_id=1)
    mine = {"subject": "Mine: {title}", "body": "Mine."}
    assert post(coordinator, f"/letters/wordings/{worded}?cycle=1", "save", **mine)[0] == 303
    withdrawn = {one.once_key for one in all_letters(database) if one.state == LetterState.WITHDRAWN}
    assert withdrawn == taken


def test_versions_are_kept_with_their_difference_and_the_default_comes_back(
    coordinator: FlaskClient, database: Database
) -> None:
    path = "/letters/wordings/E3?cycle=1"
    assert post(coordinator, path, "save", **MINE)[0] == 303
    second = MINE | {"body": "Please write soon.", "opened": "1"}
    assert post(coordinator, path, "save", **second)[0] == 303
    assert post(coordinator, path, "save", **second | {"opened": "2"})[0] == 303  # the same: no version
    text = page(coordinator, path)
    assert "version 2" in text
    assert "version 3" not in text
    assert "<ins>Please write soon.</ins>" in text
    assert "<del>Please write by {due_day}.</del>" in text
    assert "For this cycle" in page(coordinator, "/letters/wordings?cycle=1")
    assert post(coordinator, path, "default", subject="{broken", body="", opened="2")[0] == 303
    text = page(coordinator, path)
    assert "went back to the default" in text
    assert "Your input is due" in text
    with database.reading() as session:
        entries = session.exec(select(AuditEntry).where(AuditEntry.subject == "wording:E3:cycle:1"))
        assert [entry.action for entry in entries] == ["word letter"] * 2 + ["word letter as it came"]


def test_the_second_of_two_tabs_sees_the_first_ones_text_and_chooses(coordinator: FlaskClient) -> None:
    assert post(coordinator, "/letters/wordings/E3", "save", **MINE)[0] == 303
    status, text = post(coordinator, "/letters/wordings/E3", "save", subject="Mine: {title}", body="Mine.")
    assert status == 409
    assert "Somebody saved another wording meanwhile" in text
    assert 'value="Mine: {title}"' in text
    assert "<ins>Please write by {due_day}.</ins>" in text
    assert 'name="opened" type="hidden" value="1"' in text
    again = {"subject": "Mine: {title}", "body": "Mine.", "opened": "1"}
    assert post(coordinator, "/letters/wordings/E3", "save", **again)[0] == 303
    assert post(coordinator, "/letters/wordings/E3", "save", **again | {"opened": "x"})[0] == 409


def test_a_cycle_reads_as_worded_for_it_else_as_the_network_words_it(
    coordinator: FlaskClient, database: Database
) -> None:
    post(coordinator, "/letters/wordings/E1", "save", subject="All: {title}", body="All.")
    post(coordinator, "/letters/wordings/E1?cycle=1", "save", subject="One: {title}", body="One.")
    tick(database, EVENING)
    assert {letter.subject for letter in all_letters(database)} == {"[TLP:GREEN] One: Hostile drones"}
    post(coordinator, "/letters/wordings/E1?cycle=1", "default", opened="1", subject="x", body="x")
    tick(database, EVENING)
    assert {letter.subject for letter in all_letters(database)} == {"[TLP:GREEN] All: Hostile drones"}


def test_send_this_to_me_mails_the_coordinator_alone(coordinator: FlaskClient, database: Database) -> None:
    status, text = post(coordinator, "/letters/wordings/E3", "send", **MINE)
    assert status == 200
    assert "It is on its way to" in text
    (letter,) = all_letters(database)
    assert (letter.kind, letter.to_name) == ("trial", "Coordinator")
    assert letter.unsubscribe_url == ""  # its button would stop the letters of the reader it was tried on
    assert "/letters/preferences/…" in letter.text
    assert letter.subject == "[TLP:GREEN] Write by Fri 5 Feb: Hostile drones"
    with database.reading() as session:
        assert session.exec(select(LetterWording)).all() == []


def test_what_a_marking_forbids_stays_out_of_any_wording(
    coordinator: FlaskClient, database: Database
) -> None:
    body = "At {title}\n\nLead: {lead_city}\n\n{join}\n\n{meeting}"
    post(coordinator, "/letters/wordings/E5", "save", subject="{title}", body=body)
    for marking, is_sealed in (("TLP:AMBER", False), ("TLP:RED", True)):
        with database.transaction() as session:
            cycle = session.get_one(Cycle, 1)
            cycle.marking, cycle.title = marking, "Secret theme"
            name_everybody(session)
            session.connection().execute(Letter.__table__.delete().where(col(Letter.kind) == "E5"))  # type: ignore[attr-defined]
        tick(database, datetime(2027, 2, 8, 15, tzinfo=UTC))
        letters = [letter for letter in all_letters(database) if letter.kind == "E5"]
        assert letters
        for letter in letters:
            assert letter.subject.startswith(f"[{marking}] ")
            assert "Stockholm." not in letter.text
            assert "Lead: " not in letter.text
            assert ("Secret theme" in letter.text) is not is_sealed


def test_a_city_contact_words_no_letters(database: Database, sign_in: SignIn, cycle: Cycle) -> None:
    with database.transaction() as session:
        contact = make_person(session, city=make_city(session, "Dublin"))
    client = sign_in(contact)
    for path in ("/letters/wordings", "/letters/wordings/E3"):
        assert client.get(path).status_code == 403
    assert client.post("/letters/wordings/E3", data=MINE).status_code == 403


def readers_of(text: str) -> dict[str, str]:
    """Who can be chosen for a preview: name and number."""
    (choices,) = re.findall(r'<select[^>]* name="reader".*?</select>', text)
    options = re.findall(r'<option (?:selected )?value="(\d+)">(.*?)</option>', choices)
    return {words: number for number, words in options}


@pytest.mark.parametrize(
    ("letter", "readers"),
    [
        ("E3", {"Maria Ruiz", "Tom Baker-Lane", "Åsa Öberg"}),
        ("E3-groups", {"Priya Nair", "Ola Expert"}),
        ("E3-groups_half_way", {"Priya Nair", "Ola Expert"}),
        ("E3-groups_chair", {"Priya Nair"}),
        ("E7", {"Priya Nair"}),
        ("E9-new", {"Maria Ruiz", "Tom Baker-Lane", "Åsa Öberg", "Priya Nair", "Ola Expert"}),
    ],
)
def test_preview_offers_the_very_readers_of_the_letter_in_its_cities_and_groups(
    coordinator: FlaskClient, database: Database, cycle: Cycle, letter: str, readers: set[str]
) -> None:
    with database.transaction() as session:
        found = session.get(Cycle, cycle.id)
        assert found is not None
        member = make_person(session, "Ola Expert", city=found.cities[1], roles=[Role.EXPERT])
        found.groups[0].members.append(GroupMember(person_id=member.id))
        # Somebody of another group and of a city that takes no part gets none of it.
        outsider = make_person(session, "Out Sider", city=make_city(session, "Oslo"))
        make_group(session, "Another group", members=[outsider])
    choices = readers_of(page(coordinator, f"/letters/wordings/{letter}?cycle=1"))
    assert {words.split(",")[0] for words in choices} == readers
    for words, number in choices.items():
        mine = {"subject": "For {name}: {title}", "body": "{name} in {city}", "reader": number}
        status, text = post(coordinator, f"/letters/wordings/{letter}?cycle=1", "preview", **mine)
        assert status == 200
        name = words.split(",")[0]
        assert f"<strong>[TLP:GREEN] For {name}: Hostile drones</strong>" in text
        assert "Washington DC" in text if name in {"Maria Ruiz", "Ola Expert"} else f"{name} in " in text
