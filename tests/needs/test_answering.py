"""People answer a round by their link, each for themselves, and what they say is scored when it closes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from exchange.answering.personal_links import link_for, task_of
from exchange.db import Database
from exchange.mail.outbox.delivery import transport_for
from exchange.models import Ask, AskAddressee, Letter, LetterState, Person, Role
from exchange.needs import queries
from exchange.needs.given_answers import TEMPLATE
from exchange.needs.results import pictures, results_of
from exchange.rules.needs.scores import Cause
from exchange.settings import Settings
from jobs.context import Context
from jobs.letters.queue_reminders import queue_reminders
from tests.access.routes import ON_SQLITE
from tests.factories import make_person, stage_plan
from tests.hand_clock import HandClock
from tests.needs.conftest import Net, closed, needs_template, opened
from tests.pages import form_values, text_of
from tests.sign_in import SignIn


def links_of_round(
    database: Database, net: Net, settings: Settings, clock: HandClock
) -> tuple[int, dict[str, str]]:
    """An open round, and the links of those it asks, by name; six experts of London among them."""
    with database.transaction() as session:
        for n in range(6):
            organisation = net.organisations[n % 2].id
            make_person(
                session,
                f"Expert {n}",
                city=net.cities["London"],
                roles=[Role.EXPERT],
                organisation_id=organisation,
            )
        make_person(session, "Finn Finance", city=net.cities["London"], roles=[Role.FINANCE_CONTACT])
        make_person(session, "Left", city=net.cities["London"], is_active=False)
        found = opened(session, net)
        held = session.exec(select(AskAddressee).order_by(AskAddressee.id)).all()
        links = {
            one.holder.name: link_for(session, task_of(one), to=one.holder, settings=settings, now=clock())
            for one in held
        }
        return found.id or 0, {name: url.removeprefix(settings.base_url) for name, url in links.items()}


@ON_SQLITE
def test_leads_contacts_and_experts_of_its_cities_are_asked_each_for_themselves(
    database: Database, net: Net, settings: Settings, clock: HandClock, client: FlaskClient
) -> None:
    _round_id, links = links_of_round(database, net, settings, clock)
    assert set(links) == {f"Expert {n}" for n in range(6)} | {f"Lead of {name}" for name in net.cities}
    page = text_of(client.get(links["Expert 0"]))
    for theme in net.themes:
        assert theme.name in page
    assert "We would not know where to begin" in page
    assert "Nobody sees your answer by itself" in page


@ON_SQLITE
def test_answers_by_link_are_scored_when_the_round_closes(
    app: Flask, database: Database, net: Net, settings: Settings, clock: HandClock
) -> None:
    round_id, links = links_of_round(database, net, settings, clock)
    importance, confidence, last, cause = questions(database)
    for n in range(6):
        browser = app.test_client()
        typed = form_values(browser.get(links[f"Expert {n}"]))
        for row in rows(database):
            typed[f"answer_{importance}_{row}"], typed[f"answer_{confidence}_{row}"] = "5", "2"
            typed[f"answer_{last}_{row}"] = "Never"
            typed[f"answer_{cause}_{row}"] = "Execution: we lack authority, resources or teamwork"
        sent = browser.post(links[f"Expert {n}"], data=typed | {"do": "submit"})
        assert sent.status_code == 303, text_of(sent)
    clock.set(datetime(2026, 12, 20, 9, tzinfo=UTC))
    late = app.test_client().post(links["Lead of Dublin"], data=typed | {"version": "0", "do": "submit"})
    assert late.status_code == 409
    with database.transaction() as session:
        found = queries.round_of(session, round_id)
        assert len(pictures(session, found, clock())[0].cells) == 3
        closed(session, net, found, clock())
        results = results_of(session, queries.round_of(session, round_id))
        assert results is not None
        network = results.themes[0].network
        assert network is not None
        assert (network.people, str(network.priority), network.cause) == (6, "27.0", Cause.EXECUTION)


@ON_SQLITE
def test_a_score_outside_the_scale_is_refused_at_its_field_and_nothing_is_kept(
    database: Database, net: Net, settings: Settings, clock: HandClock, client: FlaskClient
) -> None:
    _round_id, links = links_of_round(database, net, settings, clock)
    typed = form_values(client.get(links["Expert 0"]))
    field = f"answer_{questions(database)[0]}_{rows(database)[0]}"
    typed[field] = "6"
    sent = client.post(links["Expert 0"], data=typed | {"do": "submit"})
    assert sent.status_code == 400
    assert "Not yet" in text_of(sent)


@ON_SQLITE
def test_the_page_of_its_questions_shows_who_answered_and_no_answer_and_leaves_days_to_the_round(
    database: Database, net: Net, settings: Settings, clock: HandClock, coordinator: FlaskClient
) -> None:
    links_of_round(database, net, settings, clock)
    with database.reading() as session:
        ask_id = session.exec(select(Ask.id)).one()
    page = text_of(coordinator.get(f"/asks/{ask_id}"))
    assert "Expert 0, London Silent" in page
    assert "Close it now" not in page
    assert coordinator.get(f"/asks/{ask_id}/last-day").status_code == 404
    assert coordinator.post(f"/asks/{ask_id}/close", data={"version": "1"}).status_code == 404


@ON_SQLITE
def test_who_moves_to_another_city_answers_for_the_one_they_were_asked_in(
    database: Database, net: Net, settings: Settings, clock: HandClock
) -> None:
    links_of_round(database, net, settings, clock)
    with database.transaction() as session:
        person = session.exec(select(Person).where(Person.name == "Expert 0")).one()
        person.city_id = net.cities["Sydney"].id or 0
        asked = session.exec(select(AskAddressee).where(AskAddressee.person_id == person.id)).one()
        assert asked.city_id == net.cities["London"].id


@ON_SQLITE
def test_those_asked_get_the_questions_by_letter_and_who_is_silent_one_reminder_a_week_until_it_closes(
    database: Database, net: Net, settings: Settings, clock: HandClock
) -> None:
    with database.transaction() as session:
        found = opened(session, net)
    with tick(database, settings, clock) as context:
        for _day in range(16):  # from Monday 23 November on
            queue_reminders(context)
            clock.advance(hours=24)
        sent = letters(database)
        assert sent.count(("ask-needs-round", "Lead of London")) == 1
        assert sent.count(("ask-needs-round_half-way", "Lead of London")) == 1
        assert {name for _kind, name in sent} == {f"Lead of {name}" for name in net.cities}
        with database.transaction() as session:
            closed(session, net, found, clock())
        for _day in range(3):
            queue_reminders(context)
            clock.advance(hours=24)
        assert letters(database) == []  # nothing had left, and what waited was taken back


@contextmanager
def tick(database: Database, settings: Settings, clock: HandClock) -> Iterator[Context]:
    transport = transport_for(settings)
    templates = {TEMPLATE: needs_template()}
    yield Context(database, settings, stage_plan(), transport, clock, "test:1", ask_templates=templates)
    transport.close()


def letters(database: Database) -> list[tuple[str, str]]:
    """Kind and reader of what was queued and not taken back, in order."""
    with database.reading() as session:
        kept = select(Letter).where(Letter.state != LetterState.WITHDRAWN).order_by(Letter.id)
        return [(one.kind, one.to_name) for one in session.exec(kept) if one.ask_id]


def questions(database: Database) -> list[int]:
    """The ids of the questions for importance, confidence, last exercise and cause."""
    with database.reading() as session:
        return [one.id or 0 for one in session.exec(select(Ask)).one().questions[:4]]


def rows(database: Database) -> list[int]:
    """The ids of the rows of the themes."""
    with database.reading() as session:
        return [one.id or 0 for one in session.exec(select(Ask)).one().rows]


@ON_SQLITE
def test_my_desk_and_the_list_of_tasks_lead_to_a_round(database: Database, net: Net, sign_in: SignIn) -> None:
    with database.transaction() as session:
        round_id = opened(session, net).id
    lead = sign_in(net.leads["London"])
    assert "Needs round of 2026" in text_of(lead.get("/tasks"))
    desk = lead.get("/desk")
    assert "Needs round of 2026" in text_of(desk)
    assert f'href="/needs/rounds/{round_id}"' in desk.text or 'href="/tasks"' in desk.text
