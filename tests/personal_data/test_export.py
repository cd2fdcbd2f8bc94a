"""What is kept about one person, as they get it when they ask."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Sequence
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from exchange.audit import actor_name, record
from exchange.db import Database
from exchange.invitations.invitation_links import answer_link
from exchange.models import (
    AuditEntry,
    Cycle,
    Deliverable,
    Invitation,
    Note,
    Override,
    Person,
    Project,
    ProjectSource,
)
from exchange.settings import Settings
from tests.contributions.conftest import AskedCycle, make_asked_cycle, queue_letters
from tests.factories import make_training
from tests.hand_clock import HandClock
from tests.sign_in import SignIn

PARTS = ["contact", "attendance", "presence", "letters", "contributions", "needs"]


Rows = dict[str, list[dict[str, str]]]


def got(browser: FlaskClient, path: str, parts: Sequence[str] = PARTS) -> tuple[Rows, Rows]:
    """The same twice: as JSON, and as tables."""
    answer = browser.post(path)
    assert (answer.status_code, answer.content_type) == (200, "application/zip")
    assert "attachment" in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        data = json.loads(archive.read("data.json"))
        in_tables = [f"tables/{table}.csv" for table in data["tables"]]
        assert archive.namelist() == ["data.json", *(f"{part}.csv" for part in parts), *in_tables]
        tables = {
            part: list(
                csv.DictReader(io.StringIO(archive.read(f"{part}.csv").decode("utf-8-sig"), newline=""))
            )
            for part in parts
        }
        return data, tables


@pytest.fixture
def asking(
    app: Flask, database: Database, settings: Settings, clock: HandClock, sign_in: SignIn
) -> AskedCycle:
    return make_asked_cycle(app, database, settings, clock, sign_in, title="Hostile drones")


def decline(asking: AskedCycle, database: Database, settings: Settings, person: Person) -> None:
    """By the link in the invitation to the table-top."""
    with database.reading() as session:
        invitation = session.exec(
            select(Invitation).where(Invitation.person_id == person.id, Invitation.training_id != None)  # noqa: E711
        ).one()
        link = answer_link(settings, invitation)
    path = link.removeprefix(settings.base_url)
    assert asking.browser().post(path, data={"answer": "declined"}).status_code == 303


def test_story_29_who_asks_gets_contact_attendance_letters_and_contributions(
    asking: AskedCycle, database: Database, settings: Settings
) -> None:
    """Given I ask for my data, then I receive a JSON and CSV of contact, attendance, mail metadata and
    contributions."""
    london, washington, on = asking.round.london, asking.round.washington, date(2027, 11, 18)
    with database.transaction() as session:
        make_training(session, host_city=london, cities=[washington], title="Table-top", on_local=on)
    queue_letters(database, settings, asking.clock)
    decline(asking, database, settings, asking.round.carl)
    first = asking.questions("Carl Contact")[0]
    for name, text in (("Carl Contact", "=We train at dawn"), ("Anna Contact", "Secret of London")):
        typed = asking.typed(name, **{asking.questions(name)[0]: text}, practice_note="A note")
        assert asking.browser().post(asking.links[name], data=typed).status_code == 303
    asking.clock.advance(hours=1)
    draft = asking.typed("Carl Contact", **{first: "Half a thought"}, version="1", do="save", marking="")
    assert asking.browser().post(asking.links["Carl Contact"], data=draft).status_code == 303

    carl = asking.sign_in(asking.round.carl)
    assert 'href="/account/data"' in carl.get("/account/sessions").text
    assert 'action="/account/data.zip"' in carl.get("/account/data").text
    data, tables = got(carl, "/account/data.zip")
    assert list(data) == [*PARTS, "tables"]
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
    everything = json.dumps(data)
    for other in ("Secret of London", "Anna", "Bea", "/answer/", "/attend/"):
        assert other not in everything
    assert asking.browser().post("/account/data.zip").status_code == 403
    assert carl.get("/account/data.zip").status_code == 405  # taking it along is written down
    with database.reading() as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "export personal data")).one()
        assert (actor_name(session, entry), entry.subject) == (
            "Carl Contact",
            f"person:{asking.round.carl.id}",
        )


def test_text_of_a_red_exchange_stays_on_its_page(
    app: Flask, database: Database, settings: Settings, clock: HandClock, sign_in: SignIn
) -> None:
    asking = make_asked_cycle(app, database, settings, clock, sign_in, title="Red theme", marking="TLP:RED")
    anna = sign_in(asking.round.anna)
    base = f"/cycles/{asking.round.cycle.id}"
    (task,) = re.findall(r'action="(/tasks/\d+/open)"', anna.get(f"{base}/answers").text)
    link = anna.post(task).location
    field = re.findall(r'name="(answer_\d+)"', anna.get(link).text)[0]
    named = asking.round.anna.email
    typed = {"version": "0", field: "Red words", "marking": "TLP:RED", "named": named, "do": "submit"}
    assert anna.post(link, data=typed).status_code == 303
    data, _ = got(anna, "/account/data.zip")
    (answer,) = data["contributions"]
    assert (answer["marking"], answer["for"]) == ("TLP:RED", "London")
    assert "left out" in str(answer["text"])
    assert "Red" not in json.dumps(data).replace("TLP:RED", "")


def test_coordinator_gives_a_person_their_data_without_what_others_may_not_read(
    asking: AskedCycle,
) -> None:
    typed = asking.typed(
        "Carl Contact",
        marking="TLP:AMBER+STRICT",
        groups=[str(asking.round.group.id)],
        practice_note="For the group alone",
    )
    assert asking.browser().post(asking.links["Carl Contact"], data=typed).status_code == 303
    path = f"/people/{asking.round.carl.id}/data.zip"
    planner = asking.sign_in(asking.coordinator)
    assert path in planner.get(f"/network/people/{asking.round.carl.id}/edit").text
    data, _ = got(planner, path, PARTS[:-1])  # what somebody needs at events is not for who administers
    assert data["contact"][0]["name"] == "Carl Contact"
    assert "For the group alone" not in json.dumps(data)
    own, _ = got(asking.sign_in(asking.round.carl), "/account/data.zip")
    assert "For the group alone" in json.dumps(own)
    assert planner.post("/people/9999/data.zip").status_code == 404
    assert asking.sign_in(asking.round.anna).post(path).status_code == 403


def test_coordinator_who_is_not_named_gets_no_row_that_leads_to_what_is_red(
    app: Flask, database: Database, settings: Settings, clock: HandClock, sign_in: SignIn
) -> None:
    """A list of answers with their numbers would tell that there is something, and who takes part in it."""
    asking = make_asked_cycle(app, database, settings, clock, sign_in, marking="TLP:RED")
    anna, planner = asking.round.anna, sign_in(asking.coordinator)
    with database.transaction() as session:
        cycle = session.get_one(Cycle, asking.round.cycle.id)
        cycle.named_ids = [anna.id]  # and not Cora
        session.add(
            Override(
                cycle_id=cycle.id,
                finding_key="k",
                finding_text="t",
                reason="r",
                person_id=anna.id,
                overridden_at=clock(),
            )
        )
        record(session, actor=anna, action="submit answer", subject=f"cycle:{cycle.id}", now=clock())
        project = Project(
            name="P",
            source=ProjectSource.COMMISSION,
            commission="C",
            lead_city_id=anna.city_id,
            starts_on=clock().date(),
            marking="TLP:RED",
            named_ids=[anna.id or 0],
            created_at=clock(),
        )
        owed = Deliverable(text="Canary", due_on=clock().date(), owner_id=anna.id, created_at=clock())  # type: ignore[call-arg]  # the relation sets its project
        project.deliverables = [owed]
        note = Note(subject="Canary", text="Canary", marking="TLP:RED", created_at=clock())  # type: ignore[call-arg]  # its author follows
        note.author_id, note.named_ids = anna.id or 0, [anna.id or 0]
        session.add_all([project, note])
    own, _ = got(sign_in(anna), "/account/data.zip")
    assert {"ask_addressee", "override", "letter", "deliverable", "note", "project"} <= set(own["tables"])
    assert "Canary" not in json.dumps(own), "texts of projects and notes stay on their pages"
    assert own["tables"]["cycle"] == [{"id": asking.round.cycle.id, "is_named": True}]
    others, _ = got(planner, f"/people/{anna.id}/data.zip", PARTS[:-1])
    closed = {
        "ask_addressee",
        "override",
        "cycle",
        "letter",
        "personal_link",
        "deliverable",
        "note",
        "project",
    }
    assert not closed & set(others["tables"])
    assert "cycle:" not in json.dumps(others)
    assert "TLP:RED" not in json.dumps(others)
