from datetime import UTC, date, datetime

from exchange.answering.answer_status import answer_status
from exchange.answering.asks import kept_ask
from exchange.db import Database
from exchange.rules.programme.stage_plan import CycleAsk
from tests.answering.asked import ASKED_AT, answer, make_round
from tests.factories import stage_plan

CITIES, GROUPS = CycleAsk.CITIES, CycleAsk.GROUPS


def test_one_answer_speaks_for_a_city_and_each_expert_for_themselves(database: Database) -> None:
    with database.transaction() as session:
        round_ = make_round(session)
        cycle, cycle_id = round_.cycle, round_.cycle.id or 0
        of_anna = round_.asked(session, round_.anna, CITIES)
        round_.asked(session, round_.bea, CITIES)
        of_dora = round_.asked(session, round_.dora, GROUPS)
        round_.asked(session, round_.emil, GROUPS)
        answer(session, of_anna)
        answer(session, of_dora)

        found = answer_status(session, [cycle], stage_plan())

        assert [(one.person.name, one.is_silent) for one in found.asked] == [
            ("Anna Contact", False),
            ("Bea Lead", False),
            ("Dora Chair", False),
            ("Emil Expert", True),
        ]
        assert not found.is_silent(cycle_id, CITIES, round_.bea)
        assert found.is_silent(cycle_id, CITIES, round_.carl)  # was not even asked
        assert not found.is_silent(cycle_id, GROUPS, round_.dora)
        assert found.is_silent(cycle_id, GROUPS, round_.emil)


def test_draft_is_no_answer_and_a_group_that_is_done_owes_none(database: Database) -> None:
    with database.transaction() as session:
        round_ = make_round(session)
        emil = round_.asked(session, round_.emil, GROUPS)
        answer(session, emil, submitted=False)
        (before,) = answer_status(session, [round_.cycle], stage_plan()).asked
        emil.party.done_at = ASKED_AT
        session.flush()
        (after,) = answer_status(session, [round_.cycle], stage_plan()).asked
    assert before.has_draft
    assert (before.is_silent, after.is_silent) == (True, False)


def test_deputy_owes_the_answer_that_was_handed_on(database: Database) -> None:
    with database.transaction() as session:
        round_ = make_round(session)
        emil = round_.asked(session, round_.emil, GROUPS)
        emil.holder = round_.carl
        emil.holder_id = round_.carl.id or 0
        session.flush()
        found = answer_status(session, [round_.cycle], stage_plan())
        assert not found.is_silent(round_.cycle.id or 0, GROUPS, round_.emil)
        assert found.is_silent(round_.cycle.id or 0, GROUPS, round_.carl)
        assert found.asked[0].is_passed_on
        cycle_id = round_.cycle.id or 0
        assert found.has_passed_on(cycle_id, GROUPS, round_.emil.id or 0)
        assert not found.has_passed_on(cycle_id, GROUPS, round_.carl.id or 0)


def test_deadline_is_the_friday_of_week_four_with_what_was_granted(database: Database) -> None:
    with database.transaction() as session:
        round_ = make_round(session)
        anna, carl = (round_.asked(session, one, CITIES) for one in (round_.anna, round_.carl))
        carl.party.extended_on = date(2027, 11, 2)
        session.flush()
        of_anna, of_carl = answer_status(session, [round_.cycle], stage_plan()).asked
        assert (of_anna.last_on, of_carl.last_on) == (date(2027, 10, 29), date(2027, 11, 2))
        assert of_anna.closes_at == datetime(2027, 10, 29, 23, tzinfo=UTC)
        assert of_carl.closes_at == datetime(2027, 11, 3, 4, tzinfo=UTC)  # Washington is still in summer
        anna.extended_on = date(2027, 11, 5)
        session.flush()
        assert answer_status(session, [round_.cycle], stage_plan()).asked[0].last_on == date(2027, 11, 5)


def test_being_asked_twice_makes_one_row_and_keeps_the_plans_questions(database: Database) -> None:
    with database.transaction() as session:
        round_ = make_round(session)
        assert round_.asked(session, round_.anna, CITIES) is round_.asked(session, round_.anna, CITIES)
        ask = kept_ask(session, round_.cycle, CITIES, plan=stage_plan(), now=ASKED_AT)
        assert tuple(q.text for q in ask.questions) == stage_plan().ask(CITIES).questions
