"""An event whose people were asked what they think of it, by themselves, with questions of every kind."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session

from exchange.answering.ask_opening import Invited, Opening, open_ask
from exchange.answering.asks import ask_by_id
from exchange.answering.personal_links import link_for, task_of
from exchange.answering.results import Results, results_of
from exchange.db import Database
from exchange.models import (
    Ask,
    AskRow,
    Person,
    Preparation,
    Role,
    TrainingEvent,
    TrainingObjective,
)
from exchange.rules.asks.question_kinds import QuestionKind, RowOf
from exchange.rules.asks.question_sets import PlannedQuestion
from exchange.rules.asks.templates_file import AskedOf, AskTemplate
from exchange.settings import Settings
from tests.factories import make_city, make_person, make_training
from tests.hand_clock import HandClock

ASKED_AT = datetime(2027, 3, 12, 9, tzinfo=UTC)  # the day after the event
CLOSES_ON = date(2027, 3, 25)
FEEDBACK = AskTemplate(
    key="event-feedback",
    name="Feedback after an event",
    asked=AskedOf.PEOPLE,
    marking="TLP:AMBER+STRICT",
    questions=(
        PlannedQuestion(
            "Was it worth your time?", QuestionKind.SCALE, options=("not at all", "very"), is_required=True
        ),
        PlannedQuestion("Which part helped most?", QuestionKind.CHOICE, options=("Talks", "Table-top")),
        PlannedQuestion("What would you come to again?", QuestionKind.CHOICES, options=("Visit", "Drill")),
        PlannedQuestion("How many people hear of it from you?", QuestionKind.NUMBER),
        PlannedQuestion("When do you train it next?", QuestionKind.DATE),
        PlannedQuestion("May we ask you again?", QuestionKind.YES_NO),
        PlannedQuestion(
            "Was it met?", QuestionKind.SCALE, options=("no", "yes"), is_required=True, per=RowOf.OBJECTIVE
        ),
        PlannedQuestion("How often do you train it?", QuestionKind.NUMBER, per=RowOf.THEME),
        PlannedQuestion("What should change?"),
    ),
    takes_more=False,
)


@dataclass
class EventAsk:
    """The event, its ask, and everybody's link by name."""

    training: TrainingEvent
    ask: Ask
    people: Sequence[Person]
    coordinator: Person
    links: dict[str, str]
    app: Flask
    database: Database
    clock: HandClock

    @property
    def browser(self) -> FlaskClient:
        """A browser in which nobody is signed in."""
        return self.app.test_client()

    def field(self, text: str, row: str = "") -> str:
        """The name of the field of a question, or of one row of it."""
        question = next(one for one in self.ask.questions if one.text == text)
        rows = [one.id for one in self.ask.rows if one.title == row]
        return f"answer_{question.id}" + (f"_{rows[0]}" if rows else "")

    def whole(self, **more: object) -> dict[str, object]:
        """An answer that can be handed in, opened before anything was saved."""
        return {
            "version": "0",
            "do": "submit",
            self.field("Was it worth your time?"): "4",
            self.field("Was it met?", "Evacuate in 20 minutes"): "5",
            self.field("Was it met?", "Tell the public"): "2",
        } | more

    def results(self) -> Results:
        with self.database.reading() as session:
            return results_of(session, ask_by_id(session, self.ask.id or 0))


def make_event_ask(app: Flask, database: Database, settings: Settings, clock: HandClock) -> EventAsk:
    """A table-top in Stockholm on 11 March 2027 with two objectives; Anna and Emil were there."""
    clock.set(ASKED_AT)
    with database.transaction() as session:
        stockholm, london = make_city(session, "Stockholm"), make_city(session, "London")
        people = [
            make_person(session, "Anna There", city=stockholm),
            make_person(session, "Emil There", city=london),
        ]
        coordinator = make_person(session, "Cora", city=london, roles=[Role.COORDINATOR])
        training = make_training(session, host_city=stockholm, title="Evacuation table-top")
        opening = Opening(FEEDBACK, CLOSES_ON, rows=objectives(session, training))
        ask = open_ask(session, training, opening, [Invited(people)], actor=coordinator, now=ASKED_AT)
        links = {
            one.holder.name: path_of(
                link_for(session, task_of(one), to=one.holder, settings=settings, now=ASKED_AT), settings
            )
            for one in ask.parties[0].addressees
        }
        ask_id = ask.id or 0
    with database.reading() as session:
        ask = ask_by_id(session, ask_id)
    return EventAsk(training, ask, people, coordinator, links, app, database, clock)


def objectives(session: Session, training: TrainingEvent) -> list[AskRow]:
    """Two, as rows of an ask."""
    plan = Preparation(training_id=training.id or 0)
    texts = ("Evacuate in 20 minutes", "Tell the public")
    plan.objectives = [
        TrainingObjective(preparation_id=0, position=number, text=text)
        for number, text in enumerate(texts, 1)
    ]
    session.add(plan)
    session.flush()
    return [
        AskRow(per=RowOf.OBJECTIVE, title=one.text, objective_id=one.id, ask_id=0, position=0)
        for one in plan.objectives
    ]


def path_of(url: str, settings: Settings) -> str:
    return url.removeprefix(settings.base_url.rstrip("/"))
