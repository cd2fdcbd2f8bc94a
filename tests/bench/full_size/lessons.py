"""From need to lesson: two needs rounds, who was at each event, products of events, findings and actions."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import count
from random import Random

from sqlmodel import Session

from exchange.models import (
    Ask,
    AskAddressee,
    AskParty,
    AskQuestion,
    AskRow,
    Attendance,
    AttendanceSheet,
    Contribution,
    ContributionVersion,
    ImprovementAction,
    Lesson,
    LessonProgress,
    Need,
    NeedEvent,
    NeedsRound,
    NeedsRoundCity,
    NeedsRoundTheme,
    NeedsShowing,
    Organisation,
    Preparation,
    Product,
    ProductVersion,
    TrainingObjective,
)
from exchange.models.lessons import Headway, LessonKind, Phase
from exchange.needs.given_answers import ASKED, TEMPLATE
from exchange.rules.asks.question_kinds import QuestionKind
from exchange.rules.asks.question_sets import PlannedQuestion
from exchange.rules.asks.templates_file import read_ask_templates
from exchange.rules.programme.stage_plan import StagePlan
from exchange.settings import Settings, read_toml
from tests.bench.full_size.people import CITIES, LEAD_CITIES, PEOPLE, THEMES, city_of
from tests.bench.full_size.programme import EVENTS, MADE, event_on
from tests.bench.full_size.rows import Row, next_id, put

ROUNDS = (2028, 2029)
ASKED_ABOUT, HANDED_IN = 20, 1_500  # themes of a round; people who answer it
FINDINGS, ACTIONS, THERE = 300, 900, 30  # THERE: people at an event
ORGANISATIONS = 121
WORDS = "What the city does in the first hour, and whom it tells. " * 4
_STATES = ("open", "in progress", "blocked", "done", "verified", "declined")


def add_needs_to_lessons(session: Session, _plan: StagePlan, now: datetime) -> None:
    """The rounds are closed, most of what is past was noted, and a third of the findings is being met."""
    organisations = (
        {"id": n, "key": f"organisation-{n}", "name": f"Organisation {n}"}
        for n in range(1, ORGANISATIONS + 1)
    )
    put(session, Organisation, organisations)
    for number, year in enumerate(ROUNDS, 1):
        _put_round(session, number, year)
    put(session, Need, (_need(number) for number in range(1, ASKED_ABOUT + 1)))
    put(session, NeedEvent, ({"need_id": 1 + n % ASKED_ABOUT, "training_id": n} for n in _events()))
    put(session, Preparation, ({"id": n, "training_id": n, "profile": ""} for n in _events()))
    put(session, TrainingObjective, (_objective(n, position) for n in _events() for position in range(1, 5)))
    past = [n for n in _events() if event_on(n) < now.date() - timedelta(days=7)]
    put(session, AttendanceSheet, ({"id": n, "training_id": n, "noted_at": MADE} for n in past))
    put(session, Attendance, (row for n in past for row in _there(n)))
    _put_products(session, past)
    put(session, Lesson, (_finding(number) for number in range(1, FINDINGS + 1)))
    put(session, LessonProgress, (row for n in range(1, FINDINGS + 1) for row in _progress(n)))
    put(session, ImprovementAction, (_action(number, now) for number in range(1, ACTIONS + 1)))


def _events() -> range:
    return range(1, EVENTS + 1)


def _questions() -> tuple[PlannedQuestion, ...]:
    return read_ask_templates(read_toml(Settings().asks_file))[TEMPLATE].questions


def _put_round(session: Session, number: int, year: int) -> None:
    ask_id, first_question, first_row = (next_id(session, table) for table in (Ask, AskQuestion, AskRow))
    questions = [(first_question + n, one) for n, one in enumerate(_questions())]
    themes = [(first_row + n, 1 + n) for n in range(ASKED_ABOUT)]
    opened, closed = (
        datetime(year - 1, 10, 1, 9, tzinfo=MADE.tzinfo),
        datetime(year - 1, 11, 1, tzinfo=MADE.tzinfo),
    )
    asked = {name: question_id for name, (question_id, _one) in zip(ASKED, questions, strict=False)}
    days = {"opens_on": opened.date(), "closes_on": closed.date(), "opened_at": opened, "closed_at": closed}
    put(
        session,
        NeedsRound,
        [{"id": number, "year": year, "city_id": 1, "created_at": opened, "asked": asked} | days],
    )
    put(session, NeedsRoundCity, ({"round_id": number, "city_id": n} for n in range(1, CITIES + 1)))
    rows = ({"round_id": number, "theme_id": n, "position": n, "name": f"Theme {n}"} for _row, n in themes)
    put(session, NeedsRoundTheme, rows)
    put(session, NeedsShowing, [{"round_id": number, "as_of": closed}])
    ask = {"id": ask_id, "template": TEMPLATE, "needs_round_id": number, "opens_at": opened}
    put(session, Ask, [ask | {"closes_on": closed.date(), "created_at": opened, "changed_at": opened}])
    put(session, AskQuestion, (_question(ask_id, key, n, one) for n, (key, one) in enumerate(questions, 1)))
    put(
        session,
        AskRow,
        (
            {"id": key, "ask_id": ask_id, "position": n, "per": "theme", "title": f"Theme {n}", "theme_id": n}
            for key, n in themes
        ),
    )
    _put_people(session, ask_id, questions, [str(key) for key, _theme in themes], opened)


def _question(ask_id: int, key: int, position: int, asked: PlannedQuestion) -> Row:
    own = {"kind": asked.kind, "text": asked.text, "options": list(asked.options), "per": asked.per or ""}
    return {"id": key, "ask_id": ask_id, "position": position} | own


def _put_people(
    session: Session,
    ask_id: int,
    questions: list[tuple[int, PlannedQuestion]],
    rows: list[str],
    at: datetime,
) -> None:
    """Everybody who speaks for a city or sits in a group is asked; the first HANDED_IN answer."""
    party, first = next_id(session, AskParty), next_id(session, AskAddressee)
    answer = next_id(session, Contribution)
    put(session, AskParty, [{"id": party, "ask_id": ask_id}])
    people = range(1, PEOPLE + 1)
    put(
        session,
        AskAddressee,
        (
            {"id": first + n, "party_id": party, "person_id": who, "holder_id": who, "asked_at": at}
            | {"city_id": city_of(who), "organisation_id": 1 + who % ORGANISATIONS}
            for n, who in enumerate(people)
        ),
    )
    answers = [
        (answer + n, first + n, who, _said(questions, rows, who)) for n, who in enumerate(people[:HANDED_IN])
    ]
    marked = {"marking": "TLP:AMBER+STRICT", "submitted_at": at}
    put(
        session,
        Contribution,
        (
            {"id": key, "party_id": party, "addressee_id": to, "author_id": who, "answers": said}
            | {"created_at": at, "changed_at": at}
            | marked
            for key, to, who, said in answers
        ),
    )
    version = next_id(session, ContributionVersion)
    put(
        session,
        ContributionVersion,
        (
            {"id": version + n, "contribution_id": key, "number": 1, "person_id": who, "answers": said}
            | marked
            for n, (key, _to, who, said) in enumerate(answers)
        ),
    )


def _said(questions: list[tuple[int, PlannedQuestion]], rows: list[str], who: int) -> dict[str, object]:
    chance = Random(who)
    return {
        str(key): {row: _value(one, chance) for row in rows} if one.per else _value(one, chance)
        for key, one in questions
    }


def _value(asked: PlannedQuestion, chance: Random) -> object:
    if asked.kind is QuestionKind.SCALE:
        return chance.randint(1, 5)
    if asked.kind is QuestionKind.CHOICE:
        return chance.choice(asked.options)
    if asked.kind is QuestionKind.YES_NO:
        return chance.random() < 0.5
    return 12 if asked.kind is QuestionKind.NUMBER else "An interpreter, and a lift."


def _need(number: int) -> Row:
    score = {"people": 200, "gap": "1.5", "priority": "12", "cities": 40, "cities_with_gap": 12}
    named = {"theme_id": number, "theme_name": f"Theme {number}"}
    return (
        {"id": number, "round_id": 1, "rank": number, "reason": "It is near.", "state": "programmed"}
        | named
        | score
    )


def _objective(event: int, position: int) -> Row:
    rating = "PSMU"[(event + position) % 4] if event_on(event) < date(2029, 2, 1) else ""
    of = {"theme_id": 1 + event % THEMES, "need_id": 1 + event % ASKED_ABOUT}
    return {"preparation_id": event, "position": position, "text": WORDS, "rating": rating} | of


def _there(event: int) -> Iterator[Row]:
    for person_id in sorted(Random(event).sample(range(1, PEOPLE + 1), THERE)):
        of = {"person_id": person_id, "city_id": city_of(person_id), "sector": "police"}
        yield {"sheet_id": event, "presence": "in person", "noted_at": MADE} | of


def _put_products(session: Session, events: list[int]) -> None:
    product, version = next_id(session, Product), next_id(session, ProductVersion)
    written = [(product + n, version + n, event) for n, event in enumerate(events)]
    put(
        session,
        Product,
        (
            {"id": key, "kind": "post-exercise report", "training_id": event, "created_at": MADE}
            | {"published_at": MADE, "published_number": 1, "published_marking": "TLP:GREEN", "year": 2028}
            for key, _version, event in written
        ),
    )
    put(
        session,
        ProductVersion,
        (
            {
                "id": key,
                "product_id": of,
                "number": 1,
                "title": f"What event {event} showed",
                "text": WORDS * 20,
            }
            | {"marking": "TLP:GREEN", "person_id": PEOPLE, "saved_at": MADE}
            for of, key, event in written
        ),
    )


def _finding(number: int) -> Row:
    kind = list(LessonKind)[number % 3]
    return {
        "id": number,
        "kind": kind,
        "state": "accepted" if kind is LessonKind.LESSON else "",
        "title": f"Finding {number}",
        "text": WORDS,
        "theme_id": 1 + number % THEMES,
        "phase": list(Phase)[number % 3],
        "training_id": 1 + number % EVENTS,
        "marking": ("TLP:GREEN", "TLP:AMBER")[number % 2],
        "created_at": MADE,
    }


def _progress(finding: int) -> Iterator[Row]:
    for city in range(1 + finding % 3, CITIES + 1, 3):
        state = list(Headway)[(finding + city) % 5]
        yield {
            "lesson_id": finding,
            "city_id": city,
            "state": state,
            "note": "They drill it.",
            "set_at": MADE,
        }


def _action(number: int, now: datetime) -> Row:
    state, keys = _STATES[number % 6], count(number)
    done = {"evidence": "https://files.example.org/minutes", "done_at": MADE} if state in _STATES[3:5] else {}
    verified = {"verified_by_id": PEOPLE, "verified_at": MADE} if state == "verified" else {}
    return (
        {
            "id": next(keys),
            "lesson_id": 1 + number % FINDINGS,
            "text": f"The city writes down point {number}.",
            "owner_city_id": 1 + number % LEAD_CITIES,
            "due_on": now.date() + timedelta(days=number % 400 - 200),
            "state": state,
            "created_at": MADE,
            "evidence": "",
            "done_at": None,
            "verified_by_id": None,
            "verified_at": None,
        }
        | done
        | verified
    )
