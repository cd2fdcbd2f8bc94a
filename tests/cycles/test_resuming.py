"""Putting a postponed cycle back on the calendar, and moves that meet a night when clocks change."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session

from exchange.cycles import actions, queries
from exchange.cycles.drafts import SittingTime
from exchange.cycles.moves import SwallowedSitting
from exchange.db import Database
from exchange.feeds.content.queries import PUBLIC, entries_for
from exchange.models import Cycle
from exchange.rules.markings.tlp_labels import Marking
from tests.cycles.conftest import NOW, Net, opened
from tests.factories import stage_plan

PLAN = stage_plan()
POSTPONED_AT = datetime(2027, 1, 12, 9, tzinfo=UTC)  # the second day of the cycle
RESUMED_AT = datetime(2027, 3, 10, 9, tzinfo=UTC)  # when its eight weeks would be over
MAY = date(2027, 5, 3)


def postponed(session: Session, net: Net, at: datetime = POSTPONED_AT, **fields: object) -> Cycle:
    cycle = opened(session, net, date(2027, 1, 11), marking=Marking.CLEAR, **fields)
    actions.publish_cycle(session, cycle, plan=PLAN, actor=net.coordinator, now=NOW)
    cycle = queries.cycle_to_change(session, cycle.id or 0)
    actions.postpone_cycle(session, cycle, reason="Flood", plan=PLAN, actor=None, now=at)
    return cycle


def resume(session: Session, cycle: Cycle, starts_on: date) -> None:
    actions.resume_cycle(session, cycle, starts_on, plan=PLAN, actor=None, now=RESUMED_AT)


def test_cycle_resumed_after_its_old_dates_takes_place_on_the_new_ones(database: Database, net: Net) -> None:
    """Postponed on 12 January and resumed on 10 March, it stayed in January: days that had only gone by
    counted as done, sittings nobody held as held."""
    with database.transaction() as session:
        cycle = postponed(session, net)
        before = {stage.key: stage.starts_on for stage in cycle.stages}
        resume(session, cycle, MAY)
        assert cycle.starts_on == MAY
        assert cycle.duration_weeks == 8
        moved = {stage.key: stage.starts_on for stage in cycle.stages}
        within = {rule.key for rule in PLAN.stages_within}
        assert {moved[key] - before[key] for key in within} == {timedelta(weeks=16)}
        assert all(sitting.on_local >= MAY for sitting in cycle.sittings)


def test_feed_of_a_cycle_resumed_late_has_new_dates_under_old_uids(database: Database, net: Net) -> None:
    """Calendars kept showing January, confirmed, though the exchange was to take place in May."""
    with database.transaction() as session:
        cycle = postponed(session, net)
        halted = {entry.uid: entry for entry in entries_for(session, PUBLIC)}
        resume(session, cycle, MAY)
        resumed = {entry.uid: entry for entry in entries_for(session, PUBLIC)}
    assert {entry.status.value for entry in halted.values()} == {"CANCELLED"}
    assert resumed.keys() == halted.keys()
    assert {entry.status.value for entry in resumed.values()} == {"CONFIRMED"}
    assert all(resumed[uid].sequence > halted[uid].sequence for uid in halted)
    sittings = [entry for entry in resumed.values() if entry.starts]
    assert sittings
    assert all(entry.starts.on >= MAY for entry in sittings if entry.starts)


def test_wall_time_stays_when_a_cycle_resumes_in_summer_time(database: Database, net: Net) -> None:
    with database.transaction() as session:
        cycle = postponed(session, net)
        resume(session, cycle, MAY)
        uid = next(sitting.uid for sitting in cycle.sittings if sitting.meeting == "session")
        entry = next(entry for entry in entries_for(session, PUBLIC) if entry.uid == uid)
    assert entry.starts is not None
    assert entry.starts.at == time(14)
    assert entry.starts_at.astimezone(UTC).hour == 13  # London is an hour ahead of UTC in May


def test_what_was_past_when_it_was_postponed_stays(database: Database, net: Net) -> None:
    """A stage that ended, and a sitting held, before the cycle was postponed did take place."""
    with database.transaction() as session:
        cycle = postponed(session, net, datetime(2027, 1, 27, 9, tzinfo=UTC))
        before = {stage.key: stage.starts_on for stage in cycle.stages}
        held = {s.id: s.on_local for s in cycle.sittings if s.meeting == "scoping_call"}
        resume(session, cycle, MAY)
        after = {stage.key: stage.starts_on for stage in cycle.stages}
        assert (after["launch"], after["scope"]) == (before["launch"], before["scope"])
        assert after["gather"] == before["gather"] + timedelta(weeks=16)
        assert {s.id: s.on_local for s in cycle.sittings if s.id in held} == held


def at_night(session: Session, net: Net) -> Cycle:
    """A cycle with its session at 02:30 on a Sunday in Stockholm."""
    night = SittingTime(time(2, 30), "Europe/Stockholm")
    return opened(session, net, date(2027, 3, 1), sittings=(night,), session_on=date(2027, 4, 4))


def test_start_that_takes_a_sitting_into_the_spring_gap_names_it(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    """The refusal named a time and two neighbours, and the form had nothing to press and no such field."""
    with database.transaction() as session:
        cycle = at_night(session, net)
    sitting_id = next(s.id for s in cycle.sittings if s.meeting == "session")
    sent = {"version": "1", "starts_on": "2027-02-22", "reason": "All agreed."}
    answer = coordinator.post(f"/cycles/{cycle.id}/move-start", data=sent)
    assert answer.status_code == 400
    assert "The sitting at 02:30 in Europe/Stockholm would come to Sun 28 Mar 2027" in answer.text
    assert f"/cycles/{cycle.id}/sittings/{sitting_id}/move" in answer.text


def test_start_into_the_spring_gap_changes_nothing(database: Database, net: Net) -> None:
    with database.transaction() as session:
        cycle_id = at_night(session, net).id or 0
    with pytest.raises(SwallowedSitting), database.transaction() as session:
        cycle = queries.cycle_to_change(session, cycle_id)
        actions.move_start(session, cycle, date(2027, 2, 22), plan=PLAN, actor=None, now=NOW, reason="x")
    with database.reading() as session:
        assert queries.cycle_to_plan(session, cycle_id).starts_on == date(2027, 3, 1)


def test_offer_for_a_field_the_form_lacks_is_no_fault(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    """A button's value sent to a form without the field was answered with 500."""
    with database.transaction() as session:
        cycle = opened(session, net)
    for path in ("cancel", f"sittings/{cycle.sittings[0].id}/move"):
        answer = coordinator.post(f"/cycles/{cycle.id}/{path}", data={"use": "starts_on 2027-08-09"})
        assert answer.status_code == 400, path


@pytest.mark.parametrize("on", ["9999-12-31", "0001-01-01"])
def test_stage_is_not_moved_out_of_the_years_that_are_planned(
    coordinator: FlaskClient, database: Database, net: Net, on: str
) -> None:
    with database.transaction() as session:
        cycle = opened(session, net)
    sent = {"version": "1", "starts_on": on, "reason": "x"}
    answer = coordinator.post(f"/cycles/{cycle.id}/stages/draft/move", data=sent)
    assert answer.status_code == 400
    assert "between 2000 and 2100" in answer.text
