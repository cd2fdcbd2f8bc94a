"""The library: what each reader finds in it, by which question, and what it costs."""

from datetime import UTC, date, datetime
from itertools import product

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, select

from exchange.access.product_things import about, thing_of_product
from exchange.answering.practice_notes import practice_notes
from exchange.db import Database
from exchange.models import (
    Ask,
    AskAddressee,
    AskParty,
    Contribution,
    ContributionVersion,
    CreditRole,
    Cycle,
    Product,
    ProductCredit,
    ProductKind,
    ProductRecommendation,
    ProductVersion,
    Role,
)
from exchange.products.library import Wanted, library_page
from exchange.rules.access.policy import Right, may
from exchange.rules.access.standing import NOBODY, Standing
from exchange.rules.markings.tlp_labels import Marking
from tests.access.test_conditions import NAMED, _standings
from tests.factories import make_city, make_cycle, make_group, make_person, make_theme, make_training
from tests.hand_clock import HandClock
from tests.sign_in import SignIn
from tests.statements import statements_for

NOW = datetime(2027, 6, 1, 10, tzinfo=UTC)


def add(
    session: Session, *, marking: str = "TLP:CLEAR", title: str = "A product", **fields: object
) -> Product:
    """A product that is out, or (``withdrawn_at``) was."""
    said = {"title": title, "marking": marking, "text": "A text"}
    names = [NAMED] if marking == Marking.RED else []
    out = {"published_at": NOW, "published_number": 1, "published_marking": marking, "created_at": NOW}
    made = Product(**({"kind": ProductKind.REPORT} | out | fields))
    made.versions = [ProductVersion(number=1, named_ids=names, person_id=NAMED, saved_at=NOW, **said)]
    session.add(made)
    session.flush()
    return made


def test_the_list_holds_what_the_policy_allows_and_nothing_else(database: Database) -> None:
    """Of exchanges, of events for some and for all members, and of neither, under each pair of markings."""
    with database.transaction() as session:
        host, party, other = (make_city(session, name) for name in ("Host", "Party", "Other"))
        person = make_person(session, "Named", city=other)
        group, theme = make_group(session, "Group", members=[person]), make_theme(session)
        for marking, own in product(Marking, Marking):
            named = {"named_ids": [NAMED]} if marking is Marking.RED else {}
            cycle = make_cycle(session, lead_city=host, cities=[party], theme=theme, marking=marking, **named)
            some = make_training(session, host_city=host, groups=[group], marking=marking, **named)
            every = make_training(session, host_city=host, marking=marking, **named)
            add(session, marking=own, cycle_id=cycle.id)
            add(session, marking=own, training_id=some.id)
            add(session, marking=own, training_id=every.id)
        for own in Marking:
            add(session, marking=own, cities=[party], groups=[group])
            add(session, marking=own)
            add(session, marking=own, withdrawn_at=NOW)
        everyone = dict(_standings(host.id or 0, party.id or 0, other.id or 0, group.id or 0))
    counts = {}
    with database.reading() as session:
        rows = session.exec(select(Product)).all()
        for name, one in everyone.items():
            open_ = {row.id for row in rows if row.withdrawn_at is None and may_read(one, row)}
            found: set[int | None] = set()
            first = library_page(session, one, Wanted(), 1)
            for number in range(1, first.pages + 1):
                found |= {v.product_id for v in library_page(session, one, Wanted(), number).rows}
            assert (name, found, first.found) == (name, open_, len(open_))
            counts[name] = len(open_)
    assert len(set(counts.values())) > 5
    assert counts["a visitor"] > 0


def may_read(standing: Standing, row: Product) -> bool:
    return may(standing, Right.READ, thing_of_product(row, about(row)))


@pytest.fixture
def planner(database: Database, sign_in: SignIn, clock: HandClock) -> FlaskClient:
    clock.set(NOW)
    with database.transaction() as session:
        city = make_city(session, "London")
        cora = make_person(session, "Cora", city=city, roles=[Role.COORDINATOR])
    return sign_in(cora)


def titles(browser: FlaskClient, asked: str) -> set[str]:
    page = browser.get(f"/library{asked}").text
    return {one for one in ("Drones note", "Crowds brief", "Spring letter") if one in page}


def test_products_are_found_by_theme_kind_year_and_words(
    planner: FlaskClient, database: Database, app: Flask
) -> None:
    with database.transaction() as session:
        drones, crowds = make_theme(session, "Drones"), make_theme(session, "Crowds")
        host = make_city(session, "Oslo")
        cycle = make_cycle(session, lead_city=host, theme=drones, marking="TLP:AMBER")
        add(session, title="Drones note", kind="exchange note", cycle_id=cycle.id, year=2026)
        brief = add(session, title="Crowds brief", kind="policy brief", themes=[crowds], year=2027)
        brief.recommendations = [ProductRecommendation(number=1, text="Train the stewards.")]
        brief.credits = [ProductCredit(position=1, role=CreditRole.LEAD_AUTHOR, name="Prof. Ines Maier")]
        add(session, title="Spring letter", kind="newsletter", year=2027, marking="TLP:GREEN")
        drones_id, crowds_id = drones.id, crowds.id
    everything = {"Drones note", "Crowds brief", "Spring letter"}
    assert titles(planner, "") == everything
    assert titles(planner, f"?theme={drones_id}") == {"Drones note"}
    assert titles(planner, f"?theme={crowds_id}") == {"Crowds brief"}
    assert titles(planner, "?kind=newsletter") == {"Spring letter"}
    assert titles(planner, "?year=2027") == {"Crowds brief", "Spring letter"}
    assert titles(planner, "?search=STEWARDS") == {"Crowds brief"}
    assert titles(planner, "?search=maier+crowds") == {"Crowds brief"}
    assert titles(planner, "?search=100%25") == set()
    assert titles(planner, "?kind=poem&year=x&theme=99999999999999&page=-3") == everything
    visitor = app.test_client()
    assert titles(visitor, "") == {"Drones note", "Crowds brief"}
    # The theme of an exchange is not the visitor's to know, so they do not find by it either.
    assert titles(visitor, f"?theme={drones_id}") == set()
    assert "Spring letter" not in visitor.get("/library?search=spring").text


def test_thirty_products_take_as_many_statements_as_one(planner: FlaskClient, database: Database) -> None:
    counts = []
    for many in (1, 30):
        with database.transaction() as session:
            for number in range(many):
                theme, host = make_theme(session), make_city(session, f"City {many}-{number}")
                cycle = make_cycle(session, lead_city=host, theme=theme)
                event = make_training(session, host_city=host, theme=theme)
                add(session, cycle_id=cycle.id, kind="exchange note")
                add(session, training_id=event.id, themes=[theme])
        counts.append(
            [statements_for(planner, f"/library{asked}") for asked in ("", "?search=product&theme=1")]
        )
    assert counts[0] == counts[1]


def make_note(session: Session, cycle: Cycle, marking: str, note: str, **fields: object) -> None:
    """An answer of a city of the cycle, with a note."""
    ask = session.exec(select(Ask).where(Ask.cycle_id == cycle.id)).first()
    if ask is None:
        ask = Ask(cycle_id=cycle.id or 0, template="cycle-cities", created_at=NOW, changed_at=NOW)
        session.add(ask)
        session.flush()
    city = make_city(session, note.split(maxsplit=1)[0])
    holder = make_person(session, city=city)
    party = AskParty(ask_id=ask.id or 0, city_id=city.id)
    session.add(party)
    session.flush()
    asked = AskAddressee(party_id=party.id or 0, person_id=holder.id, holder_id=holder.id, asked_at=NOW)
    answer = Contribution(
        party_id=party.id or 0, author_id=holder.id or 0, marking=marking, created_at=NOW, changed_at=NOW
    )
    answer.submitted_at = NOW
    handed_in = {"marking": marking, "person_id": holder.id, "submitted_at": NOW} | fields
    answer.versions = [
        ContributionVersion(number=1, practice_note=f"Before: {note}", **handed_in),
        ContributionVersion(number=2, practice_note=note, **handed_in),
    ]
    session.add_all([asked, answer])
    session.flush()


def test_notes_of_exchanges_that_are_over_are_found_as_their_marking_lets(
    planner: FlaskClient, database: Database, app: Flask, sign_in: SignIn
) -> None:
    with database.transaction() as session:
        host, theme = make_city(session, "Oslo"), make_theme(session, "Drones")
        olga = make_person(session, "Olga", city=host)
        group = make_group(session, members=[make_person(session, "Gus", city=host, roles=[Role.EXPERT])])
        gus_id = group.members[0].person_id
        of = {"lead_city": host, "theme": theme, "marking": "TLP:CLEAR"}
        over = make_cycle(session, groups=[group], starts_on=date(2027, 1, 4), **of)
        make_note(session, over, "TLP:CLEAR", "Clear canary")
        make_note(session, over, "TLP:AMBER", "Amber canary")
        make_note(session, over, "TLP:AMBER+STRICT", "Strict canary", group_ids=[group.id])
        make_note(session, over, "TLP:RED", "Red canary", named_ids=[olga.id])
        now = make_cycle(session, starts_on=date(2027, 5, 24), **of)
        make_note(session, now, "TLP:CLEAR", "Running canary")
        other = make_cycle(session, starts_on=date(2027, 1, 4), **of)
        make_note(session, other, "TLP:CLEAR", "Asked canary")
        session.exec(select(Ask).where(Ask.cycle_id == other.id)).one().template = "half-way-poll"
        theme_id, gus = theme.id, session.get_one(type(olga), gus_id)
    words = ("Clear", "Amber", "Strict", "Red", "Running", "Asked")
    seen = {
        name: {word for word in words if f"{word} canary" in page}
        for name, page in (
            ("visitor", app.test_client().get("/library/practice-notes").text),
            ("planner", planner.get(f"/library/practice-notes?theme={theme_id}").text),
            ("contact", sign_in(olga).get("/library/practice-notes").text),
            ("expert", sign_in(gus).get("/library/practice-notes").text),
        )
    }
    assert seen == {
        "visitor": {"Clear"},
        "planner": {"Clear", "Amber"},
        "contact": {"Clear", "Amber", "Red"},
        "expert": {"Clear", "Amber", "Strict"},
    }
    assert "Before:" not in planner.get("/library/practice-notes").text
    assert "Clear canary" not in planner.get("/library/practice-notes?search=amber").text
    with database.reading() as session:
        assert (
            session.exec(practice_notes(session, NOBODY, theme_id=theme_id, on=date(2026, 1, 1))).all() == []
        )
