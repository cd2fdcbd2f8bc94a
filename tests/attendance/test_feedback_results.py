"""What people thought is shown without names, and nothing of few: not outright, and not by what is left."""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from exchange.answering.results import Given, QuestionResults, Results
from exchange.attendance.feedback import TEMPLATE
from exchange.attendance.feedback_results import Shown, Spread, shown
from exchange.db import Database
from exchange.models import (
    Ask,
    AskAddressee,
    AskParty,
    AskQuestion,
    Contribution,
    ContributionVersion,
    Organisation,
    TrainingEvent,
)
from exchange.personal_data.retention import apply, due
from exchange.personal_data.retention_rules import read_retention
from exchange.rules.asks.question_kinds import QuestionKind
from exchange.rules.asks.templates_file import read_ask_templates
from exchange.settings import CONFIG, read_toml
from tests.access.routes import ON_SQLITE
from tests.attendance.conftest import Event
from tests.factories import make_person
from tests.hand_clock import HandClock
from tests.pages import text_of
from tests.sign_in import SignIn

RULES = read_retention(CONFIG / "retention.toml")
QUESTIONS = read_ask_templates(read_toml(CONFIG / "asks.toml"))[TEMPLATE].questions
CLOSED_AT = datetime(2027, 6, 14, 9, tzinfo=UTC)


def question(number: int) -> AskQuestion:
    """One of the file, as a row."""
    one = QUESTIONS[number]
    return AskQuestion(
        id=number, ask_id=1, position=number, text=one.text, kind=one.kind, options=list(one.options)
    )


def results(*given_to: tuple[int, list[tuple[object, int, int | None]]]) -> Results:
    """Answers by question: value, person and organisation of each."""
    questions = []
    for number, answers in given_to:
        given_here = [Given(value, person, person, "", 1, body, 1) for value, person, body in answers]  # type: ignore[arg-type]
        questions.append(QuestionResults(question(number), None, given_here))
    return Results(Ask(template=TEMPLATE), 99, 99, questions)  # type: ignore[call-arg]


SCALE = next(number for number, one in enumerate(QUESTIONS) if one.kind == "scale")


def scale(*scores: int) -> Spread:
    """Everybody by themselves, of two organisations in turn."""
    answers: list[tuple[object, int, int | None]] = [(one, n, n % 2) for n, one in enumerate(scores)]
    (found,) = shown(results((SCALE, answers))).statements
    return found


def test_the_form_of_the_domain_is_whole() -> None:
    kinds = [one.kind for one in QUESTIONS]
    assert kinds.count("scale") == 9  # eight statements, and how accessible it was
    assert QUESTIONS[0].options == ("Player", "Observer", "Facilitator", "Evaluator")
    assert sum(one.options == ("High", "Medium", "Low") for one in QUESTIONS) == 3
    assert [one.text for one in QUESTIONS[1:3]] == ["Three strengths", "Three things to improve"]
    assert [one.text for one in QUESTIONS[-5:-3]] == ["What will you do differently?", "By when?"]


def test_scores_of_many_are_shown_with_their_median_and_of_few_are_not() -> None:
    found = scale(*[5] * 8, *[4] * 6, 1)
    assert [(step.people, step.percent) for step in found.steps] == [
        (None, 0),
        (0, 0),
        (0, 0),
        (6, 43),
        (8, 57),
    ]
    assert (found.people, found.others, found.middle) == (14, 0, 5)
    assert scale(1, 2, 3, 4).people == 0
    together = scale(*[5] * 6, 1, 1, 1, 2, 2, 2)
    assert [step.people for step in together.steps] == [None, None, 0, 0, 6]
    assert (together.people, together.others) == (12, 6)


def test_one_organisation_or_none_known_shows_nothing() -> None:
    same: list[tuple[object, int, int | None]] = [(5, n, 7) for n in range(9)]
    unknown: list[tuple[object, int, int | None]] = [(5, n, None) for n in range(9)]
    for answers in (same, unknown):
        assert shown(results((SCALE, answers))).statements[0].people == 0


@settings(max_examples=60)
@given(st.lists(st.integers(1, 5), max_size=40))
def test_nothing_shown_or_left_over_is_of_fewer_than_five(scores: list[int]) -> None:
    found = scale(*scores)
    counted = [step.people for step in found.steps if step.people]
    assert all(count >= 5 for count in (*counted, *([found.others] if found.others else [])))
    assert found.people == sum(counted) + found.others  # so that what is kept back is in no total


def test_texts_are_lists_without_names_and_in_no_order_of_theirs() -> None:
    lines = ["Time", "Better maps", "A quiet room", "More radios", "Fewer slides"]
    answers: list[tuple[object, int, int | None]] = [(line, n, n % 2) for n, line in enumerate(lines)]
    many, few = shown(results((1, answers))), shown(results((1, answers[:4])))
    assert many.texts[0].lines == sorted(lines)
    assert (few.texts[0].lines, few.texts[0].is_kept_back) == ([], True)


def test_a_corrective_action_stands_with_how_urgent_it_is_and_who() -> None:
    what: list[tuple[object, int, int | None]] = [(f"Do {n}", n, n % 2) for n in range(5)]
    urgency: list[tuple[object, int, int | None]] = [("High", 3, 1), ("Low", 1, 1)]
    found = shown(results((3, what), (4, urgency), (5, [("The fire service", 3, 1)])))
    assert found.actions.lines[:2] == [("Do 3", "High", "The fire service"), ("Do 1", "Low", "")]
    assert found.texts == []
    assert shown(results((3, what[:3]), (4, urgency), (5, []))).actions.is_kept_back


def spreads(
    kind: QuestionKind, *values: object, options: tuple[str, ...] = (), required: bool = False
) -> Shown:
    """One question of a kind, answered by people of two organisations in turn."""
    asked = AskQuestion(
        id=1, ask_id=1, position=1, text="Q?", kind=kind, options=list(options), is_required=required
    )
    given_here = [Given(value, n, n, "", 1, n % 2, 1) for n, value in enumerate(values)]  # type: ignore[arg-type]
    questions = [QuestionResults(asked, None, given_here)]
    return shown(Results(Ask(template=TEMPLATE), 99, len(values), questions))  # type: ignore[call-arg]


def counts(found: Sequence[Spread]) -> list[tuple[str, list[int | None], int]]:
    return [(one.text, [step.people for step in one.steps], one.people) for one in found]


def test_kinds_that_a_coordinator_may_add_are_shown_as_carefully() -> None:
    yes_no = spreads(QuestionKind.YES_NO, *[True] * 6, *[False] * 2)
    assert counts(yes_no.choices) == [("Q?", [6, None], 6)]
    several = spreads(
        QuestionKind.CHOICES, *[["Visit"]] * 5, *[["Visit", "Talk"]] * 5, ["Talk"], options=("Visit", "Talk")
    )
    assert counts(several.choices) == [("Q? Visit", [0, 0], 0), ("Q? Talk", [6, 5], 11)]
    number = spreads(QuestionKind.NUMBER, 1, 2, 3, 40, 5)
    assert [(one.steps, one.people, one.middle) for one in number.statements] == [([], 5, 3)]
    assert spreads(QuestionKind.NUMBER, 1, 2, 3, 4).statements[0].people == 0


@settings(max_examples=60)
@given(st.lists(st.integers(1, 5), max_size=30))
def test_of_a_required_question_no_few_are_left_when_what_is_shown_is_taken_from_who_handed_in(
    scores: list[int],
) -> None:
    (found,) = spreads(QuestionKind.SCALE, *scores, options=("no", "yes"), required=True).statements
    assert found.people in {0, len(scores)}


@pytest.fixture
def answered(database: Database, event: Event) -> Event:
    """Twelve people of two organisations were there and answered."""
    with database.transaction() as session:
        bodies = [Organisation(key=f"o{n}", name=f"Body {n}") for n in range(2)]
        session.add_all(bodies)
        session.flush()
        ask = Ask(
            template=TEMPLATE,
            training_id=event.id,
            closes_on=date(2027, 6, 10),
            marking="TLP:AMBER+STRICT",
            created_at=CLOSED_AT,
            changed_at=CLOSED_AT,
        )
        ask.questions = [
            AskQuestion(ask_id=0, position=n, text=one.text, kind=one.kind, options=list(one.options))
            for n, one in enumerate(QUESTIONS, 1)
        ]
        session.add(ask)
        session.flush()
        party = AskParty(ask_id=ask.id or 0)
        session.add(party)
        session.flush()
        for number in range(12):
            hand_in(session, event, ask, party, bodies[number % 2], number)
    return event


def hand_in(
    session: Session, event: Event, ask: Ask, party: AskParty, body: Organisation, number: int
) -> None:
    city = event.net.cities["Dublin"]
    person = make_person(session, f"Guest {number}", city=city, organisation_id=body.id)
    asked = AskAddressee(
        party_id=party.id or 0,
        person_id=person.id or 0,
        holder_id=person.id or 0,
        city_id=city.id,
        organisation_id=body.id,
        asked_at=CLOSED_AT,
    )
    session.add(asked)
    session.flush()
    answers: dict[str, object] = {}
    for one in ask.questions:
        if one.kind == "scale":
            answers[str(one.id)] = 5 if number < 7 else 4
        elif one.kind == "text":
            answers[str(one.id)] = f"Words of {one.position} {number:02}"
    row = Contribution(
        party_id=party.id or 0,
        addressee_id=asked.id,
        author_id=person.id or 0,
        marking="TLP:AMBER+STRICT",
        answers=answers,
        created_at=CLOSED_AT,
        changed_at=CLOSED_AT,
        submitted_at=CLOSED_AT,
    )
    session.add(row)
    session.flush()
    session.add(
        ContributionVersion(
            contribution_id=row.id or 0,
            number=1,
            person_id=person.id or 0,
            submitted_at=CLOSED_AT,
            marking="TLP:AMBER+STRICT",
            answers=answers,
        )
    )


@ON_SQLITE
def test_results_open_to_the_host_once_nobody_can_answer(
    database: Database, answered: Event, clock: HandClock, sign_in: SignIn
) -> None:
    address = f"/trainings/{answered.id}/feedback"
    clock.set(datetime(2027, 6, 11, 9, tzinfo=UTC))  # it is still the 10th somewhere
    lena: FlaskClient = sign_in(answered.people["lena"])
    assert "Answers may still come" in text_of(lena.get(address))
    assert "Words of" not in lena.get(address).text
    clock.set(CLOSED_AT)
    for name in ("lena", "paul", "cora"):
        page = sign_in(answered.people[name]).get(address)
        assert "5 Strongly agree 7" in text_of(page)
        assert "12 people; median 5" in text_of(page)
        assert "Words of 2 03" in text_of(page)
        assert "Guest" not in page.text
        assert "feedback-bar" in page.text
    assert sign_in(answered.people["dora"]).get(address).status_code == 404
    with database.transaction() as session:
        ask = session.exec(select(Ask)).one()
        ask.closes_on = date(2027, 7, 10)
    assert "Answers may still come" in text_of(sign_in(answered.people["lena"]).get(address))


@ON_SQLITE
def test_before_anybody_is_asked_the_page_says_so(event: Event, sign_in: SignIn) -> None:
    page = sign_in(event.people["lena"]).get(f"/trainings/{event.id}/feedback")
    assert "Nobody has been asked" in text_of(page)


@ON_SQLITE
def test_after_two_years_nothing_tells_who_wrote_what_and_what_was_shown_stays(
    database: Database, answered: Event, clock: HandClock, sign_in: SignIn
) -> None:
    early, late = datetime(2029, 6, 1, tzinfo=UTC), datetime(2029, 7, 1, tzinfo=UTC)
    with database.reading() as session:
        assert (due(session, RULES, early).feedback_texts, due(session, RULES, late).feedback_texts) == (
            0,
            12,
        )
    assert apply(database.transaction, RULES, late).feedback_texts == 12
    assert apply(database.transaction, RULES, late).feedback_texts == 0
    with database.reading() as session:
        held = [*session.exec(select(Contribution)), *session.exec(select(ContributionVersion))]
        assert not [one for one in held if "Words" in str(one.answers)]
        assert {len(one.answers) for one in held} == {9}  # the scales
    clock.set(late)
    page = text_of(sign_in(answered.people["lena"]).get(f"/trainings/{answered.id}/feedback"))
    assert "12 people; median 5" in page
    assert "Words of 2 03" in page
    assert "Words of 4 03 – Words of 6 03" in page


@ON_SQLITE
def test_results_leave_as_a_table_that_says_what_the_page_says_and_no_names(
    database: Database, answered: Event, clock: HandClock, sign_in: SignIn
) -> None:
    with database.transaction() as session:
        ask = session.exec(select(Ask)).one()
        session.get_one(TrainingEvent, answered.id).is_chatham_house = True
        for version in session.exec(select(ContributionVersion)):
            texts = {str(one.id) for one in ask.questions if one.text == "What will you do differently?"}
            version.answers = version.answers | dict.fromkeys(texts, "=1+1")
        ask_id = ask.id
    address = f"/export/asks/{ask_id}.csv"
    clock.set(datetime(2027, 6, 11, 9, tzinfo=UTC))  # it is still the 10th somewhere
    early = sign_in(answered.people["lena"])
    assert early.get(address).status_code == 409
    assert "Results as CSV" not in text_of(early.get(f"/asks/{ask_id}"))
    clock.set(CLOSED_AT)
    lena = sign_in(answered.people["lena"])
    assert "Results as CSV" in text_of(lena.get(f"/asks/{ask_id}"))
    sent = lena.get(address)
    assert sent.mimetype == "text/csv"
    rows = list(csv.reader(io.StringIO(sent.data.decode("utf-8-sig"))))
    statement = "The event was well structured and organised."
    end = ["TLP:AMBER+STRICT", "Chatham House Rule"]
    assert rows[0] == ["question", "answer", "people", "percent", "marking", "rule"]
    assert [statement, "5 Strongly agree", "7", "58", *end] in rows
    assert ["What was your part?", "kept back: too few said it", "", "", *end] in rows
    assert ["What will you do differently?", "'=1+1", "", "", *end] in rows
    assert "Guest" not in sent.text
    assert sign_in(answered.people["dora"]).get(address).status_code == 404


@ON_SQLITE
def test_what_few_said_does_not_leave_as_a_table(
    database: Database, answered: Event, clock: HandClock, sign_in: SignIn
) -> None:
    with database.transaction() as session:
        ask_id = session.exec(select(Ask.id)).one()
        kept = session.exec(select(Contribution).order_by(col(Contribution.id)).limit(4)).all()
        for one in session.exec(select(Contribution)):
            if one not in kept:
                one.submitted_at = None
    clock.set(CLOSED_AT)
    sent = sign_in(answered.people["lena"]).get(f"/export/asks/{ask_id}.csv")
    assert "Words of" not in sent.text
    assert "5 Strongly agree" not in sent.text
    assert "kept back: too few said it" in sent.text
