"""What an exchange owes: its stages by who drives them, answers and reviews by who was asked."""

from datetime import UTC, date, datetime

from exchange.rules.duties.cycle_stages import (
    CycleFacts,
    Holder,
    StageFacts,
    answer_duty,
    review_duty,
    stage_duties,
)
from exchange.rules.duties.duty import Owner, Role, State, Weight, state
from exchange.rules.markings.tlp_labels import Marking

HELD_AT = datetime(2027, 11, 4, 15, 30, tzinfo=UTC)


def a_cycle(*groups: int) -> CycleFacts:
    def stage(key: str, owner: str, done_at: datetime | None = None) -> StageFacts:
        return StageFacts(key, key.capitalize(), owner, date(2027, 11, 1), date(2027, 11, 5), done_at)

    stages = (
        stage("launch", "coordinator"),
        stage("gather", "city_contacts"),
        stage("exchange", "expert_lead", HELD_AT),
        stage("review", "reviewers"),
        stage("follow_up", "owners"),
    )
    return CycleFacts(3, "Hostile drones", "Europe/London", Marking.GREEN, groups, stages)


def test_coordinators_and_chairs_owe_their_stages_and_nobody_those_that_are_owed_answer_by_answer() -> None:
    owed = {duty.key: duty.owner for duty in stage_duties(a_cycle(11, 12))}
    assert owed == {
        "cycle:3:launch": Owner(Role.COORDINATOR),
        "cycle:3:exchange:11": Owner(Role.GROUP_CHAIR, 11),
        "cycle:3:exchange:12": Owner(Role.GROUP_CHAIR, 12),
    }


def test_a_stage_of_experts_without_a_group_is_the_coordinators() -> None:
    assert [duty.owner for duty in stage_duties(a_cycle())] == [Owner(Role.COORDINATOR)] * 2


def test_a_stage_whose_meeting_is_over_is_done_without_a_tick() -> None:
    duty = stage_duties(a_cycle(11))[1]
    assert state(duty, datetime(2027, 11, 4, 15, tzinfo=UTC)) is State.DUE_SOON
    assert state(duty, HELD_AT) is State.DONE


def test_an_answer_is_owed_by_its_holder_until_their_own_day_ends() -> None:
    holder = Holder(21, date(2027, 11, 5), "America/New_York")
    duty = answer_duty(a_cycle(), addressee_id=7, party="Washington DC", holder=holder, answered_at=None)
    assert (duty.key, duty.owner, duty.weight) == ("cycle:3:answer:7", Owner(Role.PERSON, 21), Weight.MUST)
    assert duty.what.text == "Answer the questions for Washington DC"
    assert state(duty, datetime(2027, 11, 6, 3, 59, tzinfo=UTC)) is State.DUE_SOON
    assert state(duty, datetime(2027, 11, 6, 4, tzinfo=UTC)) is State.LATE


def test_a_review_is_owed_until_the_reviewer_speaks() -> None:
    holder = Holder(21, date(2027, 11, 19), "Europe/London")
    spoke_at = datetime(2027, 11, 22, 9, tzinfo=UTC)
    assert state(review_duty(a_cycle(), holder, spoke_at=None), spoke_at) is State.LATE
    assert state(review_duty(a_cycle(), holder, spoke_at=spoke_at), spoke_at) is State.DONE
