"""Letters about answers, and those that may say nothing, in two zones around a change of clocks."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import select

from exchange.db import Database
from exchange.mail.outbox.letter_queue import ComposedLetter
from exchange.mail.schedule.letter_schedule import planned_for_cycle
from exchange.mail.schedule.planned import Planned
from exchange.mail.writing.compose import planned_letter
from exchange.mail.writing.occasions.answer_letters import (
    MoreDays,
    more_days_letter,
    passed_letter,
    receipt_letter,
)
from exchange.models import ContributionVersion, Cycle, Person
from exchange.rules.letters.chase_ladder import Awaited, nudge
from exchange.rules.programme.stage_plan import CycleAsk
from exchange.settings import Settings
from tests.factories import stage_plan
from tests.mail.programme import EARLY, composed, letter_to, three_city_cycle
from tests.mail.writing.test_compose import LINE, compare, words_of
from tests.named import name_everybody

PLAN = stage_plan()
SETTINGS = Settings(base_url="https://exchange.example.org", mail_from="CTPN <programme@example.org>")
LAST_ON = date(2027, 11, 5)
# The night in which Stockholm's clocks go back: 23:30 on Saturday in Washington is past it in Stockholm.
AT = datetime(2027, 10, 31, 3, 30, tzinfo=UTC)
NAMES = ("Åsa Öberg", "Maria Ruiz")


def read_whole(letters: list[tuple[str, ComposedLetter]]) -> str:
    return LINE.join(f"To: {name}\nSubject: {one.subject}\n\n{one.text}" for name, one in letters)


@pytest.mark.parametrize("marking", ["TLP:GREEN", "TLP:RED"])
def test_receipt_task_and_more_days_read_as_their_golden_files(database: Database, marking: str) -> None:
    """At TLP:RED they name neither the exchange nor a link that opens by itself."""
    with database.transaction() as session:
        cycle = three_city_cycle(session, starts_on=date(2027, 10, 4), marking=marking)
        people = [session.exec(select(Person).where(Person.name == name)).one() for name in NAMES]
        receipts = [(one.name, receipt_of(one, cycle)) for one in people]
        pairs = zip(people, people[::-1], strict=True)
        passed = [(to.name, passed_of(to, before, cycle)) for to, before in pairs]
        longer = [(one.name, more_days_of(one, cycle)) for one in people]
    word = marking.removeprefix("TLP:").lower()
    compare(f"receipt_{word}", read_whole(receipts))
    compare(f"passed_on_{word}", read_whole(passed))
    compare(f"more_days_{word}", read_whole(longer))
    for _, letter in [*receipts, *passed, *longer]:
        assert words_of(letter.html) == letter.text.split()
        assert ("Hostile drones" in letter.text) is (marking == "TLP:GREEN")
        assert ("/answer/" in letter.text + letter.html) is False or marking == "TLP:GREEN"


def receipt_of(to: Person, cycle: Cycle) -> ComposedLetter:
    version = ContributionVersion(number=2, submitted_at=AT, marking="TLP:AMBER", person_id=to.id or 0)
    return receipt_letter(to, cycle, to.city.name, version, LAST_ON, settings=SETTINGS).written(SETTINGS)


def passed_of(to: Person, before: Person, cycle: Cycle) -> ComposedLetter:
    url = "https://exchange.example.org/answer/a-link-of-their-own"
    return passed_letter(to, before, cycle, "Stockholm", LAST_ON, url, settings=SETTINGS).written(SETTINGS)


def more_days_of(to: Person, cycle: Cycle) -> ComposedLetter:
    url = "https://exchange.example.org/answer/a-link-of-their-own"
    given = MoreDays(to, "Stockholm", LAST_ON, LAST_ON + timedelta(days=4))
    return more_days_letter(given, cycle, url, settings=SETTINGS).written(SETTINGS)


def test_nudge_after_the_last_day_and_sealed_letter_read_as_their_golden_files(database: Database) -> None:
    with database.transaction() as session:
        cycle = three_city_cycle(session, starts_on=date(2027, 10, 4))
        planned = planned_for_cycle(session, cycle, plan=PLAN, now=EARLY)
        late = [overdue(letter_to(planned, "E3_half_way", name)) for name in NAMES]
        compare("overdue_C5", read_whole([(one.person.name, composed(one)) for one in late]))
        cycle.marking = "TLP:RED"
        name_everybody(session)
        sealed = [letter_to(planned, "E4", name) for name in NAMES]
        texts = [planned_letter(one, plan=PLAN, settings=SETTINGS) for one in sealed]
        compare("sealed", read_whole(list(zip(NAMES, texts, strict=True))))
    for letter in texts:
        assert "drones" not in letter.subject + letter.text + letter.html


def overdue(asked: Planned) -> Planned:
    """A reminder by hand, on the Monday after the last day."""
    missing = [Awaited(asked.city, 1, None, asked.letter.reader, LAST_ON, LAST_ON)]
    letter = nudge(
        PLAN.ask(CycleAsk.CITIES),
        missing,
        due_at=datetime(2027, 11, 8, 15, tzinfo=UTC),
    )
    return Planned(asked.person, letter, letter.due_at, asked.cycle)
