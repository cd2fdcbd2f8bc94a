"""The public forms, the one receipt, and the page behind its link."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from exchange.db import Database
from exchange.duties.own_requests import forget_requests_of
from exchange.models import AuditEntry, NetworkRequest
from tests.access.routes import ON_SQLITE
from tests.hand_clock import HandClock
from tests.pages import text_of
from tests.requests.conftest import ASKS, EASTER, FORMAT, House, confirmed
from tests.sign_in import SignIn

pytestmark = ON_SQLITE


def test_story_21_a_report_as_an_accessible_file_is_due_five_working_days_on(
    house: House, client: FlaskClient
) -> None:
    sent = client.post("/ask/accessible-format", data=FORMAT, follow_redirects=True)
    assert "We answer by Monday 5 April 2027." in text_of(sent)
    assert "Now open the link in the letter that we send to your address" in text_of(sent)
    (letter,) = house.letters("petra@example.org")
    assert "Monday 5 April 2027" in letter.text
    page = client.get(house.link())
    assert "To be confirmed" in text_of(page)
    assert house.asked()[0].state == "unconfirmed", "opening the link changes nothing"
    assert client.post(f"{house.link()}/confirm").status_code == 303
    shown = text_of(client.get(house.link()))
    assert "State Open" in shown
    assert "Monday 5 April 2027" in shown


@pytest.mark.parametrize(
    ("slug", "typed"),
    [
        ("exercise-report", {"document": "0", "other": "That of June", "words": "For our own exercise."}),
        ("join", {"words": "We are a fire service."}),
        ("my-data", {"words": "What do you have about me?"}),
        ("fault", {"words": "The calendar cannot be read aloud."}),
    ],
)
def test_every_kind_has_its_form(house: House, client: FlaskClient, slug: str, typed: dict[str, str]) -> None:
    assert f'href="/ask/{slug}"' in client.get("/ask").text
    assert client.get(f"/ask/{slug}").status_code == 200
    confirmed(house, client, slug, ASKS | typed)
    assert house.asked()[0].words == typed["words"]


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ({"name": ""}, "Write your name."),
        ({"email": "petra"}, "e-mail address"),
        ({"other": ""}, "Choose a document, or write which one you mean."),
        ({"wanted_format": ""}, "Write which format you need."),
        ({"name": "x" * 201}, "at most 200 fit"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(
    house: House, client: FlaskClient, missing: dict[str, str], said: str
) -> None:
    answer = client.post("/ask/accessible-format", data=FORMAT | missing)
    assert answer.status_code == 400
    assert said in text_of(answer)
    assert house.asked() == []


def test_a_document_that_is_not_theirs_and_one_that_is_not_there_sound_alike(
    house: House, client: FlaskClient
) -> None:
    said = [
        text_of(client.post("/ask/accessible-format", data=FORMAT | {"document": number}))
        for number in (str(house.product_id), "99999", "none")
    ]
    assert "There is no such document, or it is not open to you." in said[0]
    assert said[0] == said[1]
    assert "What the drones taught" not in said[0]
    house.remark("TLP:CLEAR")
    client.post("/ask/accessible-format", data=FORMAT | {"document": str(house.product_id)})
    assert house.asked()[0].product_id == house.product_id


def test_nobody_gets_a_second_receipt_before_they_used_the_first(house: House, client: FlaskClient) -> None:
    for _ in range(4):
        client.post("/ask/join", data=ASKS | {"words": "Once more."})
    assert len(house.letters("petra@example.org")) == 1
    client.post(f"{house.link()}/confirm")
    assert len(house.letters("petra@example.org")) == 2, "the next one waited for that"
    assert [one.state for one in house.asked()] == ["open", *["unconfirmed"] * 3]


def test_a_network_asks_ten_times_an_hour(house: House, client: FlaskClient) -> None:
    answers = [
        client.post("/ask/join", data={"name": "N", "email": f"n{n}@example.org", "words": "Hello."})
        for n in range(11)
    ]
    assert [one.status_code for one in answers] == [303] * 10 + [429]
    assert len(house.asked()) == 10


def test_whether_an_address_is_known_is_told_to_nobody(house: House, app: Flask) -> None:
    pages = []
    for email in (house.mia.email, "stranger@example.org"):
        typed = {"name": "Somebody", "email": email, "words": "My data, please."}
        pages.append(app.test_client().post("/ask/my-data", data=typed, follow_redirects=True).text)
    assert text_of_main(pages[0]) == text_of_main(pages[1])
    assert len(house.letters(house.mia.email)) == len(house.letters("stranger@example.org")) == 1


def text_of_main(page: str) -> str:
    return page[page.index("<main") :]


def test_who_asked_writes_and_withdraws_by_the_link(
    house: House, client: FlaskClient, database: Database
) -> None:
    link = confirmed(house, client, "accessible-format", FORMAT)
    assert client.post(f"{link}/message", data={"text": ""}).status_code == 400
    assert client.post(f"{link}/message", data={"text": "In large print, too."}).status_code == 303
    assert "In large print, too." in text_of(client.get(link))
    assert "Nobody answers it then." in text_of(client.get(f"{link}/withdraw"))
    assert house.asked()[0].state == "open"
    assert client.post(f"{link}/withdraw").status_code == 303
    assert "State Withdrawn" in text_of(client.get(link))
    assert client.post(f"{link}/message", data={"text": "No, stay."}).status_code == 409
    with database.reading() as session:
        found = [one for one in session.exec(select(AuditEntry)) if one.subject.startswith("request:")]
    deeds = ["ask request", "confirm request", "message request", "withdraw request"]
    assert [one.action for one in found] == deeds
    assert "Petra" not in str([(one.before, one.after, one.reason) for one in found])


def test_a_link_that_is_unknown_or_over_shows_nothing(house: House, client: FlaskClient) -> None:
    assert client.get("/asked/" + "A" * 43).status_code == 404
    client.post("/ask/accessible-format", data=FORMAT)
    house.clock.set(house.clock().replace(month=4, day=2))
    over = client.get(house.link())
    assert over.status_code == 410
    assert "The time of this page is over." in text_of(over)


def test_who_is_signed_in_is_known_and_sees_it_on_their_desk(house: House, sign_in: SignIn) -> None:
    mia = sign_in(house.mia)
    assert f'value="{house.mia.email}"' in mia.get("/ask/join").text
    typed = {"name": "Somebody Else", "email": "else@example.org", "words": "A seat."}
    assert mia.post("/ask/join", data=typed).status_code == 303
    (made,) = house.asked()
    assert (made.name, made.email, made.state) == ("Mia", house.mia.email, "open")
    assert house.letters("else@example.org") == []
    assert f"Request {made.id}, answered by" in text_of(mia.get("/desk"))
    assert "To join or take part: Open" in text_of(mia.get("/ask"))


def test_no_network_without_its_host_city(database: Database, client: FlaskClient) -> None:
    answer = client.post("/ask/join", data=ASKS | {"words": "Hello."})
    assert answer.status_code == 400
    assert "Nothing can be asked for yet" in text_of(answer)
    with database.reading() as session:
        assert session.exec(select(NetworkRequest)).all() == []


def test_no_word_of_a_stranger_goes_to_the_address_they_typed(house: House, client: FlaskClient) -> None:
    bait = "Win at https://bait.example.org"
    client.post("/ask/join", data={"name": bait, "email": "victim@example.org", "words": bait})
    (letter,) = house.letters("victim@example.org")
    assert "bait" not in letter.text + letter.html + letter.subject
    assert "Dear victim@example.org," in letter.text


def test_a_request_that_was_not_confirmed_in_time_is_confirmed_by_nobody(
    house: House, client: FlaskClient, clock: HandClock
) -> None:
    client.post("/ask/accessible-format", data=FORMAT)
    link = house.link()
    clock.set(EASTER + timedelta(days=8))
    assert client.post(f"{link}/confirm").status_code == 410
    assert house.asked()[0].state == "unconfirmed"


def test_twenty_messages_an_hour_about_one_request(house: House, client: FlaskClient) -> None:
    link = confirmed(house, client, "accessible-format", FORMAT)
    answers = [client.post(f"{link}/message", data={"text": f"{n}"}).status_code for n in range(21)]
    assert answers == [303] * 20 + [429]


def test_link_of_who_was_erased_opens_nothing(house: House, client: FlaskClient) -> None:
    link = confirmed(house, client, "accessible-format", FORMAT)
    with house.database.transaction() as session:
        forget_requests_of(session, 0, ["petra@example.org"], EASTER)
    assert client.get(link).status_code == 410
    assert client.post(f"{link}/message", data={"text": "Am I here?"}).status_code == 410
