"""Actions on cycles: what moves and what stays, what readers are told, and what the trail keeps."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlmodel import Session, col, delete, select

from exchange import lifecycle
from exchange.audit import actor_name, verify
from exchange.cycles import actions, queries
from exchange.cycles.actions import CycleEdit
from exchange.cycles.moves import SittingMove
from exchange.db import Database
from exchange.errors import Conflict, InvalidInput
from exchange.feeds.content.queries import PUBLIC, Audience, entries_for
from exchange.feeds.publishing.publish import ensure_feeds
from exchange.models import AuditEntry, Cycle, FeedChange, Override, Publication, Stage
from exchange.rules.access.rings import Ring
from exchange.rules.findings.overrides import Blocked
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.time.timezones import NonexistentTime, WallTime
from exchange.settings import Settings
from tests.cycles.conftest import NOW, Net, opened
from tests.factories import make_cycle, stage_plan

PLAN = stage_plan()
IN_WEEK_3 = datetime(2027, 1, 27, 9, tzinfo=UTC)


def dates(cycle: Cycle) -> dict[str, tuple[date, date]]:
    return {stage.key: (stage.starts_on, stage.ends_on) for stage in cycle.stages}


def shifted(before: dict[str, tuple[date, date]], days: int) -> dict[str, tuple[date, date]]:
    by = timedelta(days=days)
    return {key: (first + by, last + by) for key, (first, last) in before.items()}


def published(session: Session, net: Net, starts_on: date = date(2027, 1, 11), **fields: object) -> Cycle:
    cycle = opened(session, net, starts_on, **fields)
    actions.publish_cycle(session, cycle, plan=PLAN, actor=net.coordinator, now=NOW)
    return queries.cycle_to_change(session, cycle.id or 0)


def edit_of(cycle: Cycle, **fields: object) -> CycleEdit:
    values: dict[str, object] = {
        "theme_id": cycle.theme_id,
        "title": cycle.title,
        "lead_city_id": cycle.lead_city_id,
        "city_ids": frozenset(city.id for city in cycle.cities),
        "group_ids": frozenset(group.id for group in cycle.groups),
        "marking": Marking(cycle.marking),
        "is_chatham_house": cycle.is_chatham_house,
    }
    return CycleEdit(**(values | fields))  # type: ignore[arg-type]  # a test's own keywords


def test_open_cycle_leaves_an_entry_in_the_trail(database: Database, net: Net) -> None:
    with database.transaction() as session:
        cycle = opened(session, net)
    with database.reading() as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.subject == f"cycle:{cycle.id}")).one()
        assert (entry.action, actor_name(session, entry)) == ("open cycle", "Cora Coordinator")
        assert entry.at == NOW
        assert entry.after is not None
        assert entry.after["stage: Exchange"] == "2027-02-08/2027-02-14"
        assert entry.after["sitting: session 1"] == "2027-02-11 14:00 Europe/London, 90 min"
        assert verify(session).is_whole


def test_blocked_draft_leaves_nothing_behind(database: Database, net: Net) -> None:
    with pytest.raises(Blocked) as refused, database.transaction() as session:
        opened(session, net, date(2027, 5, 3), session_on=date(2027, 5, 6))
    assert [finding.key for finding in refused.value.findings] == ["holiday:stockholm:2027-05-06"]
    with database.reading() as session:
        assert session.exec(select(Cycle)).all() == []
        assert session.exec(select(AuditEntry)).all() == []


def test_move_start_moves_everything_of_a_cycle_to_come(database: Database, net: Net) -> None:
    with database.transaction() as session:
        cycle = opened(session, net)
        before = dates(cycle)
        actions.move_start(session, cycle, date(2027, 1, 18), plan=PLAN, actor=net.coordinator, now=NOW)
        assert dates(cycle) == shifted(before, 7)
        assert cycle.starts_on == date(2027, 1, 18)
        assert {s.on_local for s in cycle.sittings} == {date(2027, 1, 28), date(2027, 2, 18)}
        assert {s.starts_local for s in cycle.sittings} == {time(14)}
        assert cycle.version == 2
        assert {s.sequence for s in cycle.stages} == {0}  # a draft: no reader has seen it


def test_move_start_keeps_what_is_done_or_past(database: Database, net: Net) -> None:
    """In week 3: launch is marked done, scope is past and unmarked, its call was held."""
    with database.transaction() as session:
        cycle = published(session, net)
        actions.mark_stage_done(session, cycle, "launch", plan=PLAN, actor=None, now=IN_WEEK_3)
        before = dates(cycle)
        actions.move_start(session, cycle, date(2027, 1, 25), plan=PLAN, actor=net.coordinator, now=IN_WEEK_3)
        after = dates(cycle)
        for key in ("prepare", "launch", "scope"):
            assert after[key] == before[key]
        for key in ("gather", "gather_closes", "exchange", "draft", "review", "publish", "follow_up"):
            assert after[key] == shifted(before, 14)[key]
        held = {s.meeting: s.on_local for s in cycle.sittings}
        assert held == {"scoping_call": date(2027, 1, 21), "session": date(2027, 2, 25)}
        assert (cycle.starts_on, cycle.ends_on) == (date(2027, 1, 11), date(2027, 3, 21))


def test_move_start_touches_only_entries_that_moved(database: Database, net: Net) -> None:
    with database.transaction() as session:
        cycle = published(session, net)
        uids = {stage.uid for stage in cycle.stages}
        actions.move_start(session, cycle, date(2027, 1, 25), plan=PLAN, actor=net.coordinator, now=IN_WEEK_3)
        sequences = {stage.key: stage.sequence for stage in cycle.stages}
        assert (sequences["launch"], sequences["scope"], sequences["gather"]) == (0, 0, 1)
        assert {s.meeting: s.sequence for s in cycle.sittings} == {"scoping_call": 0, "session": 1}
        assert {stage.uid for stage in cycle.stages} == uids
        moved = next(stage for stage in cycle.stages if stage.key == "gather")
        assert moved.changed_at == IN_WEEK_3


def test_move_of_a_cycle_meets_only_the_blocks_where_it_comes_to_stand(database: Database, net: Net) -> None:
    """Its session went with the start to Ascension Day before it went on, and was blocked there."""
    with database.transaction() as session:
        cycle = opened(session, net, date(2027, 3, 29))
        (live,) = [sitting for sitting in cycle.sittings if sitting.meeting == "session"]
        to = SittingMove(WallTime(date(2027, 5, 5), time(14), "Europe/London"), 90)
        actions.move_cycle(
            session, cycle, date(2027, 4, 5), {live.id or 0: to}, plan=PLAN, actor=net.coordinator, now=NOW
        )
        assert (cycle.starts_on, live.on_local, cycle.version) == (date(2027, 4, 5), date(2027, 5, 5), 2)
        assert session.exec(select(Override)).all() == []
    with pytest.raises(InvalidInput, match="within its exchange"), database.transaction() as session:
        cycle = queries.cycle_to_change(session, cycle.id or 0)
        actions.move_cycle(
            session, cycle, date(2027, 5, 31), {live.id or 0: to}, plan=PLAN, actor=net.coordinator, now=NOW
        )


def test_move_start_refuses_another_day_than_monday(database: Database, net: Net) -> None:
    with database.transaction() as session:
        cycle = opened(session, net)
        with pytest.raises(InvalidInput, match="Monday"):
            actions.move_start(session, cycle, date(2027, 1, 19), plan=PLAN, actor=None, now=NOW)


def test_move_stage_takes_what_follows_and_nothing_before(database: Database, net: Net) -> None:
    with database.transaction() as session:
        cycle = published(session, net)
        before = dates(cycle)
        actions.move_stage(
            session, cycle, "exchange", date(2027, 2, 15), plan=PLAN, actor=net.coordinator, now=IN_WEEK_3
        )
        after = dates(cycle)
        assert after["gather_closes"] == before["gather_closes"]
        assert after["exchange"] == shifted(before, 7)["exchange"]
        assert after["publish"] == shifted(before, 7)["publish"]
        assert {s.meeting: s.on_local for s in cycle.sittings}["session"] == date(2027, 2, 18)
        assert cycle.duration_weeks == 9


def test_done_stage_is_not_moved(database: Database, net: Net) -> None:
    with database.transaction() as session:
        cycle = opened(session, net)
        actions.mark_stage_done(session, cycle, "draft", plan=PLAN, actor=None, now=NOW)
        with pytest.raises(InvalidInput, match="done"):
            actions.move_stage(session, cycle, "draft", date(2027, 3, 1), plan=PLAN, actor=None, now=NOW)


def test_stage_is_marked_done_once_and_opened_again(database: Database, net: Net) -> None:
    with database.transaction() as session:
        cycle = opened(session, net)
        actions.mark_stage_done(session, cycle, "launch", plan=PLAN, actor=None, now=NOW)
        with pytest.raises(Conflict, match="already"):
            actions.mark_stage_done(session, cycle, "launch", plan=PLAN, actor=None, now=NOW)
        actions.reopen_stage(session, cycle, "launch", plan=PLAN, actor=None, now=NOW)
        assert cycle.stages[1].done_at is None


def test_move_sitting_is_refused_in_the_gap_with_both_neighbours(database: Database, net: Net) -> None:
    with database.transaction() as session:
        cycle = opened(session, net, date(2027, 3, 8))
        sitting = next(s for s in cycle.sittings if s.meeting == "session")
        gap = SittingMove(WallTime(date(2027, 3, 28), time(2, 30), "Europe/Stockholm"), 90)
        with pytest.raises(NonexistentTime) as refused:
            actions.move_sitting(session, cycle, sitting.id or 0, gap, plan=PLAN, actor=None, now=NOW)
        assert (refused.value.before.at, refused.value.after.at) == (time(1, 30), time(3, 30))
        assert sitting.on_local == date(2027, 4, 8)


def test_move_sitting_to_a_holiday_needs_a_reason(database: Database, net: Net) -> None:
    with database.transaction() as session:
        cycle = opened(session, net, date(2027, 5, 3))
        sitting = next(s for s in cycle.sittings if s.meeting == "session")
        wall = WallTime(date(2027, 6, 25), time(10), "Europe/Stockholm")  # Midsummer Eve
    cycle_id, sitting_id = cycle.id or 0, sitting.id or 0
    with pytest.raises(Blocked), database.transaction() as session:
        found = queries.cycle_to_change(session, cycle_id)
        actions.move_sitting(
            session, found, sitting_id, SittingMove(wall, 90), plan=PLAN, actor=None, now=NOW
        )
    with database.transaction() as session:
        found = queries.cycle_to_change(session, cycle_id)
        assert found.version == 1
        move = SittingMove(wall, 90, "Asked for by Stockholm.")
        actions.move_sitting(session, found, sitting_id, move, plan=PLAN, actor=net.coordinator, now=NOW)
        kept = lifecycle.overrides_of(session, found)
        assert [(o.finding_key, o.reason) for o in kept] == [
            ("holiday:stockholm:2027-06-25", "Asked for by Stockholm.")
        ]


def test_held_sitting_is_not_moved(database: Database, net: Net) -> None:
    with database.transaction() as session:
        cycle = opened(session, net)
        call = next(s for s in cycle.sittings if s.meeting == "scoping_call")
        move = SittingMove(WallTime(date(2027, 2, 20), time(10), "Europe/London"), 45)
        with pytest.raises(Conflict, match="held"):
            actions.move_sitting(session, cycle, call.id or 0, move, plan=PLAN, actor=None, now=IN_WEEK_3)


def test_publish_is_refused_twice(database: Database, net: Net) -> None:
    with database.transaction() as session:
        cycle = published(session, net)
        assert cycle.published_at == NOW
        assert {s.changed_at for s in cycle.stages} == {NOW}
        with pytest.raises(Conflict, match="not a draft"):
            actions.publish_cycle(session, cycle, plan=PLAN, actor=None, now=NOW)


def test_publish_is_stopped_by_a_block_without_reason(database: Database, net: Net) -> None:
    """The row came from elsewhere, say an import: nobody was asked for a reason."""
    with database.transaction() as session:
        cycle = make_cycle(
            session, lead_city=net.cities["Stockholm"], starts_on=date(2027, 5, 3), is_published=False
        )
        cycle.sittings[0].on_local = date(2027, 5, 6)
        session.flush()
        with pytest.raises(Blocked):
            actions.publish_cycle(session, cycle, plan=PLAN, actor=None, now=NOW)


def test_cancelled_cycle_stays_in_feeds_as_cancelled(database: Database, net: Net) -> None:
    with database.transaction() as session:
        cycle = published(session, net, marking=Marking.CLEAR)
        actions.cancel_cycle(
            session, cycle, reason="Host withdrew", plan=PLAN, actor=net.coordinator, now=IN_WEEK_3
        )
        entries = entries_for(session, PUBLIC)
        assert {entry.status.value for entry in entries} == {"CANCELLED"}
        assert {entry.sequence for entry in entries} == {1}
        assert cycle.reason == "Host withdrew"
        with pytest.raises(Conflict, match="stays so"):
            actions.move_start(session, cycle, date(2027, 3, 1), plan=PLAN, actor=None, now=IN_WEEK_3)


def test_cancelled_draft_never_appears(database: Database, net: Net) -> None:
    with database.transaction() as session:
        cycle = opened(session, net, marking=Marking.CLEAR)
        actions.cancel_cycle(session, cycle, reason="No host", plan=PLAN, actor=None, now=NOW)
        assert cycle.publication is Publication.CANCELLED
        assert entries_for(session, PUBLIC) == []
        assert {stage.sequence for stage in cycle.stages} == {0}
        with pytest.raises(Conflict):
            actions.publish_cycle(session, cycle, plan=PLAN, actor=None, now=NOW)


def test_postponed_cycle_resumes_under_the_same_uids(database: Database, net: Net) -> None:
    with database.transaction() as session:
        cycle = published(session, net, marking=Marking.CLEAR)
        uids = {entry.uid for entry in entries_for(session, PUBLIC)}
        actions.postpone_cycle(session, cycle, reason="Flood", plan=PLAN, actor=None, now=NOW)
        with pytest.raises(Conflict, match="postponed"):
            actions.move_start(session, cycle, date(2027, 3, 8), plan=PLAN, actor=None, now=NOW)
        actions.resume_cycle(session, cycle, date(2027, 3, 8), plan=PLAN, actor=None, now=NOW)
        entries = entries_for(session, PUBLIC)
        assert {entry.uid for entry in entries} == uids
        assert {entry.status.value for entry in entries} == {"CONFIRMED"}
        assert {entry.sequence for entry in entries} == {2}
        assert (cycle.starts_on, cycle.reason) == (date(2027, 3, 8), "")


def test_draft_is_not_postponed(database: Database, net: Net) -> None:
    with database.transaction() as session:
        cycle = opened(session, net)
        with pytest.raises(Conflict, match="published"):
            actions.postpone_cycle(session, cycle, reason="Flood", plan=PLAN, actor=None, now=NOW)


def test_calling_off_needs_a_reason(database: Database, net: Net) -> None:
    with database.transaction() as session:
        cycle = published(session, net)
        for action in (actions.cancel_cycle, actions.postpone_cycle):
            with pytest.raises(InvalidInput, match="reason"):
                action(session, cycle, reason="  ", plan=PLAN, actor=None, now=NOW)


def test_raised_marking_redacts_published_entries_at_once(
    database: Database, net: Net, settings: Settings
) -> None:
    with database.transaction() as session:
        ensure_feeds(session, settings, NOW)
        cycle = published(session, net)
        session.execute(delete(FeedChange))
        actions.edit_cycle(
            session, cycle, edit_of(cycle, marking=Marking.AMBER), plan=PLAN, actor=None, now=IN_WEEK_3
        )
        assert {stage.sequence for stage in cycle.stages} == {1}
        seen = entries_for(session, Audience(Ring.CITY, city_id=net.cities["London"].id))
        assert all(cycle.title not in entry.title for entry in seen)
        assert seen
        session.expire_all()
        assert {change.item for change in session.exec(select(FeedChange))} == {f"cycle:{cycle.id}"}


def test_lowered_marking_needs_a_reason_in_the_trail(database: Database, net: Net) -> None:
    with database.transaction() as session:
        cycle = published(session, net)
        lower = edit_of(cycle, marking=Marking.CLEAR)
        with pytest.raises(InvalidInput) as refused:
            actions.edit_cycle(session, cycle, lower, plan=PLAN, actor=None, now=NOW)
        assert refused.value.field == "reason"
        agreed = edit_of(cycle, marking=Marking.CLEAR, reason="The author agreed")
        actions.edit_cycle(session, cycle, agreed, plan=PLAN, actor=net.coordinator, now=NOW)
        entry = session.exec(select(AuditEntry).order_by(col(AuditEntry.id).desc())).first()
        assert entry is not None
        assert (entry.before, entry.after) == ({"marking": "TLP:GREEN"}, {"marking": "TLP:CLEAR"})
        assert (entry.action, entry.reason) == ("change marking", "The author agreed")


def test_a_raised_marking_stands_in_the_trail_beside_what_else_was_edited(
    database: Database, net: Net
) -> None:
    with database.transaction() as session:
        cycle = published(session, net)
        raised = edit_of(cycle, marking=Marking.AMBER, title="Another title")
        actions.edit_cycle(session, cycle, raised, plan=PLAN, actor=net.coordinator, now=NOW)
        edited, marking = session.exec(select(AuditEntry).order_by(col(AuditEntry.id).desc()).limit(2)).all()
        assert (marking.action, marking.before, marking.after) == (
            "change marking",
            {"marking": "TLP:GREEN"},
            {"marking": "TLP:AMBER"},
        )
        assert (edited.action, edited.after) == ("edit cycle", {"title": "Another title"})


def test_change_of_groups_alone_touches_no_entry(database: Database, net: Net) -> None:
    with database.transaction() as session:
        cycle = published(session, net)
        actions.edit_cycle(
            session, cycle, edit_of(cycle, group_ids=frozenset()), plan=PLAN, actor=None, now=NOW
        )
        assert cycle.groups == []
        assert {stage.sequence for stage in cycle.stages} == {0}
        assert cycle.version == 3


def test_edit_that_changes_nothing_writes_nothing(database: Database, net: Net) -> None:
    with database.transaction() as session:
        cycle = published(session, net)
        count = len(session.exec(select(AuditEntry)).all())
        actions.edit_cycle(session, cycle, edit_of(cycle), plan=PLAN, actor=None, now=NOW)
        assert cycle.version == 2
        assert len(session.exec(select(AuditEntry)).all()) == count


def test_older_version_is_refused(database: Database, net: Net) -> None:
    with database.transaction() as session:
        cycle = opened(session, net)
        lifecycle.check_version(cycle, 1)
        with pytest.raises(Conflict, match="somebody else"):
            lifecycle.check_version(cycle, 0)


def test_every_action_keeps_the_trail_whole(database: Database, net: Net) -> None:
    with database.transaction() as session:
        cycle = published(session, net)
        actions.mark_stage_done(session, cycle, "prepare", plan=PLAN, actor=None, now=NOW)
        actions.move_stage(session, cycle, "draft", date(2027, 2, 22), plan=PLAN, actor=None, now=NOW)
        actions.postpone_cycle(session, cycle, reason="Flood", plan=PLAN, actor=None, now=NOW)
        actions.resume_cycle(session, cycle, date(2027, 3, 8), plan=PLAN, actor=None, now=NOW)
        actions.cancel_cycle(session, cycle, reason="Flood", plan=PLAN, actor=None, now=NOW)
    with database.reading() as session:
        recorded = [entry.action for entry in reversed(lifecycle.history_of(session, cycle))]
        assert recorded == [
            "open cycle",
            "publish cycle",
            "mark stage done",
            "move stage",
            "postpone cycle",
            "resume cycle",
            "cancel cycle",
        ]
        assert verify(session).is_whole
        assert session.exec(select(Override)).all() == []
        assert len(session.exec(select(Stage)).all()) == len(PLAN.stages)
