"""Cycle C1 with ten cities, eight groups and sixty people, from the questions to the last escalation.

A third answers at once, a third after the half-way reminder, a sixth after the escalation, a sixth never.
Every letter is sent to a real server; who answers does so by the link in the letter they got.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from flask import Flask
from pydantic import SecretStr
from sqlmodel import Session, col, select

from exchange.db import Database
from exchange.mail.outbox.delivery import deliver_due, transport_for
from exchange.mail.writing.rehearsal import rehearsed_letters
from exchange.models import (
    AskAddressee,
    AskParty,
    Cycle,
    ExpertGroup,
    Letter,
    LetterState,
    MembershipStatus,
    Person,
    Role,
)
from exchange.settings import Settings
from tests.factories import make_city, make_cycle, make_group, make_person, make_theme, stage_plan
from tests.hand_clock import HandClock
from tests.mail.letters import all_letters
from tests.mail.programme import EARLY
from tests.mail.sink import Sink, running
from tests.queueing import queue_due

pytestmark = pytest.mark.slow

PLAN = stage_plan()
C1 = date(2027, 1, 11)
LEADS = ("Stockholm", "London", "Washington DC")
CITIES = (*LEADS, "Dublin", "Sydney", "Auckland", "Vancouver", "Norhavn", "Eastmere", "Quayford")
GROUPS, SEATS = 8, 5
FIRST = ("Ada", "Bo", "Cleo", "Dag", "Edda", "Finn", "Gro", "Hal", "Iva", "Jon")
LAST = ("Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir")
NAMES = [f"{first} {last}" for last, first in product(LAST, FIRST)]

# City by its place in CITIES; a member by the seat, the chair being seat 0.
AT_ONCE, AFTER_HALF_WAY, AFTER_ESCALATION = "at once", "after half way", "after escalation"
CITY_ANSWERS = (
    dict.fromkeys((0, 1, 4, 5), AT_ONCE) | dict.fromkeys((2, 3, 6, 7), AFTER_HALF_WAY) | {8: AFTER_ESCALATION}
)
FROM, UNTIL = datetime(2027, 1, 25, tzinfo=UTC), datetime(2027, 2, 20, tzinfo=UTC)
ANSWER_AT = {
    AT_ONCE: datetime(2027, 1, 25, 20, tzinfo=UTC),
    AFTER_HALF_WAY: datetime(2027, 1, 30, 12, tzinfo=UTC),
    AFTER_ESCALATION: datetime(2027, 2, 17, 9, tzinfo=UTC),
}


def seat_answers(group: int, seat: int) -> str:
    """When a member answers; "" for never."""
    last = AT_ONCE if group % 2 == 0 else AFTER_HALF_WAY
    return (AT_ONCE, AFTER_HALF_WAY, AFTER_ESCALATION, "", last)[seat]


@dataclass
class Round:
    """The cycle, who answers when, and the server that took the letters."""

    database: Database
    app: Flask
    clock: HandClock
    sink: Sink
    settings: Settings
    answers: dict[str, list[str]] = field(default_factory=lambda: {when: [] for when in ANSWER_AT})

    def tick(self, now: datetime) -> None:
        self.clock.set(now)
        with self.database.transaction() as session:
            queue_due(session, plan=PLAN, settings=self.settings, now=now)
        done = deliver_due(
            self.database, transport_for(self.settings), self.settings, now=now, worker="flow:1", limit=500
        )
        assert done.unreachable == ""

    def link_of(self, name: str) -> str:
        """The link in the newest letter to somebody that has one, as the server took it."""
        for message in reversed(self.sink.messages):
            part = message.get_body(("plain",))
            found = re.search(r"/answer/[A-Za-z0-9_-]{43}", part.get_content() if part else "")
            if found and name in str(message["To"]):
                return found.group()
        raise AssertionError(f"{name} has no link")

    def answer(self, when: str) -> None:
        self.clock.set(ANSWER_AT[when])
        for name in self.answers[when]:
            path, browser = self.link_of(name), self.app.test_client()
            question = re.findall(r'name="(answer_\d+)"', browser.get(path).text)[0]
            typed = {"version": "0", question: "We train together.", "marking": "TLP:GREEN", "do": "submit"}
            answered = browser.post(path, data=typed)
            assert answered.status_code == 303, (name, answered.text[:2000])


@pytest.fixture
def chased(database: Database, app: Flask, clock: HandClock, settings: Settings) -> Iterator[Round]:
    sink = Sink()
    with running(sink) as at:
        told = settings.model_copy(update={"smtp_url": SecretStr(f"smtp://{at}")})
        made = Round(database, app, clock, sink, told)
        with database.transaction() as session:
            _people(session, made)
        yield made


def _people(session: Session, made: Round) -> Cycle:
    """Sixty people: a contact and a lead in each city, five seats in each group, going round the cities."""
    names = iter(NAMES)
    cities = [
        make_city(session, name, status=MembershipStatus.LEAD if name in LEADS else MembershipStatus.MEMBER)
        for name in CITIES
    ]
    for number, city in enumerate(cities):
        contact = make_person(session, next(names), city=city)
        make_person(session, next(names), city=city, roles=[Role.CITY_LEAD])
        if number in CITY_ANSWERS:
            made.answers[CITY_ANSWERS[number]].append(contact.name)
    groups: list[ExpertGroup] = []
    for group in range(GROUPS):
        seated: list[Person] = []
        for seat in range(SEATS):
            home = cities[(group * SEATS + seat) % len(cities)]
            seated.append(make_person(session, next(names), city=home, roles=[Role.EXPERT]))
            if when := seat_answers(group, seat):
                made.answers[when].append(seated[-1].name)
        groups.append(make_group(session, f"Group {group}", members=seated[1:], chair=seated[0]))
    return make_cycle(
        session,
        lead_city=cities[0],
        cities=cities[1:],
        groups=groups,
        theme=make_theme(session, "Hostile drones"),
        starts_on=C1,
    )


def moments(database: Database) -> list[datetime]:
    """Every moment of the weeks at which some letter is due, as a rehearsal foresees it."""
    with database.reading() as session:
        cycle = session.exec(select(Cycle)).one()
        planned = rehearsed_letters(session, cycle, plan=PLAN, now=EARLY)
        return sorted({one.due_at for one in planned if FROM <= one.due_at < UNTIL})


def grant_time(made: Round) -> None:
    """The coordinator gives those who answer late two more days; nobody else."""
    with made.database.transaction() as session:
        for name in made.answers[AFTER_ESCALATION]:
            rows = session.exec(
                select(AskAddressee)
                .join(Person, col(AskAddressee.person_id) == Person.id)
                .where(Person.name == name)
            )
            for row in rows:
                party = session.get_one(AskParty, row.party_id)
                (party if party.city_id else row).extended_on = date(2027, 2, 19)


def test_a_cycle_of_sixty_people_is_chased_by_exactly_these_letters(chased: Round) -> None:
    assert [len(chased.answers[when]) for when in ANSWER_AT] == [4 + 12, 4 + 12, 1 + 8]
    left = moments(chased.database)
    for when, at in ANSWER_AT.items():
        for moment in [one for one in left if one <= at]:
            chased.tick(moment)
        left = [one for one in left if one > at]
        if when == AFTER_ESCALATION:
            grant_time(chased)
        chased.answer(when)
        chased.tick(at + timedelta(minutes=1))
    for moment in left:
        chased.tick(moment)

    letters = [one for one in all_letters(chased.database) if one.due_at >= FROM]
    assert {one.state for one in letters} == {LetterState.SENT}
    assert len(chased.sink.arrived) == len(letters)
    # No thanks (E6): nobody here said that they come.
    assert Counter(one.kind for one in letters) == {
        "E3": 20,  # contact and lead of each city
        "E3-groups": 40,
        "receipt": 41,
        "E3_half_way": 12,  # of six cities
        "E3-groups_half_way": 28,
        # No day before (E3_day_before): who left the question and the half-way reminder is reminded no more.
        "E3_lead": 2,  # the joining note of its reader inside, as that of the chairs below
        "E3-groups_chair": 8,
        "E3-groups_lead_of_member": 4,  # the silent sixteen live in four cities
        "E4": 60,
        "E5": 60 - 2 - 8,
        "E5-1d": 60 - 4 - 16,  # not to those who said nothing at all by then
        "E5-1h": 42 - 4 - 16,  # six people in each city but Sydney, Auckland and Vancouver, where it is night
        "E7": 8,
    }
    _assert_by_person(chased, letters)


def _assert_by_person(chased: Round, letters: list[Letter]) -> None:
    """How often each person was chased about their own answer, and that nobody was after it."""
    own = [one for one in letters if one.kind.endswith(("_half_way", "_day_before"))]
    by_name = Counter(one.to_name for one in own)
    at_once = set(chased.answers[AT_ONCE])
    assert not at_once & set(by_name)
    assert {by_name[name] for name in chased.answers[AFTER_HALF_WAY]} == {1}
    assert {by_name[name] for name in chased.answers[AFTER_ESCALATION]} == {1}
    assert Counter(by_name.values()) == {1: 8 + 12 + 4 + 16}  # the leads of cities are asked as well
    for when, at in ANSWER_AT.items():
        late = [one for one in own if one.due_at > at and one.to_name in chased.answers[when]]
        assert late == []
    chasing = [one for one in letters if re.match(r"E3[a-z-]*_", one.kind)]
    weeks = Counter((one.to_name, one.due_at.isocalendar()[:2]) for one in chasing)
    assert set(weeks.values()) == {1}
