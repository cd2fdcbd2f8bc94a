"""Two letters due to one reader in one hour are one; who never says a word is reminded once."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
import vobject
from sqlmodel import Session, select

from exchange.answering.asks import asked_people
from exchange.commands.initial_data import fill
from exchange.db import Database
from exchange.mail.outbox.letter_queue import queue
from exchange.mail.outbox.withdrawals import withdraw_chasing
from exchange.mail.schedule import outlooks
from exchange.mail.schedule.planned import CARRIED
from exchange.models import (
    Answer,
    Chase,
    Cycle,
    GroupMember,
    Invitation,
    Letter,
    LetterState,
    LetterWording,
    Person,
    Product,
    ProductVersion,
    Role,
)
from exchange.reminders.actions import queue_letters
from exchange.rules.programme.stage_plan import CycleAsk
from exchange.settings import Settings
from tests.factories import make_person, stage_plan
from tests.mail.letters import LETTER, all_letters
from tests.mail.programme import EARLY, three_city_cycle
from tests.mail.schedule.test_chase_letters import answer, ask_everybody
from tests.mail.schedule.test_letter_truth import OUT_AT, write_product
from tests.mail.writing.test_compose import compare
from tests.queueing import queue_due

PLAN = stage_plan()
SETTINGS = Settings(base_url="https://exchange.example.org", mail_from="CTPN <programme@example.org>")
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # many ticks, few rows
INVITED = datetime(2027, 2, 2, tzinfo=UTC)
JOINING = datetime(2027, 2, 8, 15, tzinfo=UTC)  # Monday of week 5, and the working day after answers were due
EVE = datetime(2027, 2, 10, 15, tzinfo=UTC)  # of the session
ASKING = datetime(2027, 1, 25, 15, tzinfo=UTC)
HALF_OF_TODAY = 251 // 2  # letters that one cycle of the sample made in which nobody answered


@pytest.fixture
def cycle(database: Database) -> Cycle:
    """Washington's contact leads the city as well, and nobody has answered."""
    with database.transaction() as session:
        made = three_city_cycle(session)
        make_person(session, "Lou Lead", city=made.cities[1], roles=[Role.CITY_LEAD])
        ask_everybody(session, made)
        return made


def tick(database: Database, now: datetime, *, is_sent: bool = True) -> list[Letter]:
    """The letters that one tick queues, as they are then; they leave at once."""
    before = {one.id for one in all_letters(database) if one.state != LetterState.WITHDRAWN}
    with database.transaction() as session:
        queue_due(session, plan=PLAN, settings=SETTINGS, now=now)
    made = [one for one in all_letters(database) if one.id not in before]
    with database.transaction() as session:
        for letter in session.exec(select(Letter).where(Letter.state == LetterState.QUEUED)):
            letter.state = LetterState.SENT.value if is_sent else letter.state
    return made


def to(letters: Sequence[Letter], name: str) -> list[Letter]:
    return [one for one in letters if one.to_name == name and one.state != LetterState.WITHDRAWN]


def test_an_escalation_goes_inside_the_joining_note_of_its_hour(database: Database, cycle: Cycle) -> None:
    (letter,) = to(tick(database, JOINING), "Lou Lead")
    assert letter.subject.startswith("[TLP:GREEN] Joining the session on Thu 11 Feb, 09:00 in Washington DC")
    for words in ("This week is the live session", "As lead of your city, please reply with who answers"):
        assert letter.text.count(words) == letter.html.count(words) == 1
    assert letter.text.count("Dear Lou Lead,") == letter.html.count("Dear Lou Lead,") == 1
    assert letter.text.count("Reply to this letter to reach us.") == 1
    invited = vobject.readOne(letter.calendar)
    assert invited.method.value == "REQUEST"
    assert re.search(r"/attend/[a-z2-7]{32}", letter.text)
    assert letter.kind == "E3_lead"  # by which the pages know whom it chased
    compare("E5_with_lead_C1", re.sub("attend/[a-z2-7]{32}", "attend/TOKEN", letter.text))


def test_neither_of_two_in_one_letter_goes_again(database: Database, cycle: Cycle) -> None:
    assert len(to(tick(database, JOINING), "Lou Lead")) == 1
    for hours in (1, 2, 20):
        assert to(tick(database, JOINING + timedelta(hours=hours)), "Lou Lead") == []


def test_when_the_chase_is_taken_back_the_rest_still_goes(database: Database, cycle: Cycle) -> None:
    """Somebody answered while the letter waited: nothing is awaited any more, and the session is."""
    (both,) = to(tick(database, JOINING, is_sent=False), "Lou Lead")
    assert both.tells
    assert [kind for _, kind in both.tells[CARRIED]] == ["E5"]  # type: ignore[misc]  # JSON
    with database.transaction() as session:
        maria = session.exec(select(Person).where(Person.name == "Maria Ruiz")).one()
        for row in session.exec(select(Chase)):
            assert row.letter_id
        assert withdraw_chasing(session, cycle.id or 0, "Somebody answered.") >= 1
        answer_for(session, maria)
    (alone,) = to(tick(database, JOINING + timedelta(hours=1)), "Lou Lead")
    assert (alone.kind, "As lead of your city" in alone.text) == ("E5", False)
    assert "This week is the live session" in alone.text


def answer_for(session: Session, person: Person) -> None:
    found = session.exec(select(Cycle)).one()
    (row,) = asked_people(session, found, CycleAsk.CITIES, person, plan=PLAN, now=EARLY)
    answer(session, row)


def test_who_answers_for_a_city_and_in_a_group_is_asked_in_one_letter(database: Database) -> None:
    with database.transaction() as session:
        made = three_city_cycle(session)
        maria = session.exec(select(Person).where(Person.name == "Maria Ruiz")).one()
        made.groups[0].members.append(GroupMember(person_id=maria.id))
    (letter,) = to(tick(database, ASKING), "Maria Ruiz")
    assert len(set(re.findall(r"/answer/[A-Za-z0-9_-]{43}", letter.text))) == 2
    assert letter.tells
    assert {letter.kind, letter.tells[CARRIED][0][1]} == {"E3", "E3-groups"}  # type: ignore[index]  # JSON


def test_a_part_reads_as_a_coordinator_worded_it(database: Database, cycle: Cycle) -> None:
    with database.transaction() as session:
        words = {
            "subject": "We miss {city}",
            "body": "Who answers for {city}, {name}?",
            "person_id": 1,
            "number": 1,
        }
        session.add(LetterWording(letter="E3_lead", scope="network", saved_at=EARLY, **words))
    (letter,) = to(tick(database, JOINING), "Lou Lead")
    assert "We miss Washington DC\n\nWho answers for Washington DC, Lou Lead?" in letter.text
    assert "<p>Who answers for Washington DC, Lou Lead?</p>" in letter.html.replace(
        ' style="margin: 0 0 16px;"', ""
    )


def test_two_invitations_in_one_hour_stay_two_letters(database: Database, cycle: Cycle) -> None:
    """One letter holds one calendar part (RFC 6047 2.4): programs read the first alone."""
    with database.transaction() as session:
        stages = {one.key: one for one in session.get_one(Cycle, cycle.id).stages}
        stages["scope"].starts_on = stages["gather_closes"].starts_on
        stages["scope"].ends_on = stages["gather_closes"].ends_on
        for sitting in session.get_one(Cycle, cycle.id).sittings:
            if sitting.meeting == "scoping_call":
                sitting.on_local += timedelta(weeks=2)
    letters = to(tick(database, datetime(2027, 2, 1, 15, tzinfo=UTC)), "Priya Nair")
    assert Counter(one.kind for one in letters if one.calendar) == {"E2": 1, "E4": 1}


def test_at_red_one_sealed_letter_stands_for_both(database: Database) -> None:
    with database.transaction() as session:
        made = three_city_cycle(session)
        lou = make_person(session, "Lou Lead", city=made.cities[1], roles=[Role.CITY_LEAD])
        ask_everybody(session, made)
        made.marking = "TLP:RED"
        made.named_ids = [lou.id or 0]
    found = to(tick(database, JOINING), "Lou Lead")
    assert all("Hostile drones" not in one.text + one.html + one.subject for one in found)
    assert len(found) <= 1


def test_results_stay_apart_from_a_chase_so_that_the_next_version_is_news(
    database: Database, cycle: Cycle
) -> None:
    """They were filed under the chase that went along: the second version came as the first once more."""
    with database.transaction() as session:
        write_product(session, cycle, is_out=True)
        maria = session.exec(select(Person).where(Person.name == "Maria Ruiz")).one()
        (row,) = asked_people(session, cycle, CycleAsk.CITIES, maria, plan=PLAN, now=EARLY)
        row.party.extended_on = date(2027, 3, 3)
    letters = to(tick(database, OUT_AT), "Lou Lead")
    assert sorted(one.kind for one in letters) == ["E3_lead", "E9"]
    with database.transaction() as session:
        product = session.exec(select(Product)).one()
        first = product.versions[0].model_dump(exclude={"id"})
        session.add(ProductVersion(**first | {"number": 2, "text": "Other words"}))
        product.published_number, product.published_at = 2, OUT_AT + timedelta(days=1)
    news = to(tick(database, OUT_AT + timedelta(days=1)), "Lou Lead")
    assert [one.kind for one in news] == ["E9-new"]


# ------------------------------------------------ who never says a word


def walk(database: Database, cycle_id: int, at: datetime, until: datetime) -> None:
    """Ticks at each moment at which a letter of the cycle is due; all of them leave."""
    item = f"cycle:{cycle_id}"
    while at < until:
        with database.transaction() as session:
            found = outlooks.look(session, item, plan=PLAN, now=at)
            queue_letters(session, found.due, plan=PLAN, settings=SETTINGS, now=at)
            session.flush()
            for letter in session.exec(select(Letter).where(Letter.state == LetterState.QUEUED)):
                letter.state = LetterState.SENT.value
        following = found.outlook.next_at
        at = at + timedelta(minutes=1) if found.due else max(following or until, at + timedelta(minutes=1))


def kinds_to(database: Database, name: str) -> list[str]:
    letters = sorted(to(all_letters(database), name), key=lambda one: one.due_at)
    return [one.kind for one in letters]


@ON_SQLITE
def test_who_says_nothing_is_reminded_once_and_told_what_is_new(database: Database, cycle: Cycle) -> None:
    walk(database, cycle.id or 0, datetime(2027, 1, 18, tzinfo=UTC), datetime(2027, 2, 12, tzinfo=UTC))
    assert kinds_to(database, "Tom Baker-Lane") == ["E3", "E3_half_way", "E4", "E5"]
    assert kinds_to(database, "Priya Nair") == ["E2", "E2-2d", "E3-groups", "E4", "E5"]


@ON_SQLITE
def test_who_said_a_word_is_reminded_to_the_end(database: Database, cycle: Cycle) -> None:
    walk(database, cycle.id or 0, datetime(2027, 1, 25, tzinfo=UTC), INVITED)
    with database.transaction() as session:
        tom = session.exec(select(Person).where(Person.name == "Tom Baker-Lane")).one()
        session.exec(select(Invitation).where(Invitation.person_id == tom.id)).one().answer = Answer.ACCEPTED
    walk(database, cycle.id or 0, INVITED, datetime(2027, 2, 12, tzinfo=UTC))
    asked = ["E3", "E3_half_way", "E4", "E3_day_before"]
    assert kinds_to(database, "Tom Baker-Lane") == [*asked, "E5", "E5-1d", "E5-1h", "E6"]


def test_who_handed_their_task_on_has_said_a_word_and_is_reminded(database: Database, cycle: Cycle) -> None:
    """They counted as never answering, and heard nothing more of the session."""
    with database.transaction() as session:
        people = {one.name: one for one in session.exec(select(Person))}
        maria, lou = people["Maria Ruiz"], people["Lou Lead"]
        (row,) = asked_people(session, cycle, CycleAsk.CITIES, maria, plan=PLAN, now=EARLY)
        row.holder, row.holder_id = lou, lou.id or 0
        for name in ("Maria Ruiz", "Lou Lead", "Tom Baker-Lane"):
            for kind in ("E3", "E4"):
                key, to_ = f"{kind} to {name}", people[name]
                letter = queue(
                    session, LETTER, to=to_, once_key=key, kind=kind, why="", now=INVITED, cycle_id=1
                )
                assert letter
                letter.state = LetterState.SENT
    letters = tick(database, EVE)
    assert {one.to_name for one in letters if one.kind == "E5-1d"} >= {"Maria Ruiz", "Åsa Öberg"}
    assert not {"Lou Lead", "Tom Baker-Lane"} & {one.to_name for one in letters if one.kind == "E5-1d"}


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_cycle_in_which_nobody_answers_makes_half_the_letters(
    database: Database, settings: Settings
) -> None:
    """The first cycle of the sample, from the heads-up to the ninety-day check."""
    with database.transaction() as session:
        fill(session, settings, EARLY, with_sample=True)
    walk(database, 1, EARLY, datetime(2027, 6, 15, tzinfo=UTC))
    letters = [one for one in all_letters(database) if one.cycle_id == 1]
    assert {one.state for one in letters} == {LetterState.SENT}
    assert Counter(one.kind for one in letters) == {
        "E0": 16,
        "E1": 18,
        "E2": 6,
        "E2-2d": 5,
        "E2-2h": 1,
        "E3": 12,
        "E3-groups": 6,
        "E3_half_way": 12,
        "E4": 18,
        "E5": 10,
        "E3_lead": 6,  # with the joining note inside, as the two that follow
        "E3-groups_chair": 2,
        "E3-groups_lead_of_member": 4,
        "E7": 2,
        "E8-wait": 3,
        "E9-wait": 3,
    }
    assert len(letters) <= HALF_OF_TODAY
    hours = Counter((one.person_id, one.due_at.replace(minute=0)) for one in letters)
    assert set(hours.values()) == {1}
