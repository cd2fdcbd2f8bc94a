"""A network of four cities with two organisations each, three themes, and rounds that people answer."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session

from exchange.answering.ask_opening import Invited, ask_people
from exchange.db import Database
from exchange.models import (
    Ask,
    Board,
    BoardMember,
    City,
    Contribution,
    ContributionVersion,
    NeedsRound,
    Organisation,
    Person,
    Role,
    Theme,
)
from exchange.needs import actions, queries
from exchange.needs.actions import Decider
from exchange.needs.drafts import RoundDraft
from exchange.needs.given_answers import TEMPLATE, ask_of_round
from exchange.needs.results import pictures
from exchange.rules.asks.question_kinds import Answer
from exchange.rules.asks.templates_file import AskTemplate, read_ask_templates
from exchange.rules.markings.tlp_labels import Marking
from exchange.settings import CONFIG, read_toml
from tests.factories import make_city, make_person, make_theme
from tests.hand_clock import HandClock
from tests.sign_in import SignIn

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
CITIES = ("Dublin", "London", "Stockholm", "Sydney")
NEVER = 3  # the place of "Never" among the choices of the last exercise


@dataclass
class Net:
    """The rows, loaded and detached: only their own columns are read."""

    cities: dict[str, City]
    themes: list[Theme]
    coordinator: Person
    board_member: Person
    leads: dict[str, Person]
    organisations: list[Organisation] = field(default_factory=list)

    def by(self, now: datetime = NOW) -> Decider:
        return Decider(self.coordinator, now)

    def draft(self, **fields: object) -> RoundDraft:
        values: dict[str, object] = {
            "year": 2026,
            "opens_on": date(2026, 11, 1),
            "closes_on": date(2026, 12, 18),
            "city_id": self.cities["Stockholm"].id,
            "marking": Marking.AMBER_STRICT,
            "city_ids": frozenset(city.id or 0 for city in self.cities.values()),
            "theme_ids": [theme.id or 0 for theme in self.themes],
        }
        return RoundDraft(**(values | fields))  # type: ignore[arg-type]


@pytest.fixture
def net(database: Database) -> Net:
    with database.transaction() as session:
        return make_net(session)


def make_net(session: Session) -> Net:
    cities = {name: make_city(session, name) for name in CITIES}
    board_member = make_person(session, "Bea Board", city=cities["Dublin"], roles=[])
    board = Board(key="B1", name="Executive Board", members=[BoardMember(person_id=board_member.id or 0)])
    organisations = [Organisation(key=f"O{n}", name=f"Service {n}") for n in (1, 2)]
    session.add_all([board, *organisations])
    session.flush()
    return Net(
        cities=cities,
        themes=[make_theme(session, name) for name in ("Hostile drones", "First hours", "Staff welfare")],
        coordinator=make_person(session, "Cora", city=cities["Stockholm"], roles=[Role.COORDINATOR]),
        board_member=board_member,
        leads={
            name: make_person(session, f"Lead of {name}", city=city, roles=[Role.CITY_LEAD])
            for name, city in cities.items()
        },
        organisations=organisations,
    )


def opened(session: Session, net: Net, **fields: object) -> NeedsRound:
    """A round of everybody, opened."""
    found = actions.plan_round(session, net.draft(**fields), by=net.by())
    actions.open_round(session, found, needs_template(), by=net.by())
    return found


@cache
def needs_template() -> AskTemplate:
    """The questions of config/asks.toml."""
    return read_ask_templates(read_toml(CONFIG / "asks.toml"))[TEMPLATE]


def answered(
    session: Session,
    net: Net,
    found: NeedsRound,
    city: str,
    scores: Sequence[tuple[int, int]],
    *,
    at: datetime = NOW,
    last: int = NEVER,
    wrote: str = "",
) -> None:
    """People of a city, of two organisations in turn, say of each theme (importance, confidence)."""
    ask = ask_of_round(session, found)
    assert ask is not None
    for n, (importance, confidence) in enumerate(scores):
        person = make_person(
            session,
            city=net.cities[city],
            roles=[Role.EXPERT],
            organisation_id=net.organisations[n % 2].id,
        )
        remark = f"{wrote} {n}" if wrote else ""
        handed_in(session, ask, person, (importance, confidence, last), at=at, wrote=remark)


def handed_in(
    session: Session,
    ask: Ask,
    person: Person,
    said: tuple[int, int, int],
    *,
    at: datetime = NOW,
    wrote: str = "",
) -> None:
    """One person's answer, the same for each theme, and what they wrote beside it."""
    (to,) = ask_people(session, ask, Invited([person]), now=NOW)
    last = ask.questions[2]
    values = (said[0], said[1], last.options[said[2]])
    answers: dict[str, Answer] = {
        str(question.id): {str(row.id): value for row in ask.rows}
        for question, value in zip(ask.questions, values, strict=False)
    }
    if wrote:
        answers[str(ask.questions[-1].id)] = wrote
    answer = Contribution(
        party_id=to.party_id,
        addressee_id=to.id,
        author_id=person.id,
        marking=Marking.AMBER_STRICT,
        answers=answers,
        created_at=at,
        changed_at=at,
        submitted_at=at,
    )
    answer.versions = [
        ContributionVersion(
            number=1,
            person_id=person.id,
            submitted_at=at,
            marking=Marking.AMBER_STRICT,
            answers=answers,
        )
    ]
    session.add(answer)
    session.flush()


def closed(session: Session, net: Net, found: NeedsRound, now: datetime = NOW) -> bool:
    """Close it; whether the answers of now are shown."""
    session.flush()
    session.expire_all()
    again = queries.round_of(session, found.id or 0)
    return actions.close_round(session, again, pictures(session, again, now), by=net.by(now))


@pytest.fixture
def coordinator(sign_in: SignIn, net: Net) -> FlaskClient:
    return sign_in(net.coordinator)


@pytest.fixture
def board_member(sign_in: SignIn, net: Net) -> FlaskClient:
    return sign_in(net.board_member)


@pytest.fixture
def closed_round(database: Database, net: Net, clock: HandClock) -> int:
    """A closed round: two cities that can be shown, London far from sure, and three people of Dublin."""
    with database.transaction() as session:
        found = opened(session, net)
        answered(session, net, found, "London", [(5, 2)] * 6)
        answered(session, net, found, "Stockholm", [(4, 4)] * 5)
        answered(session, net, found, "Dublin", [(5, 1)] * 3)
        closed(session, net, found)
        return found.id or 0
