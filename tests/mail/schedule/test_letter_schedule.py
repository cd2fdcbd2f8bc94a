"""Who gets which letter and when: audiences, their own clocks, late publication, and training events."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from exchange.db import Database
from exchange.mail.schedule.letter_schedule import planned_between, planned_for_cycle, planned_for_training
from exchange.mail.schedule.planned import Planned
from exchange.models import Board, BoardMember, City, Role
from exchange.rules.markings.tlp_labels import Marking
from tests.factories import make_city, make_cycle, make_group, make_person, make_training, stage_plan
from tests.mail.programme import EARLY, lead_cities, letter_to, three_city_cycle
from tests.statements import counted

CONTACTS = {"Åsa Öberg", "Tom Baker-Lane", "Maria Ruiz"}


def names(planned: Sequence[Planned], kind: str) -> set[str]:
    return {one.person.name for one in planned if one.kind == kind}


def test_letters_go_to_the_audiences_of_the_plan_and_to_nobody_else(database: Database) -> None:
    with database.transaction() as session:
        cycle = three_city_cycle(session)
        london = cycle.cities[0]
        make_person(session, "City Lead", city=london, roles=[Role.CITY_LEAD])
        make_person(session, "Gone", city=london, is_active=False)
        make_person(session, "Coordinator", city=london, roles=[Role.COORDINATOR])
        make_person(session, "Other City", city=make_city(session, "Dublin"))
        make_group(session, members=[make_person(session, "Other Group", city=london, roles=[Role.EXPERT])])
        member = make_person(session, "Board Member", city=london, roles=[])
        board = Board(key="B1", name="Board")
        board.members = [BoardMember(person_id=member.id)]
        session.add(board)
        session.flush()
        planned = planned_for_cycle(session, cycle, plan=stage_plan(), now=EARLY)
    contacts = CONTACTS | {"City Lead"}
    assert names(planned, "E0") == {"Board Member", "Priya Nair"}
    assert names(planned, "E1") == contacts | {"Priya Nair"}
    assert names(planned, "E3") == contacts
    assert names(planned, "E7") == {"Priya Nair"}
    assert names(planned, "E8") == contacts
    assert len({one.once_key for one in planned}) == len(planned)


def test_people_of_a_city_that_left_get_no_more_letters_for_it(database: Database) -> None:
    """Washington left in December and still got every letter of a cycle that had named it before."""
    with database.transaction() as session:
        cycle = three_city_cycle(session)
        washington = cycle.cities[1]
        washington.memberships[0].ends_on = date(2026, 11, 1)
        make_person(session, "Chair", city=washington, roles=[Role.COORDINATOR])
        session.flush()
        planned = planned_for_cycle(session, cycle, plan=stage_plan(), now=EARLY)
        training = make_training(session, host_city=cycle.lead_city, cities=[washington])
        invited = planned_for_training(session, training, now=EARLY)
    assert names(planned, "E3") == CONTACTS - {"Maria Ruiz"}
    assert names(invited, "T1") == {"Åsa Öberg"}


def test_letters_leave_at_nine_in_each_readers_own_city(database: Database) -> None:
    with database.transaction() as session:
        planned = planned_for_cycle(session, three_city_cycle(session), plan=stage_plan(), now=EARLY)
        due = [
            letter_to(planned, "E1", name).due_at for name in ("Åsa Öberg", "Tom Baker-Lane", "Maria Ruiz")
        ]
    assert [at.hour for at in due] == [8, 9, 14]


def test_a_holiday_of_the_readers_city_moves_the_letter_to_the_next_working_day(database: Database) -> None:
    """18 January 2027 is Martin Luther King Day: Washington hears of the scoping week on Tuesday."""
    with database.transaction() as session:
        cycle = three_city_cycle(session)
        chair = make_person(session, "Expert", city=cycle.cities[1], roles=[Role.EXPERT])
        cycle.groups = [make_group(session, chair=chair)]
        session.flush()
        planned = planned_for_cycle(session, cycle, plan=stage_plan(), now=EARLY)
        assert letter_to(planned, "E2", "Expert").local.on == date(2027, 1, 19)


def test_a_cycle_published_late_skips_letters_that_have_lost_their_use(database: Database) -> None:
    saturday = datetime(2027, 1, 16, 19, 0, tzinfo=UTC)
    with database.transaction() as session:
        planned = planned_for_cycle(session, three_city_cycle(session), plan=stage_plan(), now=saturday)
        kinds = {one.kind for one in planned}
    assert "E0" not in kinds
    assert "E1" not in kinds  # on Monday the scoping week begins: too late to launch
    assert "E2" in kinds


def test_a_letter_called_for_at_night_waits_for_the_morning(database: Database) -> None:
    night = datetime(2027, 1, 13, 1, 0, tzinfo=UTC)  # Wednesday; 20:00 on Tuesday in Washington
    with database.transaction() as session:
        planned = planned_for_cycle(session, three_city_cycle(session), plan=stage_plan(), now=night)
        assert letter_to(planned, "E1", "Åsa Öberg").due_at == datetime(2027, 1, 13, 8, tzinfo=UTC)
        assert letter_to(planned, "E1", "Maria Ruiz").due_at == night


def test_a_stage_that_is_done_calls_for_nothing_but_thanks(database: Database) -> None:
    with database.transaction() as session:
        cycle = three_city_cycle(session)
        for stage in cycle.stages:
            if stage.key in ("launch", "exchange"):
                stage.done_at = EARLY
        kinds = {one.kind for one in planned_for_cycle(session, cycle, plan=stage_plan(), now=EARLY)}
    assert "E1" not in kinds
    assert "E5" not in kinds
    assert {"E3", "E6"} <= kinds


def test_a_training_event_invites_six_weeks_ahead_and_reminds_twice(database: Database) -> None:
    """Thursday 11 March 2027, 10:00 in Stockholm; looked at on a Sunday."""
    with database.transaction() as session:
        stockholm, _london, washington = lead_cities(session)
        training = make_training(session, host_city=stockholm, cities=[washington])
        planned = planned_for_training(session, training, now=EARLY)
        found = [(one.kind, one.person.name, one.local.on, one.local.at.hour) for one in planned]
    assert found == [
        ("T1", "Åsa Öberg", date(2027, 1, 28), 9),
        ("T1", "Maria Ruiz", date(2027, 1, 28), 9),
        ("T1-7d", "Åsa Öberg", date(2027, 3, 4), 9),
        ("T1-7d", "Maria Ruiz", date(2027, 3, 4), 9),
        ("T1-1d", "Åsa Öberg", date(2027, 3, 10), 9),
        ("T1-1d", "Maria Ruiz", date(2027, 3, 10), 9),
    ]


def test_an_event_published_the_evening_before_invites_in_time_and_does_not_remind(
    database: Database,
) -> None:
    eve = datetime(2027, 3, 10, 21, 30, tzinfo=UTC)
    morning = datetime(2027, 3, 11, 8, 0, tzinfo=UTC)  # 09:00 in Stockholm
    with database.transaction() as session:
        stockholm, *_ = lead_cities(session)
        for starts, due_at in ((time(10), morning), (time(8), eve)):
            training = make_training(
                session, host_city=stockholm, cities=[stockholm], published_at=eve, starts_local=starts
            )
            planned = planned_for_training(session, training, now=eve)
            assert [(one.kind, one.due_at) for one in planned] == [("T1", due_at)]


def test_an_event_that_names_nobody_is_for_all_members_unless_need_to_know(database: Database) -> None:
    with database.transaction() as session:
        stockholm, *_ = lead_cities(session)
        make_person(session, "Stranger", city=make_city(session, "Dublin", status=None))
        for marking, invited in ((Marking.AMBER, CONTACTS), (Marking.AMBER_STRICT, {"Åsa Öberg"})):
            training = make_training(session, host_city=stockholm, marking=marking)
            assert names(planned_for_training(session, training, now=EARLY), "T1") == invited


def test_planned_between_leaves_out_drafts_and_what_was_halted(database: Database) -> None:
    with database.transaction() as session:
        live = three_city_cycle(session)
        stockholm = live.lead_city
        make_cycle(session, lead_city=stockholm, is_published=False, starts_on=live.starts_on)
        make_cycle(session, lead_city=stockholm, starts_on=live.starts_on, cancelled_at=EARLY)
        make_training(session, host_city=stockholm, postponed_at=EARLY)
    first_at = datetime(2027, 1, 11, tzinfo=UTC)
    with database.reading() as session:
        planned = planned_between(
            session, first_at, first_at + timedelta(days=1), plan=stage_plan(), now=EARLY
        )
        assert {(one.kind, one.title) for one in planned} == {("E1", "Hostile drones")}
        assert len(planned) == 4


def test_planned_between_takes_the_same_statements_for_one_cycle_and_for_six(database: Database) -> None:
    with database.transaction() as session:
        stockholm = three_city_cycle(session).lead_city
        make_training(session, host_city=stockholm)
        group = make_group(session, chair=make_person(session, city=stockholm))
    few = statements_of_planning(database)
    with database.transaction() as session:
        lead = session.get_one(City, stockholm.id)
        for number in range(5):
            make_cycle(
                session,
                lead_city=lead,
                cities=[make_city(session, f"City {number}")],
                groups=[session.merge(group)],
                starts_on=date(2027, 1, 11),
            )
            make_training(session, host_city=lead)
    assert statements_of_planning(database) == few


def statements_of_planning(database: Database) -> int:
    """How many statements it takes to plan half a year."""
    with counted(database) as seen, database.reading() as session:
        last_at = EARLY + timedelta(days=180)
        assert planned_between(session, EARLY, last_at, plan=stage_plan(), now=EARLY)
    return len(seen)
