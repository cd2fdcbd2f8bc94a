"""What is kept about one person, as they get it when they ask."""

import csv
import io
import json
import re
import zipfile
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from exchange.db import Database
from exchange.invitations.links import answer_link
from exchange.models import Invitation, Person
from exchange.settings import Settings
from tests.contributions.conftest import Desk, make_desk, queue_letters
from tests.door import Door
from tests.factories import make_training
from tests.hand_clock import HandClock

PARTS = ["contact", "attendance", "letters", "contributions"]


Rows = dict[str, list[dict[str, str]]]


def got(browser: FlaskClient, path: str) -> tuple[Rows, Rows]:
    """The same twice: as JSON, and as tables."""
    answer = browser.get(path)
    assert (answer.status_code, answer.content_type) == (200, "application/zip")
    assert "attachment" in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.namelist() == ["data.json", *(f"{part}.csv" for part in PARTS)]
        tables = {
            part: list(
                csv.DictReader(io.StringIO(archive.read(f"{part}.csv").decode("utf-8-sig"), newline=""))
            )
            for part in PARTS
        }
        return json.loads(archive.read("data.json")), tables


@pytest.fixture
def desk(app: Flask, database: Database, settings: Settings, clock: HandClock, door: Door) -> Desk:
    return make_desk(app, database, settings, clock, door, title="Hostile drones")


def decline(desk: Desk, database: Database, settings: Settings, person: Person) -> None:
    """By the link in the invitation to the table-top."""
    with database.reading() as session:
        invitation = session.exec(
            select(Invitation).where(Invitation.person_id == person.id, Invitation.training_id != None)  # noqa: E711
        ).one()
        link = answer_link(settings, invitation)
    path = link.removeprefix(settings.base_url)
    assert desk.browser().post(path, data={"answer": "declined"}).status_code == 303


def test_story_29_who_asks_gets_contact_attendance_letters_and_contributions(
    desk: Desk, database: Database, settings: Settings
) -> None:
    """Given I ask for my data, then I receive a JSON and CSV of contact, attendance, mail metadata and
    contributions."""
    london, washington, on = desk.round.london, desk.round.washington, date(2027, 11, 18)
    with database.transaction() as session:
        make_training(session, host_city=london, cities=[washington], title="Table-top", on_local=on)
    queue_letters(database, settings, desk.clock)
    decline(desk, database, settings, desk.round.carl)
    first = desk.questions("Carl Contact")[0]
    for name, text in (("Carl Contact", "=We train at dawn"), ("Anna Contact", "Secret of London")):
        typed = desk.typed(name, **{desk.questions(name)[0]: text}, practice_note="A note")
        assert desk.browser().post(desk.links[name], data=typed).status_code == 303
    desk.clock.advance(hours=1)
    draft = desk.typed("Carl Contact", **{first: "Half a thought"}, version="1", do="save", marking="")
    assert desk.browser().post(desk.links["Carl Contact"], data=draft).status_code == 303

    carl = desk.door.let_in(desk.round.carl)
    assert 'href="/account/data.zip"' in carl.get("/account/sessions").text
    data, tables = got(carl, "/account/data.zip")
    assert list(data) == PARTS
    (contact,) = data["contact"]
    assert (contact["name"], contact["city"]) == ("Carl Contact", "Washington DC")
    assert tables["contact"][0]["email"] == contact["email"]
    (attended,) = [one for one in data["attendance"] if one["kind"] == "event"]
    assert (attended["title"], attended["answer"], attended["on_local"]) == ("Table-top", "declined", str(on))
    assert str(attended["answered_at"]).endswith("+00:00")
    assert {one["kind"] for one in data["letters"]} >= {"E3", "T1", "receipt"}
    assert {one["to"] for one in data["letters"]} == {contact["email"]}
    assert [one["kind"] for one in data["contributions"]] == ["answer", "draft of an answer"]
    answer, half = data["contributions"]
    assert "=We train at dawn" in str(answer["text"])
    assert "Half a thought" in str(half["text"])
    assert answer["exchange"] == "Hostile drones"
    for part in PARTS:
        assert len(tables[part]) == len(data[part])
    # No secret of the letters and no word of anybody else goes along.
    whole = json.dumps(data)
    for other in ("Secret of London", "Anna", "Bea", "/answer/", "/attend/"):
        assert other not in whole
    assert desk.browser().get("/account/data.zip").status_code == 303


def test_text_of_a_red_exchange_stays_on_its_page(
    app: Flask, database: Database, settings: Settings, clock: HandClock, door: Door
) -> None:
    desk = make_desk(app, database, settings, clock, door, title="Red theme", marking="TLP:RED")
    anna = door.let_in(desk.round.anna)
    base = f"/cycles/{desk.round.cycle.id}"
    (task,) = re.findall(r'action="(/tasks/\d+/open)"', anna.get(f"{base}/answers").text)
    link = anna.post(task).location
    field = re.findall(r'name="(answer_\d+)"', anna.get(link).text)[0]
    group = str(desk.round.group.id)
    typed = {"version": "0", field: "Red words", "marking": "TLP:RED", "groups": group, "do": "submit"}
    assert anna.post(link, data=typed).status_code == 303
    data, _ = got(anna, "/account/data.zip")
    (answer,) = data["contributions"]
    assert (answer["marking"], answer["for"]) == ("TLP:RED", "London")
    assert "left out" in str(answer["text"])
    assert "Red" not in json.dumps(data).replace("TLP:RED", "")


def test_coordinator_gives_a_person_their_data_without_what_others_may_not_read(desk: Desk) -> None:
    typed = desk.typed(
        "Carl Contact",
        marking="TLP:AMBER+STRICT",
        groups=[str(desk.round.group.id)],
        practice_note="For the group alone",
    )
    assert desk.browser().post(desk.links["Carl Contact"], data=typed).status_code == 303
    path = f"/people/{desk.round.carl.id}/data.zip"
    planner = desk.door.let_in(desk.coordinator)
    assert path in planner.get(f"/network/people/{desk.round.carl.id}/edit").text
    data, _ = got(planner, path)
    assert data["contact"][0]["name"] == "Carl Contact"
    assert "For the group alone" not in json.dumps(data)
    own, _ = got(desk.door.let_in(desk.round.carl), "/account/data.zip")
    assert "For the group alone" in json.dumps(own)
    assert planner.get("/people/9999/data.zip").status_code == 404
    assert desk.door.let_in(desk.round.anna).get(path).status_code == 403
