"""The ladder on real rows: who is chased, who is not any more, and one chasing letter in a week."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlmodel import Session, select

from exchange.answering.asks import asked_people
from exchange.db import Database
from exchange.mail.outbox.letter_queue import queue
from exchange.mail.outbox.withdrawals import withdraw_chasing, withdraw_useless, withdraw_waiting
from exchange.mail.schedule.letter_schedule import planned_between, planned_for_cycle
from exchange.models import AskParty, Chase, Cycle, LadderChange, Letter, LetterState, Person, Role
from exchange.rules.programme.stage_plan import CycleAsk
from exchange.settings import Settings
from tests.answering.asked import answer
from tests.factories import make_city, make_cycle, make_group, make_person, stage_plan
from tests.mail.letters import LETTER, NOW, all_letters, person
from tests.mail.programme import EARLY, composed, three_city_cycle
from tests.mail.writing.test_compose import LINE, compare
from tests.queueing import queue_due

PLAN = stage_plan()
C1, C5 = date(2027, 1, 11), date(2027, 10, 4)
STEPS = (
    *("E3_half_way", "E3_day_before", "E3_lead"),
    *("E3-groups_half_way", "E3-groups_chair", "E3-groups_lead_of_member"),
)
LEADS = ("Lars Lead", "Lena Lead", "Lou Lead")


def with_leads(session: Session, **fields: object) -> Cycle:
    """The cycle of three cities, each with a lead, and a group with a silent member in Washington."""
    cycle = three_city_cycle(session, **fields)
    for city, name in zip(
        (cycle.lead_city, *cycle.cities), ("Lars Lead", "Lena Lead", "Lou Lead"), strict=True
    ):
        make_person(session, name, city=city, roles=[Role.CITY_LEAD])
    member = make_person(session, "Emil Expert", city=cycle.cities[1], roles=[Role.EXPERT])
    chair = session.exec(select(Person).where(Person.name == "Priya Nair")).one()
    cycle.groups = [make_group(session, "Drone experts", members=[member], chair=chair)]
    session.flush()
    return cycle


def ask_everybody(session: Session, cycle: Cycle) -> None:
    """As the letters E3 and E3-groups do when they are queued, on the Monday of week 3."""
    at = datetime.combine(cycle.starts_on + timedelta(weeks=2), time(9), UTC)
    for one in planned_for_cycle(session, cycle, plan=PLAN, now=EARLY):
        ask = PLAN.ask_of(one.letter.rule)
        if ask and not one.letter.rule.chases:
            asked_people(session, cycle, ask.kind, one.person, plan=PLAN, now=at)


def chased(session: Session, cycle: Cycle, now: datetime = EARLY) -> list[tuple[str, str, str]]:
    planned = planned_for_cycle(session, cycle, plan=PLAN, now=now)
    return [(one.kind, one.person.name, f"{one.local.on:%d %b}") for one in planned if one.letter.rule.chases]


@pytest.mark.parametrize(("cycle_name", "starts_on"), [("C1", C1), ("C5", C5)])
def test_each_chasing_letter_reads_as_its_golden_file(
    database: Database, cycle_name: str, starts_on: date
) -> None:
    with database.transaction() as session:
        planned = planned_for_cycle(session, with_leads(session, starts_on=starts_on), plan=PLAN, now=EARLY)
        for kind in STEPS:
            texts = []
            for one in (one for one in planned if one.kind == kind):
                letter = composed(one)
                head = f"To: {one.person.name} in {one.city}, {one.local.on} {one.local.at:%H:%M}"
                texts.append(f"{head}\nSubject: {letter.subject}\n\n{letter.text}")
            assert texts, kind
            compare(f"{kind}_{cycle_name}", LINE.join(texts))


def test_before_anybody_is_asked_the_ladder_is_shown_as_if_nobody_answered(database: Database) -> None:
    with database.transaction() as session:
        cycle = with_leads(session)
        before = chased(session, cycle)
        ask_everybody(session, cycle)
        assert sorted(chased(session, cycle)) == sorted(before)
    assert ("E3_half_way", "Åsa Öberg", "29 Jan") in before
    assert ("E3_lead", "Lou Lead", "08 Feb") in before
    assert ("E3-groups_chair", "Priya Nair", "08 Feb") in before
    assert ("E3-groups_lead_of_member", "Lou Lead", "16 Feb") in before  # 15 February is Presidents' Day


def test_who_answered_is_chased_no_more_nor_anybody_about_them(database: Database) -> None:
    """Åsa answers for Stockholm before anything is due: Lars, who was asked as well, hears nothing either."""
    with database.transaction() as session:
        cycle = with_leads(session)
        ask_everybody(session, cycle)
        cycle_people = planned_for_cycle(session, cycle, plan=PLAN, now=EARLY)
        asa = next(one.person for one in cycle_people if one.person.name == "Åsa Öberg")
        emil = next(one.person for one in cycle_people if one.person.name == "Emil Expert")
        for who, kind in ((asa, CycleAsk.CITIES), (emil, CycleAsk.GROUPS)):
            (row,) = asked_people(session, cycle, kind, who, plan=PLAN, now=EARLY)
            answer(session, row)
        found = chased(session, cycle)
    names = {name for _, name, _ in found}
    assert names == {"Tom Baker-Lane", "Lena Lead", "Maria Ruiz", "Lou Lead", "Priya Nair"}
    assert "E3-groups_chair" not in {kind for kind, _, _ in found}
    assert ("E3-groups_lead_of_member", "Lou Lead", "16 Feb") not in found


def test_a_draft_answer_is_no_answer(database: Database) -> None:
    with database.transaction() as session:
        cycle = with_leads(session)
        ask_everybody(session, cycle)
        before = chased(session, cycle)
        maria = session.exec(select(Person).where(Person.name == "Maria Ruiz")).one()
        (row,) = asked_people(session, cycle, CycleAsk.CITIES, maria, plan=PLAN, now=EARLY)
        answer(session, row, submitted=False)
        assert chased(session, cycle) == before


def test_story_13_a_silent_city_gets_one_reminder_its_lead_one_escalation_and_no_more_that_week(
    database: Database,
) -> None:
    """No input by Friday of week 4, with the ladder as it is shipped; the tick runs through two weeks."""
    with database.transaction() as session:
        cycle = three_city_cycle(session)
        make_person(session, "Lou Lead", city=cycle.cities[1], roles=[Role.CITY_LEAD])
        ask_everybody(session, cycle)
        for name in ("Åsa Öberg", "Tom Baker-Lane"):
            person_ = session.exec(select(Person).where(Person.name == name)).one()
            (row,) = asked_people(session, cycle, CycleAsk.CITIES, person_, plan=PLAN, now=EARLY)
            answer(session, row)
        for seat in cycle.groups[0].members:
            member = session.get_one(Person, seat.person_id)
            (row,) = asked_people(session, cycle, CycleAsk.GROUPS, member, plan=PLAN, now=EARLY)
            answer(session, row)
    letters = run_ticks(database, datetime(2027, 2, 1, 6, tzinfo=UTC), days=14)
    chasing = [(one.kind, one.to_name, f"{one.due_at:%a %d %b}") for one in letters if "_" in one.kind]
    assert chasing == [
        ("E3_day_before", "Lou Lead", "Thu 04 Feb"),
        ("E3_day_before", "Maria Ruiz", "Thu 04 Feb"),
        ("E3_lead", "Lou Lead", "Mon 08 Feb"),
    ]


def run_ticks(database: Database, start: datetime, *, days: int) -> list[Letter]:
    """The tick every three hours; the letters it queued, by due date and reader."""
    for hours in range(0, days * 24, 3):
        with database.transaction() as session:
            queue_due(session, plan=PLAN, settings=Settings(), now=start + timedelta(hours=hours))
    return sorted(all_letters(database), key=lambda one: (one.due_at, one.to_name))


def test_nobody_gets_two_chasing_letters_in_a_week_whatever_the_plans_ask(database: Database) -> None:
    """Two cycles with the same people and the same dates: each asks for the same weeks."""
    with database.transaction() as session:
        cycle = with_leads(session)
        session.flush()
        second = with_same_people(session, cycle)
        for one in (cycle, second):
            ask_everybody(session, one)
    letters = run_ticks(database, datetime(2027, 1, 28, 6, tzinfo=UTC), days=21)
    weeks = Counter((one.person_id, one.due_at.isocalendar()[:2]) for one in letters if "_" in one.kind)
    assert weeks
    assert set(weeks.values()) == {1}


def with_same_people(session: Session, cycle: Cycle) -> Cycle:
    who = {"lead_city": cycle.lead_city, "cities": cycle.cities, "groups": cycle.groups}
    return make_cycle(session, starts_on=cycle.starts_on, **who)  # type: ignore[arg-type]


def test_a_week_is_taken_once_and_given_back_when_the_letter_is_taken_back(database: Database) -> None:
    def chase(key: str, to: Person) -> Letter | None:
        return queue(
            session,
            LETTER,
            to=to,
            once_key=key,
            kind="E3_half_way",
            why="",
            due_at=NOW,
            useless_after=None,
            now=NOW,
            chase_week="2027-W05",
        )

    with database.transaction() as session:
        reader = person(session)
        assert chase("a", reader) is not None
        assert chase("a", reader) is None
        assert chase("b", reader) is None
        assert withdraw_waiting(session, person_id=reader.id, why="Changed.") == 1
        assert chase("b", reader) is not None
        assert chase("a", reader) is None
        assert len(session.exec(select(Chase)).all()) == 1
    assert [one.state for one in all_letters(database)] == [LetterState.WITHDRAWN, LetterState.QUEUED]


def test_a_chasing_letter_that_could_not_leave_waits_for_the_next_working_day_or_is_left_out(
    database: Database,
) -> None:
    """A mail server that was away from Friday morning on brought reminders on Saturday."""
    with database.transaction() as session:
        ask_everybody(session, with_leads(session))
    half_way = datetime(2027, 1, 29, 9, tzinfo=UTC)  # a Friday
    with database.transaction() as session:
        assert queue_due(session, plan=PLAN, settings=Settings(), now=half_way)
    friday = [one for one in all_letters(database) if one.kind == "E3_half_way"]
    assert {one.to_name for one in friday} >= {"Åsa Öberg", "Tom Baker-Lane"}
    for hour in range(0, 72, 3):  # Saturday to Monday: nothing of it leaves
        now = datetime(2027, 1, 30, 6, tzinfo=UTC) + timedelta(hours=hour)
        with database.transaction() as session:
            withdraw_useless(session, now)
            queue_due(session, plan=PLAN, settings=Settings(), now=now)
        letters = [one for one in all_letters(database) if one.kind == "E3_half_way"]
        assert {one.state for one in letters} == {LetterState.WITHDRAWN}

    for now in (datetime(2027, 2, 4, 15, tzinfo=UTC), datetime(2027, 2, 5, 15, tzinfo=UTC)):
        with database.transaction() as session:
            withdraw_useless(session, now)
            queue_due(session, plan=PLAN, settings=Settings(), now=now)
    again = [one for one in all_letters(database) if one.kind == "E3_day_before"]
    assert {one.state for one in again} == {LetterState.QUEUED}  # on the Friday, a working day
    assert {one.due_at for one in again} == {datetime(2027, 2, 5, 15, tzinfo=UTC)}
    assert again[0].subject.startswith("[TLP:GREEN] Today: your answer is due Fri 5 Feb")


def test_a_reminder_that_a_moved_deadline_puts_into_the_past_is_not_made_up_for(database: Database) -> None:
    """Who read on Thursday that the day had moved was chased on the same day for half-way of the new time."""
    with database.transaction() as session:
        cycle = with_leads(session)
        ask_everybody(session, cycle)
        stage = next(stage for stage in cycle.stages if stage.key == "gather_closes")
        stage.ends_on += timedelta(weeks=1)  # half-way is Wednesday 3 February now
        stage.moved_at = datetime(2027, 2, 4, 8, tzinfo=UTC)
        found = chased(session, cycle, now=datetime(2027, 2, 4, 8, 30, tzinfo=UTC))
    assert "E3_half_way" not in {kind for kind, _, _ in found}
    assert ("E3_day_before", "Åsa Öberg", "11 Feb") in found
    assert ("E3_lead", "Lou Lead", "16 Feb") in found  # 15 February is Presidents' Day


def test_an_answer_takes_back_the_chasing_letters_that_wait(database: Database) -> None:
    with database.transaction() as session:
        cycle = with_leads(session)
        ask_everybody(session, cycle)
        queue_due(session, plan=PLAN, settings=Settings(), now=datetime(2027, 1, 29, 15, tzinfo=UTC))
        waiting = session.exec(select(Letter).where(Letter.kind == "E3_half_way")).all()
        assert len(waiting) == 6
        assert withdraw_chasing(session, cycle.id or 0, "Somebody answered.") >= 6
    states = {one.kind: one.state for one in all_letters(database)}
    assert states["E3_half_way"] == LetterState.WITHDRAWN
    assert LetterState.QUEUED in states.values()


def test_a_cycle_may_move_a_step_or_leave_it_out(database: Database) -> None:
    with database.transaction() as session:
        cycle = with_leads(session)
        session.add(LadderChange(cycle_id=cycle.id or 0, step="half_way", is_off=True, days=0))
        session.add(LadderChange(cycle_id=cycle.id or 0, step="day_before", days=-2))
        session.flush()
        found = chased(session, cycle)
    assert not [one for one in found if "half_way" in one[0]]
    assert ("E3_day_before", "Åsa Öberg", "03 Feb") in found


def test_who_was_granted_more_time_is_chased_by_it(database: Database) -> None:
    with database.transaction() as session:
        cycle = with_leads(session)
        ask_everybody(session, cycle)
        party = session.exec(select(AskParty).where(AskParty.city_id == cycle.lead_city_id)).one()
        party.extended_on = date(2027, 2, 12)
        session.flush()
        found = chased(session, cycle)
    assert ("E3_day_before", "Åsa Öberg", "11 Feb") in found
    assert ("E3_lead", "Lars Lead", "15 Feb") in found
    assert ("E3_day_before", "Maria Ruiz", "04 Feb") in found


def test_a_lead_to_whom_the_page_does_not_open_is_told_nothing(database: Database) -> None:
    """The expert's own city takes no part: its lead may not even know of the exchange."""
    with database.transaction() as session:
        cycle = with_leads(session)
        dublin = make_city(session, "Dublin")
        make_person(session, "Dub Lead", city=dublin, roles=[Role.CITY_LEAD])
        stranger = make_person(session, "Far Expert", city=dublin, roles=[Role.EXPERT])
        cycle.groups = [make_group(session, "Others", members=[stranger])]
        session.flush()
        names = {name for _, name, _ in chased(session, cycle)}
    assert "Far Expert" in names
    assert "Dub Lead" not in names


def test_planning_takes_no_more_statements_with_everybody_asked(database: Database) -> None:
    with database.transaction() as session:
        cycle = with_leads(session)
        ask_everybody(session, cycle)
    with database.reading() as session:
        found = planned_between(session, EARLY, EARLY + timedelta(days=180), plan=PLAN, now=EARLY)
        assert any(one.letter.rule.chases for one in found)
