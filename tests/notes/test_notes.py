"""Notes to the network: written, sent, confirmed, taken back and corrected, through their pages."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from exchange.db import Database
from exchange.models import AuditEntry, LetterState, Person
from exchange.models.groups import GroupMember
from exchange.notes.queries import note_with_id
from exchange.preferences.actions import stop_programme
from exchange.rules.markings.tlp_labels import Marking
from tests.access.routes import ON_SQLITE
from tests.hand_clock import HandClock
from tests.notes.conftest import NOW, Net, a_note, letters
from tests.pages import form_values, text_of
from tests.sign_in import SignIn


def typed(net: Net, **fields: object) -> dict[str, object]:
    return {
        "subject": "Office closed on Friday",
        "text": "The office is **closed** on Friday.",
        "marking": "TLP:GREEN",
        "cities": [str(net.london.id), str(net.sydney.id)],
    } | fields


def press(client: FlaskClient, page: str) -> str:
    """Send the form of a page as it stands; what the reader sees after it."""
    return text_of(client.post(page, data=form_values(client.get(page)), follow_redirects=True))


def written(client: FlaskClient, net: Net, **fields: object) -> str:
    """The page of a new note."""
    made = client.post("/notes/new", data=typed(net, **fields))
    assert made.status_code == 303, text_of(made)
    return made.location.removesuffix("/send")


def test_a_note_is_written_looked_at_and_sent_once_to_each_in_their_own_hours(
    cora: FlaskClient, carl: FlaskClient, net: Net, database: Database
) -> None:
    """Carl is in the city, the group and on the board: he gets one. Sydney's letter waits for its morning."""
    note = written(cora, net, groups=[str(net.group.id)], boards=[str(net.board.id)])
    assert carl.get(note).status_code == 404, "nobody but coordinators sees what was not sent"
    page = text_of(cora.get(f"{note}/send"))
    assert "2 people get it." in page
    assert "London 1 Mon 8 Mar 2027, 10:10 in London" in page
    assert "Sydney 1 Tue 9 Mar 2027, 09:00 in Sydney" in page
    assert letters(database) == []
    assert "The note is sent" in press(cora, f"{note}/send")
    first, second = letters(database)
    assert (first.to_name, second.to_name) == ("Carl", "Sid")
    assert first.due_at == NOW + timedelta(minutes=10)
    assert first.message_class == "programme"
    assert "/letters/stop/" in first.unsubscribe_url
    assert first.unsubscribe_url != second.unsubscribe_url
    assert "<strong>closed</strong>" in first.html
    assert "Office closed on Friday" in text_of(carl.get("/notes"))
    assert "The office is closed" in text_of(carl.get(note))
    assert "Whom it is for" not in text_of(carl.get(note))
    assert "2 wait, 0 sent" in text_of(cora.get(note))
    assert cora.post(f"{note}/send", data={"version": "2"}).status_code == 409
    assert len(letters(database)) == 2


@ON_SQLITE
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"subject": " "}, "Give the note a subject"),
        ({"text": ""}, "Write the note"),
        ({"cities": []}, "Choose whom it is for"),
        ({"cities": ["999"]}, "999"),
        ({"roles": ["pope"]}, "pope"),
        ({"marking": "TLP:PINK"}, "Not a valid choice"),
        ({"marking": "TLP:RED"}, "TLP:RED is for named people"),
        ({"text": "NATO SECRET"}, "SECRET"),
        ({"subject": "x" * 201}, "at most 200 fit"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_saved(
    cora: FlaskClient, net: Net, wrong: dict[str, object], said: str
) -> None:
    answer = cora.post("/notes/new", data=typed(net, **wrong))
    assert answer.status_code == 400
    assert said in text_of(answer)
    assert "No notes yet" in text_of(cora.get("/notes"))


@ON_SQLITE
def test_only_who_writes_letters_writes_notes(cora: FlaskClient, carl: FlaskClient, net: Net) -> None:
    note = written(cora, net)
    for path in ("/notes/new", f"{note}/edit", f"{note}/send", f"{note}/confirm", f"{note}/take-back"):
        assert carl.get(path).status_code == 403
        assert carl.post(path).status_code == 403
    assert "No notes yet" in text_of(carl.get("/notes"))


@ON_SQLITE
def test_who_is_outside_the_ring_is_left_out_and_counted_in_words(
    cora: FlaskClient, net: Net, database: Database
) -> None:
    """Under TLP:AMBER an expert without a seat and a partner's liaison do not get it, nor find it."""
    note = written(cora, net, marking="TLP:AMBER", roles=["expert"], organisations=[str(net.partner.id)])
    page = text_of(cora.get(f"{note}/send"))
    assert "2 people get it." in page
    assert "2 people are left out: the marking does not let them know of it." in page
    press(cora, f"{note}/send")
    assert [one.to_name for one in letters(database)] == ["Carl", "Sid"]
    assert "closed on Friday." not in letters(database)[0].text, "the letter carries the subject alone"
    assert "Office closed on Friday" in letters(database)[0].text


@ON_SQLITE
def test_a_note_for_the_network_reaches_experts_and_partners(
    cora: FlaskClient, net: Net, database: Database
) -> None:
    note = written(cora, net, cities=[], roles=["expert"], organisations=[str(net.partner.id)])
    press(cora, f"{note}/send")
    assert [one.to_name for one in letters(database)] == ["Edda", "Lia"]


@ON_SQLITE
def test_red_goes_to_named_people_alone_and_says_nothing(
    cora: FlaskClient, colin: FlaskClient, carl: FlaskClient, net: Net, database: Database
) -> None:
    note = written(cora, net, marking="TLP:RED", named=net.carl.email)
    assert "1 person is left out" in text_of(cora.get(f"{note}/send")), "Sid of Sydney is not named"
    press(cora, f"{note}/send")
    assert [one.to_name for one in letters(database)] == ["Carl", "Cora"]
    for letter in letters(database):
        assert "Office" not in letter.subject + letter.text + letter.html
    assert colin.get(note).status_code == 404, "who coordinates and is not named knows of none"
    assert "Office closed" not in text_of(colin.get("/notes"))
    assert carl.get(note).status_code == 200


@ON_SQLITE
def test_a_note_to_nobody_is_refused(cora: FlaskClient, net: Net, database: Database) -> None:
    note = written(cora, net, cities=[], roles=["finance contact"])
    assert "Nobody would get this note" in press(cora, f"{note}/send")
    assert letters(database) == []


@ON_SQLITE
def test_who_stopped_letters_is_left_out_unless_it_is_urgent(
    cora: FlaskClient, colin: FlaskClient, net: Net, database: Database
) -> None:
    with database.transaction() as session:
        stop_programme(session, session.get_one(Person, net.carl.id), how="a test", now=NOW)
    note = written(cora, net)
    assert "1 person is left out: they take no letters of the programme." in text_of(cora.get(f"{note}/send"))
    press(cora, f"{note}/send")
    assert [one.to_name for one in letters(database)] == ["Sid"]
    urgent = written(cora, net, is_urgent="y")
    press(cora, f"{urgent}/send")
    press(colin, f"{urgent}/confirm")
    assert [one.to_name for one in letters(database)] == ["Carl", "Sid", "Sid"]


def test_an_urgent_note_goes_at_once_when_a_second_coordinator_confirms_it(
    cora: FlaskClient, colin: FlaskClient, net: Net, database: Database
) -> None:
    note = written(cora, net, is_urgent="y")
    assert "A second coordinator was asked" in press(cora, f"{note}/send")
    assert letters(database) == []
    asked = letters(database, "note to confirm")
    assert [one.to_name for one in asked] == ["Colin"]
    assert f"{note}/confirm" in asked[0].text
    assert "somebody else who coordinates has to confirm it" in text_of(cora.get(f"{note}/confirm"))
    values = form_values(colin.get(f"{note}/confirm"))
    assert "somebody else who coordinates has to" in text_of(cora.post(f"{note}/confirm", data=values))
    assert letters(database) == []
    assert "Its letters leave now" in text_of(
        colin.post(f"{note}/confirm", data=values, follow_redirects=True)
    )
    found = letters(database)
    assert [(one.to_name, one.due_at, one.message_class) for one in found] == [
        ("Carl", NOW, "service"),
        ("Sid", NOW, "service"),
    ], "also where it is night"
    assert found[0].unsubscribe_url == ""
    assert letters(database, "note to confirm")[0].state == LetterState.WITHDRAWN
    assert colin.post(f"{note}/confirm", data=values).status_code == 409
    assert len(letters(database)) == 2
    assert "Take it back" not in text_of(cora.get(note))


@ON_SQLITE
def test_without_a_second_coordinator_it_says_what_to_do(
    cora: FlaskClient, net: Net, database: Database
) -> None:
    with database.transaction() as session:
        session.get_one(Person, net.colin.id).is_active = False
    note = written(cora, net, is_urgent="y")
    said = press(cora, f"{note}/send")
    assert "Nobody else can confirm this note. Give a second person the role of coordinator" in said
    assert letters(database) == []


@ON_SQLITE
def test_changing_an_urgent_note_asks_for_its_confirmation_anew(
    cora: FlaskClient, colin: FlaskClient, net: Net, database: Database
) -> None:
    note = written(cora, net, is_urgent="y")
    press(cora, f"{note}/send")
    seen = form_values(colin.get(f"{note}/confirm"))
    values = form_values(cora.get(f"{note}/edit"))
    values["text"] = "Something else"
    assert cora.post(f"{note}/edit", data=values).status_code == 303
    assert colin.post(f"{note}/confirm", data=seen).status_code == 409
    assert letters(database) == []
    assert letters(database, "note to confirm")[0].state == LetterState.WITHDRAWN
    press(cora, f"{note}/send")
    assert len(letters(database, "note to confirm")) == 2


def test_within_ten_minutes_a_note_is_taken_back_from_everybody(
    cora: FlaskClient, carl: FlaskClient, net: Net, database: Database, clock: HandClock
) -> None:
    note = written(cora, net)
    press(cora, f"{note}/send")
    clock.set(NOW + timedelta(minutes=9))
    assert "The note is taken back" in press(cora, f"{note}/take-back")
    assert {one.state for one in letters(database)} == {LetterState.WITHDRAWN}
    assert carl.get(note).status_code == 404
    assert "No notes yet" in text_of(carl.get("/notes"))


@ON_SQLITE
def test_after_ten_minutes_it_is_not_taken_back_and_is_corrected_instead(
    cora: FlaskClient, carl: FlaskClient, net: Net, database: Database, clock: HandClock
) -> None:
    note = written(cora, net)
    press(cora, f"{note}/send")
    clock.set(NOW + timedelta(minutes=10))
    assert "Write another note that corrects it" in press(cora, f"{note}/take-back")
    assert {one.state for one in letters(database)} == {LetterState.QUEUED}
    number = note.rsplit("/", 1)[1]
    begun = form_values(cora.get(f"/notes/new?corrects={number}"))
    assert begun["subject"] == "Office closed on Friday"
    begun["text"] = "It is open after all."
    made = cora.post(f"/notes/new?corrects={number}", data=begun)
    press(cora, made.location)
    second = [one for one in letters(database) if "Correction" in one.subject]
    assert len(second) == 2
    assert "This corrects our note “Office closed on Friday” of Monday 8 March 2027." in second[0].text
    assert "Corrected by" in text_of(carl.get(note))
    assert "This corrects Office closed on Friday" in text_of(carl.get(made.location.removesuffix("/send")))


@ON_SQLITE
def test_hostile_markdown_stays_text(
    cora: FlaskClient, carl: FlaskClient, net: Net, database: Database
) -> None:
    evil = "<script>alert(1)</script> [x](javascript:alert(1)) ![p](https://example.org/p.png) <img src=x>"
    note = written(cora, net, text=evil)
    press(cora, f"{note}/send")
    for html in (letters(database)[0].html, carl.get(note).text):
        assert "<script>alert" not in html
        assert "<img" not in html.split("The note", 1)[-1]
        assert 'href="javascript' not in html


@ON_SQLITE
def test_each_step_is_in_the_trail_without_the_text(
    cora: FlaskClient, colin: FlaskClient, net: Net, database: Database
) -> None:
    note = written(cora, net, is_urgent="y")
    press(cora, f"{note}/send")
    press(colin, f"{note}/confirm")
    with database.reading() as session:
        entries = session.exec(
            select(AuditEntry).where(AuditEntry.subject == note.replace("/notes/", "note:"))
        ).all()
        assert [one.action for one in entries] == ["write note", "ask to confirm note", "confirm note"]
        assert [one.actor_id for one in entries] == [net.cora.id, net.cora.id, net.colin.id]
        assert all("closed" not in str(one.after) for one in entries)


@ON_SQLITE
def test_two_people_never_overwrite_each_other(cora: FlaskClient, colin: FlaskClient, net: Net) -> None:
    note = written(cora, net)
    old = form_values(colin.get(f"{note}/edit"))
    values = form_values(cora.get(f"{note}/edit"))
    values["subject"] = "Another subject"
    assert cora.post(f"{note}/edit", data=values).status_code == 303
    assert colin.post(f"{note}/edit", data=old).status_code == 409


@ON_SQLITE
def test_strict_is_for_those_it_names(net: Net, database: Database, sign_in: SignIn) -> None:
    """A member of the group reads it; a contact of a city that it does not name knows of none."""
    with database.transaction() as session:
        note_id = a_note(
            session,
            net,
            marking=Marking.AMBER_STRICT,
            city_ids=frozenset(),
            group_ids=frozenset({net.group.id}),
        )
        note_with_id(session, note_id).sent_at = NOW
        assert session.exec(select(GroupMember)).all()
    assert sign_in(net.carl).get(f"/notes/{note_id}").status_code == 200
    assert sign_in(net.sid).get(f"/notes/{note_id}").status_code == 404
