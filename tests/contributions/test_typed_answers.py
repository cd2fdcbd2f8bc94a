"""Questions of every kind, about an event, answered behind a link as browsers without scripts send them."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlmodel import select

from exchange.answering import ask_changes
from exchange.answering.ask_opening import Invited, Opening, open_ask
from exchange.answering.asks import ask_by_id
from exchange.db import Database
from exchange.errors import Conflict, InvalidInput
from exchange.models import Contribution, Letter
from exchange.settings import Settings
from tests.contributions.event_asks import ASKED_AT, CLOSES_ON, FEEDBACK, EventAsk, make_event_ask
from tests.contributions.test_answer import multipart
from tests.hand_clock import HandClock
from tests.sign_in import SignIn


@pytest.fixture
def event(app: Flask, database: Database, settings: Settings, clock: HandClock) -> EventAsk:
    return make_event_ask(app, database, settings, clock)


def test_page_shows_each_kind_with_words_and_rows_under_their_title(event: EventAsk) -> None:
    page = event.browser.get(event.links["Anna There"]).text
    assert "Evacuation table-top" in page
    assert "1 – not at all" in page
    assert "5 – very" in page
    for title in ("Evacuate in 20 minutes", "Tell the public"):
        assert f"<legend>{title}</legend>" in page
    assert "How often do you train it?" not in page  # for each theme, and there is none
    assert page.count('type="radio"') == 5 + 3 + 3 + 2 * 5  # what has to be answered offers no way back
    assert 'type="date"' in page
    assert "Practice note" not in page
    assert 'name="marking"' not in page


def test_all_kinds_are_kept_as_values_and_come_back_into_the_page(event: EventAsk) -> None:
    path = event.links["Anna There"]
    typed = event.whole(
        **{
            event.field("Which part helped most?"): "Table-top",
            event.field("What would you come to again?"): ["Drill", "Visit"],
            event.field("How many people hear of it from you?"): "2,5",
            event.field("When do you train it next?"): "2027-09-01",
            event.field("May we ask you again?"): "no",
            event.field("What should change?"): "More *time*.",
        }
    )
    assert event.browser.post(path, data=typed).status_code == 303
    values = {
        (one.question.text, one.row.title if one.row else ""): one.values for one in event.results().questions
    }
    assert values == {
        ("Was it worth your time?", ""): [4],
        ("Which part helped most?", ""): ["Table-top"],
        ("What would you come to again?", ""): [["Visit", "Drill"]],
        ("How many people hear of it from you?", ""): [2.5],
        ("When do you train it next?", ""): ["2027-09-01"],
        ("May we ask you again?", ""): [False],
        ("Was it met?", "Evacuate in 20 minutes"): [5],
        ("Was it met?", "Tell the public"): [2],
        ("What should change?", ""): ["More *time*."],
    }
    page = event.browser.get(path).text
    assert page.count("checked") == 1 + 1 + 2 + 1 + 2
    assert 'value="2027-09-01"' in page
    preview = event.browser.post(path, data=typed | {"do": "preview"}).text
    for words in (
        "4",
        "Visit, Drill",
        "Wednesday 1 September 2027",
        "<em>time</em>",
        "Tell the public: Was it met?",
    ):
        assert words in preview


@pytest.mark.parametrize(
    ("question", "typed", "said"),
    [
        ("Was it worth your time?", "6", "Choose a whole number from 1 to 5."),
        ("Which part helped most?", "Lunch", "That is not one of the choices."),
        ("What would you come to again?", "Picnic", "That is not one of the choices."),
        ("How many people hear of it from you?", "a dozen", "Write a number in digits"),
        ("When do you train it next?", "next Tuesday", "Write the date like 2027-03-11."),
        ("May we ask you again?", "perhaps", "Choose yes or no."),
    ],
)
@pytest.mark.parametrize("button", ["save", "submit", "autosave"])
def test_what_a_kind_does_not_take_is_said_at_its_question_and_nothing_is_saved(
    event: EventAsk, question: str, typed: str, said: str, button: str
) -> None:
    answer = event.browser.post(
        event.links["Anna There"],
        data=event.whole(
            **{event.field(question): typed, event.field("What should change?"): "Kept.", "do": button}
        ),
    )
    assert answer.status_code == 400
    if button != "autosave":
        assert f"{question}: {said}" in answer.text
        assert "Kept." in answer.text
    with event.database.reading() as session:
        assert session.exec(select(Contribution)).all() == []


def test_what_has_to_be_answered_is_asked_for_when_it_is_handed_in_and_not_before(event: EventAsk) -> None:
    path, row = event.links["Anna There"], event.field("Was it met?", "Tell the public")
    without = {key: value for key, value in event.whole().items() if key != row}
    refused = event.browser.post(path, data=without)
    assert refused.status_code == 400
    assert f'id="{row}-error"' in refused.text
    assert event.browser.post(path, data=without | {"do": "save"}).status_code == 303
    assert event.results().handed_in == 0  # a draft counts nowhere


def test_receipt_speaks_of_the_event_and_the_marking_is_the_asks(event: EventAsk) -> None:
    event.browser.post(event.links["Emil There"], data=event.whole(marking="TLP:CLEAR"))
    with event.database.reading() as session:
        receipt = session.exec(select(Letter).where(Letter.kind == "receipt")).one()
        contribution = session.exec(select(Contribution)).one()
        assert contribution.marking == "TLP:AMBER+STRICT"
    assert "Your answer about “Evacuation table-top” arrived" in receipt.text
    assert "exchange “" not in receipt.text


def test_answer_counts_for_the_city_its_author_had_then(event: EventAsk) -> None:
    event.browser.post(event.links["Emil There"], data=event.whole())
    london = event.people[1].city_id
    with event.database.transaction() as session:
        emil = session.merge(event.people[1])
        emil.city_id = event.people[0].city_id or 0
    (given,) = event.results().questions[0].given
    assert (given.city_id, given.party, given.version) == (london, "", 1)


def test_deputy_answers_in_the_place_of_who_was_asked(event: EventAsk) -> None:
    path = event.links["Emil There"]
    page = event.browser.get(path + "/pass").text
    assert "Cora" in page
    passed = event.browser.post(path + "/pass", data={"person": event.coordinator.id})
    assert "Cora answers in your place now" in passed.text
    assert event.browser.get(path).status_code == 410
    with event.database.reading() as session:
        letter = session.exec(select(Letter).where(Letter.kind == "passed on")).one()
    assert "Emil There asks you to answer in their place about “Evacuation table-top”" in letter.text


def test_link_answers_until_the_last_day_ends_where_its_reader_is(event: EventAsk) -> None:
    event.clock.set(datetime(2027, 3, 25, 23, 30, tzinfo=UTC))  # half past midnight in Stockholm
    assert event.browser.post(event.links["Anna There"], data=event.whole()).status_code == 409
    assert event.browser.post(event.links["Emil There"], data=event.whole()).status_code == 303


def test_link_of_who_left_the_network_opens_nothing(event: EventAsk) -> None:
    with event.database.transaction() as session:
        session.merge(event.people[0]).is_active = False
    assert event.browser.get(event.links["Anna There"]).status_code == 410


def test_who_is_signed_in_answers_without_the_letter(event: EventAsk, sign_in: SignIn) -> None:
    anna, emil = sign_in(event.people[0]), sign_in(event.people[1])
    opened = anna.post("/tasks/1/open")
    assert opened.status_code == 303
    assert "Was it worth your time?" in anna.get(opened.location).text
    assert emil.post("/tasks/1/open").status_code == 404


def test_ask_is_made_once_and_never_closes_before_it_opens(event: EventAsk) -> None:
    with event.database.transaction() as session:
        training = session.merge(event.training)
        with pytest.raises(Conflict, match="asked here already"):
            open_ask(session, training, Opening(FEEDBACK, CLOSES_ON), [], actor=None, now=ASKED_AT)
        late = Opening(FEEDBACK, date(2027, 3, 11))
        with pytest.raises(InvalidInput, match="close before it opens") as refused:
            open_ask(session, training, late, [Invited(event.people)], actor=None, now=ASKED_AT)
        assert refused.value.field == "closes_on"


def test_answers_stay_readable_as_they_were_asked_when_a_question_is_worded_anew(event: EventAsk) -> None:
    path = event.links["Anna There"]
    event.browser.post(path, data=event.whole())
    with event.database.transaction() as session:
        ask = ask_by_id(session, event.ask.id or 0)
        planned = [ask_changes.planned_of(one) for one in ask.questions]
        planned[0] = replace(planned[0], text="Was it worth a day?", options=("never", "always"))
        ask_changes.change_questions(
            session, ask, planned, version=1, actor=session.merge(event.coordinator), now=ASKED_AT
        )
    assert "Was it worth a day?" in event.browser.get(path).text
    event.clock.set(datetime(2027, 4, 1, tzinfo=UTC))
    (entry, *_rest) = event.results().questions
    assert [(one.value, one.version) for one in entry.given] == [(4, 1)]
    assert (entry.question.version, entry.question.earlier[0]["text"]) == (2, "Was it worth your time?")


def test_answer_is_to_the_words_its_author_read(event: EventAsk) -> None:
    """Who opened the page before a question was worded anew reads it again before they hand in."""
    with event.database.transaction() as session:
        ask = ask_by_id(session, event.ask.id or 0)
        planned = [ask_changes.planned_of(one) for one in ask.questions]
        planned[0] = replace(planned[0], text="Was it a waste of time?")
        actor = session.merge(event.coordinator)
        ask_changes.change_questions(session, ask, planned, version=1, actor=actor, now=ASKED_AT)
    refused = event.browser.post(event.links["Anna There"], data=event.whole(asked="1"))
    assert refused.status_code == 409
    assert "Was it a waste of time?" in refused.text
    assert refused.text.count("checked") == 3
    assert event.browser.post(event.links["Anna There"], data=event.whole(asked="2")).status_code == 303


def test_what_the_page_does_not_offer_is_not_taken_either(event: EventAsk) -> None:
    path, typed = event.links["Anna There"], event.whole(practice_note="A note.", links="https://example.org")
    body, kind = multipart(typed | {"do": "attach"}, "files", "plan.txt", b"A plan.")
    refused = event.browser.post(path, data=body, content_type=kind)
    assert refused.status_code == 400
    assert "No files are taken here." in refused.text
    assert event.browser.post(path, data=typed).status_code == 303
    with event.database.reading() as session:
        kept = session.exec(select(Contribution)).one()
        assert (kept.practice_note, kept.links, kept.attachments) == ("", [], [])
