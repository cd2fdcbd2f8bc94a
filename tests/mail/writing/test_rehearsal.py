"""A rehearsal shows every letter a cycle would send, by the code that sends, and leaves no trace."""

import re
import time as stopwatch
from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlmodel import Session, func, select

from exchange.commands.rehearse_letters import rehearsal_lines
from exchange.db import Database
from exchange.mail.writing.rehearsal import rehearsed_letters, written
from exchange.models import Answer, AuditEntry, Cycle, Invitation, Letter, Role
from exchange.settings import Settings
from tests.factories import CITY_DATA, make_city, make_cycle, make_group, make_person, stage_plan
from tests.mail.letters import all_letters
from tests.mail.programme import EARLY, three_city_cycle
from tests.queueing import queue_due
from tests.sign_in import SignIn

PLAN = stage_plan()
SESSION_AT = datetime(2027, 2, 11, 14, tzinfo=UTC)
OF_PRODUCT = re.compile(r":E[89](-2d)?:")


def page(client: FlaskClient, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return " ".join(response.get_data(as_text=True).split())


def rows(database: Database) -> tuple[int, int]:
    with database.reading() as session:
        counted = [
            session.exec(select(func.count()).select_from(table)).one() for table in (Letter, AuditEntry)
        ]
        return counted[0], counted[1]


def test_a_rehearsal_says_word_for_word_what_the_ticks_then_queue(database: Database) -> None:
    """Each tick of the year is run with its own now; the rehearsal was one look from before the start.

    All come to the session. What speaks of a product does not leave, as nobody writes one: others hear.
    """
    with database.transaction() as session:
        cycle = three_city_cycle(session)
        made = rehearsed_letters(session, cycle, plan=PLAN, now=EARLY)
        expected = [
            (one.planned.once_key, one.planned.due_at, one.letter.subject, without_links(one.letter.text))
            for one in written(session, made, plan=PLAN, settings=Settings())
        ]
    for moment in sorted({due_at for _, due_at, _, _ in expected}):
        with database.transaction() as session:
            if moment > SESSION_AT:
                session.connection().execute(update(Invitation).values(answer=Answer.ACCEPTED.value))
            queue_due(session, plan=PLAN, settings=Settings(), now=moment)
    queued = [
        (row.once_key, row.due_at, row.subject, without_links(row.text)) for row in all_letters(database)
    ]
    told = [one for one in queued if "-wait:" not in one[0]]
    assert sorted(told) == sorted(one for one in expected if not OF_PRODUCT.search(one[0]))
    assert {one[0].split(":")[2] for one in queued} - {one[0].split(":")[2] for one in expected} == {
        "E8-wait",
        "E9-wait",
    }
    assert len(told) > 40


def without_links(text: str) -> str:
    """Personal links are made when a letter is queued; a rehearsal shows one for all."""
    return re.sub(r"/(attend|answer|review|preferences)/\S+", r"/\1/...", text)


def test_a_city_that_leaves_meanwhile_gets_no_letters_from_that_day_on(database: Database) -> None:
    with database.transaction() as session:
        cycle = three_city_cycle(session)
        cycle.cities[1].memberships[0].ends_on = date(2027, 1, 31)
        session.flush()
        made = rehearsed_letters(session, cycle, plan=PLAN, now=EARLY)
    to_washington = [one.local.on for one in made if one.person.name == "Maria Ruiz"]
    assert to_washington
    assert max(to_washington) < date(2027, 2, 1) < max(one.local.on for one in made)


@pytest.fixture
def coordinator(database: Database, sign_in: SignIn) -> FlaskClient:
    with database.transaction() as session:
        cycle = three_city_cycle(session, is_published=False)
        person = make_person(session, "Coordinator", city=cycle.cities[0], roles=[Role.COORDINATOR])
    return sign_in(person)


def test_the_page_shows_the_letters_of_a_draft_and_nothing_is_sent_or_kept(
    coordinator: FlaskClient, database: Database
) -> None:
    before = rows(database)
    assert "/cycles/1/rehearsal" in page(coordinator, "/cycles/1")
    text = page(coordinator, "/cycles/1/rehearsal")
    assert "[TLP:GREEN] Coming up from Mon 11 Jan: Hostile drones" in text
    assert "Mon 21 Dec 2026, 09:00</time> in London" in text
    assert "Reply to this letter to reach us." in text
    assert "Page 1 of 2" in text
    assert "[TLP:GREEN] Read the results, it closes on Sun 7 Mar: Hostile drones" in page(
        coordinator, "/cycles/1/rehearsal?page=2"
    )
    whole = coordinator.get("/cycles/1/rehearsal.txt").get_data(as_text=True)
    assert whole.count("\nSubject: [TLP:GREEN] ") == whole.count("\nTo: ") > 40
    letters, entries = before
    assert rows(database) == (letters, entries + 1)  # that somebody took it along is in the trail


def test_a_rehearsal_from_another_day_begins_there_and_a_wrong_day_is_said(coordinator: FlaskClient) -> None:
    text = page(coordinator, "/cycles/1/rehearsal?from=2027-02-22")
    assert "Coming up from" not in text
    assert "it closes on" in text
    for wrong in ("2027-13-01", "yesterday", "9999-12-31", "0001-01-01"):
        assert coordinator.get(f"/cycles/1/rehearsal?from={wrong}").status_code == 400
    assert coordinator.get("/cycles/999/rehearsal").status_code == 404
    assert page(coordinator, "/cycles/1/rehearsal?page=999999999999").count("Page 2 of 2") == 1


def test_letters_that_have_gone_are_left_out_unless_another_day_is_asked_for(database: Database) -> None:
    start = datetime(2027, 1, 11, 15, tzinfo=UTC)
    with database.transaction() as session:
        cycle = three_city_cycle(session)
        assert queue_due(session, plan=PLAN, settings=Settings(), now=start) == 4
        for without_taken, count in ((True, 0), (False, 4)):
            made = rehearsed_letters(session, cycle, plan=PLAN, now=start, without_taken=without_taken)
            assert sum(one.kind == "E1" for one in made) == count
        cycle.postponed_at = start
        assert rehearsed_letters(session, cycle, plan=PLAN, now=start) == []


@pytest.mark.slow
def test_a_year_of_sixty_cities_and_three_hundred_people_is_rehearsed_in_ten_seconds(
    database: Database,
) -> None:
    """Measured in processor time, so that a busy machine does not decide it."""
    with database.transaction() as session:
        cycle = large_cycle(session)
        cycle_id = cycle.id or 0
    began = stopwatch.process_time()
    with database.reading() as session:
        lines = list(
            rehearsal_lines(session, cycle_id, settings=Settings(), now=EARLY, from_another_day=False)
        )
    seconds = stopwatch.process_time() - began
    assert lines[-1].endswith("None was sent.")
    assert len(lines) > 2_500
    assert seconds < 10
    assert rows(database)[0] == 0


def large_cycle(session: Session) -> Cycle:
    """Sixty cities in seven zones, eight groups, 300 people, all in one cycle that is a draft."""
    data = list(CITY_DATA.values())
    cities = []
    for number in range(60):
        zone, country, subdivision, categories = data[number % len(data)]
        place = {"time_zone": zone, "holidays_country": country, "holidays_subdivision": subdivision}
        cities.append(make_city(session, f"City {number}", holidays_categories=categories, **place))
    for number in range(120):
        make_person(session, city=cities[number % 60])
    experts = [make_person(session, city=cities[n % 60], roles=[Role.EXPERT]) for n in range(180)]
    groups = [make_group(session, members=experts[n::8], chair=experts[n]) for n in range(8)]
    return make_cycle(
        session,
        lead_city=cities[0],
        cities=cities[1:],
        groups=groups,
        starts_on=date(2027, 1, 11),
        is_published=False,
        created_at=EARLY - timedelta(days=1),
    )
