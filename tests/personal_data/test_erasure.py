"""Erasing a person: what goes, what stays, what it refuses, and that nobody comes back by an import."""

import json
from datetime import date, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlmodel import Session, SQLModel, select

from exchange import audit
from exchange.accounts.actions import ask_for_link
from exchange.db import Database
from exchange.models import (
    AskAddressee,
    AttendanceNeed,
    AuditEntry,
    City,
    ContributionVersion,
    Erasure,
    Invitation,
    Letter,
    Nomination,
    Passkey,
    Person,
    ProviderAccount,
    RecoveryCode,
    RightsRequest,
    Role,
    SecondFactor,
    WebSession,
)
from exchange.network.erased_addresses import block_on
from exchange.network.network_import import load_network
from exchange.personal_data.erasure import GONE
from exchange.personal_data.schema_export import places_naming_people
from exchange.settings import Settings
from tests.audit.intruder import let_in
from tests.contributions.conftest import AskedCycle, make_asked_cycle, queue_letters
from tests.factories import make_person, make_training
from tests.hand_clock import HandClock
from tests.pages import text_of
from tests.sign_in import SignIn

EMPTIED = [*GONE, ("busy_calendar", "person_id"), ("attendance", "person_id")]
KEEPS_A_NUMBER = {  # and beside it nothing that the person wrote of themselves
    ("note", "author_id"),
    ("note", "asked_by_id"),
    ("note", "confirmed_by_id"),
    ("deliverable", "owner_id"),
    ("standing_document", "owner_id"),
    *(("erasure", column) for column in ("person_id", "erased_by_id", "lifted_by_id")),
    *(("rights_request", column) for column in ("person_id", "decided_by_id")),
    *(("network_request", column) for column in ("person_id", "assigned_to_id", "decided_by_id")),
    ("request_event", "by_id"),
    *(("ask_addressee", column) for column in ("person_id", "holder_id")),
    *((table, "person_id") for table in ("attachment", "chase", "contribution_version", "override")),
    *((table, "person_id") for table in ("feed", "handled_mail", "invitation", "letter", "letter_wording")),
    *((table, "person_id") for table in ("personal_link", "product_credit", "product_reviewer")),
    ("product_version", "person_id"),
    *(("contribution", "author_id"), ("plan_request", "asked_by_id"), ("ask_party", "done_by_id")),
    *(("review_comment", "decided_by_id"), ("preparation_step", "owner_id")),
    *(("attendance_sheet", "noted_by_id"), ("nomination", "decided_by_id"), ("frozen_figures", "made_by_id")),
    *(("improvement_action", name) for name in ("owner_id", "verified_by_id")),
}
SURE = {"why": "Request 1", "is_sure": "y"}


@pytest.fixture
def asking(
    app: Flask, database: Database, settings: Settings, clock: HandClock, sign_in: SignIn
) -> AskedCycle:
    """A cycle under the Chatham House Rule with an event; Carl answered, and Anna named him."""
    made = make_asked_cycle(
        app, database, settings, clock, sign_in, title="Hostile drones", is_chatham_house=True
    )
    with database.transaction() as session:
        london = session.get_one(City, made.round.london.id)
        washington = session.get_one(City, made.round.washington.id)
        event = make_training(
            session, host_city=london, cities=[washington], title="Table-top", on_local=date(2027, 11, 18)
        )
        session.add(
            AttendanceNeed(
                training_id=event.id, person_id=made.round.carl.id, text="No nuts", given_at=clock()
            )
        )
    queue_letters(database, settings, clock)
    for name, words in (("Carl Contact", "We train."), ("Anna Contact", "As Carl Contact said: drones.")):
        typed = made.typed(name, **{made.questions(name)[0]: words})
        assert made.browser().post(made.links[name], data=typed).status_code == 303
    return made


def erase_carl(asking: AskedCycle, **more: str) -> int:
    planner = asking.sign_in(asking.coordinator)
    return planner.post(f"/people/{asking.round.carl.id}/erase", data=SURE | more).status_code


def everything_in(database: Database) -> str:
    """Every value of every table, as text."""
    with database.reading() as session:
        return "\n".join(
            json.dumps([str(value) for value in row], ensure_ascii=False)
            for table in SQLModel.metadata.sorted_tables
            for row in session.connection().execute(table.select())
        )


def test_story_40_log_of_somebody_erased_reads_former_contact_and_verifies(
    asking: AskedCycle, database: Database
) -> None:
    """Given a person erased, when I open the log of their events, then I see "Former contact #n", counts
    unchanged, and the log chain still verifies."""
    page = f"/cycles/{asking.round.cycle.id}"
    planner = asking.sign_in(asking.coordinator)
    before = planner.get(page).text
    assert "Carl Contact" in before
    with database.reading() as session:
        rows = [
            len(session.exec(select(kind.id)).all())
            for kind in (Invitation, ContributionVersion, Letter, Person)
        ]
        entries = {one.id: one.hash for one in session.exec(select(AuditEntry))}
    assert erase_carl(asking) == 303
    with database.reading() as session:
        number = session.exec(select(Erasure)).one().number
        assert rows == [
            len(session.exec(select(kind.id)).all())
            for kind in (Invitation, ContributionVersion, Letter, Person)
        ]
        kept = {one.id: one.hash for one in session.exec(select(AuditEntry))}
        assert entries.items() <= kept.items()  # no entry of before was touched
        assert audit.verify(session).is_whole
    after = planner.get(page).text
    assert f"Former contact #{number}" in after
    assert "Carl Contact" not in after
    assert after.count("handed in an answer") == before.count("handed in an answer") == 2


def what_lets_in(person_id: int, now: datetime) -> list[SQLModel]:
    """A second factor of each kind, with what its owner called it, and an account at a provider."""
    key = Passkey(person_id=person_id, name="Carl's watch", credential_id="c", public_key="k", created_at=now)
    app = SecondFactor(person_id=person_id, totp_sealed="sealed of him", totp_since=now)
    elsewhere = ProviderAccount(
        person_id=person_id,
        issuer="https://id.example",
        subject="subject of him",
        created_at=now,
        last_used_at=now,
    )
    return [key, app, elsewhere, RecoveryCode(person_id=person_id, code_digest="digest of him")]


def decided(person_id: int, answer: str, now: datetime) -> RightsRequest:
    """A request that was refused before."""
    request = RightsRequest(person_id=person_id, kind="restriction", made_at=now, decided_at=now)
    request.decision, request.answer = "refused", answer
    return request


def said_of_carl(session: Session, asking: AskedCycle) -> list[SQLModel]:
    """Anna named him as her colleague, and another whom a coordinator declined with his name."""
    found = select(Invitation).where(Invitation.person_id == asking.round.anna.id)
    invitation_id = session.exec(found).all()[0].id or 0
    named = Nomination(
        invitation_id=invitation_id,
        name="Carl Contact",
        email=asking.round.carl.email,
        made_at=asking.clock(),
    )
    declined = Nomination(invitation_id=invitation_id, name="", email="", made_at=asking.clock())
    declined.state, declined.word = "declined", "Carl Contact comes already."
    return [named, declined]


def test_each_table_that_names_people_is_emptied_of_them_or_keeps_a_number() -> None:
    """Passkeys with their owners' names for them, codes and secrets had stayed: nobody had named them."""
    assert set(EMPTIED) & set(KEEPS_A_NUMBER) == set()
    assert set(EMPTIED) | set(KEEPS_A_NUMBER) == set(places_naming_people())


def test_nothing_in_the_database_holds_the_name_or_the_address(
    asking: AskedCycle, database: Database, clock: HandClock
) -> None:
    """Not in letters to others, not in the trail, not in the calendar of his own, not among answers."""
    carl = asking.round.carl
    browser = asking.sign_in(carl)
    browser.post("/account/rights", data={"kind": "erasure", "words": "I, Carl Contact, retired."})
    with database.transaction() as session:
        ask_for_link(session, carl.email.upper(), now=clock())
        session.add_all(what_lets_in(carl.id or 0, clock()))
        session.add(decided(carl.id or 0, "Dear Carl Contact, not yet.", clock()))
        session.add_all(said_of_carl(session, asking))
    everything = everything_in(database)
    assert "Carl Contact" in everything
    assert carl.email in everything
    assert erase_carl(asking) == 303
    everything = everything_in(database)
    for gone in ("Carl", carl.email, carl.email.upper(), "No nuts", "retired", " of him"):
        assert gone not in everything, gone
    with database.reading() as session:
        for table, column in EMPTIED:
            place = SQLModel.metadata.tables[table].c[column]
            assert session.connection().execute(place.table.select().where(place == carl.id)).all() == []
    assert "[…] said: drones." in everything  # under the rule, where Anna named him
    notes = (
        f"/cycles/{asking.round.cycle.id}/answers/notes.md"  # story 27, when nobody knows the name any more
    )
    assert "Carl" not in asking.sign_in(asking.round.emil).get(notes).text
    with database.reading() as session:
        erased = session.get_one(Person, carl.id)
        assert not erased.is_active
        assert erased.name.startswith("Former contact #")
        assert session.exec(select(WebSession).where(WebSession.person_id == carl.id)).all() == []
        letters = session.exec(select(Letter).where(Letter.person_id == carl.id)).all()
        assert {(one.text, one.html) for one in letters} == {("", "")}
        assert not [one for one in letters if one.state == "queued"]
    assert browser.get("/account/data").status_code == 303  # to the sign-in
    assert asking.browser().get(asking.links["Carl Contact"]).status_code in {404, 410}


def test_page_of_consequences_counts_and_asks_for_open_tasks_first(
    asking: AskedCycle, database: Database
) -> None:
    """Somebody whose answer is awaited would have taken it with them unseen."""
    emil = asking.round.emil
    planner = asking.sign_in(asking.coordinator)
    path = f"/people/{emil.id}/erase"
    page = text_of(planner.get(path))
    assert "Erase Emil Expert" in page
    assert "Hostile drones : answer for" in page
    assert planner.post(path, data=SURE).status_code == 400
    assert planner.post(path, data={"why": "x"}).status_code == 400
    assert planner.post(path, data={"is_sure": "y", "take_back": "y"}).status_code == 400
    with database.reading() as session:
        assert session.get_one(Person, emil.id).name == "Emil Expert"
    assert planner.post(path, data=SURE | {"take_back": "y"}).status_code == 303
    with database.reading() as session:
        assert session.get_one(Person, emil.id).erased_at is not None
    assert planner.post(path, data=SURE | {"take_back": "y"}).status_code == 409


def test_answer_that_was_handed_on_goes_back_to_who_was_asked(asking: AskedCycle, database: Database) -> None:
    emil, dora = asking.round.emil, asking.round.dora
    with database.transaction() as session:
        task = session.exec(select(AskAddressee).where(AskAddressee.person_id == dora.id)).one()
        task.holder_id = emil.id
        task_id = task.id
    planner = asking.sign_in(asking.coordinator)
    assert planner.post(f"/people/{emil.id}/erase", data=SURE | {"take_back": "y"}).status_code == 303
    with database.reading() as session:
        assert session.get_one(AskAddressee, task_id).holder_id == dora.id


def test_last_coordinator_oneself_and_others_are_refused(asking: AskedCycle, database: Database) -> None:
    cora = asking.coordinator
    planner = asking.sign_in(cora)
    assert planner.post(f"/people/{cora.id}/erase", data=SURE).status_code == 403
    with database.transaction() as session:
        london = session.get_one(City, asking.round.london.id)
        other = make_person(session, "Olga", city=london, roles=[Role.COORDINATOR])
    browser = asking.sign_in(other)
    with database.transaction() as session:
        for held in session.get_one(Person, other.id).roles:  # she lost the role while the page was open
            session.delete(held)
    assert browser.post(f"/people/{cora.id}/erase", data=SURE).status_code == 403
    with database.reading() as session:
        assert session.exec(select(Erasure)).all() == []
    assert asking.sign_in(asking.round.anna).get(f"/people/{cora.id}/erase").status_code == 403


def test_erased_address_stays_out_of_form_and_import_until_it_is_lifted(
    asking: AskedCycle, database: Database, settings: Settings, clock: HandClock, tmp_path: Path
) -> None:
    carl, washington = asking.round.carl, asking.round.washington
    assert erase_carl(asking) == 303
    planner = asking.sign_in(asking.coordinator)
    typed = {
        "name": "Carl C. Contact",
        "email": carl.email.upper(),
        "city_id": str(washington.id),
        "language": "en",
        "is_active": "y",
    }
    refused = planner.post("/network/people/new", data=typed)
    assert refused.status_code == 400
    assert "was erased and is not to be entered again" in refused.text
    anna = f"/network/people/{asking.round.anna.id}/edit"
    assert "was erased" in planner.post(anna, data=typed).text

    file = tmp_path / "network.toml"
    file.write_text(
        f'[[people]]\nname = "Carl Contact"\nemail = "{carl.email}"\ncity = "{washington.slug}"\n'
        f'[[groups]]\nkey = "Z1"\nname = "New group"\nmembers = ["{carl.email}"]\n'
    )
    with database.transaction() as session:
        report = load_network(session, file, settings=settings, now=clock())
    assert [line for line in report.lines() if "left out" in line] == [
        "left out: people: line 1, whose data were erased; take the entry out of the file"
    ]
    with database.reading() as session:
        assert session.exec(select(Person).where(Person.email == carl.email)).first() is None
        assert block_on(session, carl.email, settings) is not None

    lift = {"email": carl.email, "why": "They came back by themselves"}
    assert planner.post("/people/data", data={"email": carl.email, "why": " "}).status_code == 400
    assert planner.post("/people/data", data=lift | {"email": "nobody@example.org"}).status_code == 400
    assert planner.post("/people/data", data=lift).status_code == 303
    assert planner.post("/network/people/new", data=typed).status_code == 303


def test_digest_of_the_address_is_keyed(asking: AskedCycle, database: Database, settings: Settings) -> None:
    """A plain hash would let whoever holds the database try the addresses of a whole police force."""
    carl = asking.round.carl
    assert erase_carl(asking) == 303
    other = settings.model_copy(update={"secret_key": settings.secret_key.__class__("another key" * 4)})
    with database.reading() as session:
        assert block_on(session, carl.email, settings) is not None
        assert block_on(session, carl.email, other) is None


def test_former_contact_cannot_be_edited_and_is_not_listed(asking: AskedCycle) -> None:
    assert erase_carl(asking) == 303
    planner = asking.sign_in(asking.coordinator)
    assert "Former contact" not in text_of(planner.get("/network/people"))
    path = f"/network/people/{asking.round.carl.id}/edit"
    typed = {
        "name": "Back",
        "email": "back@example.org",
        "city_id": str(asking.round.washington.id),
        "language": "en",
        "is_active": "y",
    }
    assert planner.post(path, data=typed).status_code in {400, 409}


def test_old_entries_with_names_in_them_show_the_number(asking: AskedCycle, database: Database) -> None:
    """Entries of before names were kept apart hold the name of then: pages look it up all the same."""
    carl, cycle = asking.round.carl, asking.round.cycle
    with database.transaction() as session:
        held = session.get_one(Person, carl.id)
        entry = audit.record(
            session, actor=held, action="edit cycle", subject=f"cycle:{cycle.id}", now=asking.clock()
        )
        let_in(session)
        session.connection().execute(
            text("UPDATE audit_entry SET actor = 'Carl Contact' WHERE id = :id"), {"id": entry.id}
        )
    assert erase_carl(asking) == 303
    page = asking.sign_in(asking.coordinator).get(f"/cycles/{cycle.id}").text
    assert "Carl Contact" not in page
