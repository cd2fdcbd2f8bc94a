"""Actions on training events: what they keep, what readers get to know, and the trail they leave."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlmodel import Session, col, delete, select

from exchange.db import Database
from exchange.errors import Conflict, InvalidInput
from exchange.models import (
    AuditEntry,
    Feed,
    FeedChange,
    FeedKind,
    Override,
    Publication,
    PublishedFeed,
    TrainingState,
)
from exchange.rules.findings.overrides import Blocked
from exchange.rules.markings.tlp_labels import Marking
from exchange.trainings.actions import (
    cancel_training,
    claim_training,
    edit_training,
    postpone_training,
    publish_training,
    resume_training,
    set_state,
)
from exchange.trainings.drafts import draft_of, moved_draft
from exchange.trainings.queries import rhythm_dates
from tests.trainings.conftest import NOW, Net, opened

LATER = NOW + timedelta(hours=1)


def make_fresh_feed(session: Session) -> None:
    feed = Feed(kind=FeedKind.NETWORK)
    session.add(feed)
    session.flush()
    session.add(PublishedFeed(feed_id=feed.id or 0))
    session.flush()


def is_stale(session: Session) -> bool:
    """Whether a change of an event waits to be published."""
    return bool(session.exec(select(FeedChange).where(col(FeedChange.item).startswith("training:"))).all())


def test_draft_touches_no_feed_and_publishing_does(database: Database, net: Net) -> None:
    with database.transaction() as session:
        make_fresh_feed(session)
        training = opened(session, net)
        edit_training(
            session, training, replace(draft_of(training), title="B"), actor=net.coordinator, now=LATER
        )
        assert not is_stale(session)
        assert training.sequence == 0
        publish_training(session, training, actor=net.coordinator, now=LATER)
        assert is_stale(session)
        assert (training.publication, training.changed_at) == (Publication.PUBLISHED, LATER)
        with pytest.raises(Conflict):
            publish_training(session, training, actor=net.coordinator, now=LATER)


def test_published_event_keeps_its_uid_and_raises_its_sequence(database: Database, net: Net) -> None:
    with database.transaction() as session:
        make_fresh_feed(session)
        training = opened(session, net)
        uid = training.uid
        publish_training(session, training, actor=net.coordinator, now=NOW)
        session.execute(delete(FeedChange))
        moved = replace(draft_of(training), on_local=date(2027, 1, 20))
        edit_training(session, training, moved, actor=net.coordinator, now=LATER)
        assert (training.uid, training.sequence, training.changed_at) == (uid, 1, LATER)
        assert is_stale(session)
        edit_training(session, training, moved, actor=net.coordinator, now=LATER)
        assert training.sequence == 1, "saving the same again is no change"


def test_postponed_event_comes_back_under_the_same_uid(database: Database, net: Net) -> None:
    with database.transaction() as session:
        training = opened(session, net)
        uid = training.uid
        publish_training(session, training, actor=net.coordinator, now=NOW)
        postpone_training(session, training, reason="Election", actor=net.coordinator, now=LATER)
        assert (training.publication, training.sequence) == (Publication.POSTPONED, 1)
        assert list(rhythm_dates(session)) == []
        draft = moved_draft(training, on=date(2027, 2, 10), at=training.starts_local)
        resume_training(session, training, draft, actor=net.coordinator, now=LATER)
        assert (training.publication, training.sequence, training.uid) == (Publication.PUBLISHED, 2, uid)
        assert (training.on_local, training.reason) == (date(2027, 2, 10), "")


def test_cancelled_event_stays_cancelled(database: Database, net: Net) -> None:
    with database.transaction() as session:
        training = opened(session, net)
        with pytest.raises(InvalidInput) as refused:
            cancel_training(session, training, reason=" ", actor=net.coordinator, now=NOW)
        assert refused.value.field == "reason"
        cancel_training(session, training, reason="No host", actor=net.coordinator, now=NOW)
        assert (training.publication, training.sequence) == (Publication.CANCELLED, 0)
        for action in (publish_training,):
            with pytest.raises(Conflict):
                action(session, training, actor=net.coordinator, now=NOW)
        with pytest.raises(Conflict):
            set_state(session, training, TrainingState.READY, actor=net.coordinator, now=NOW)


def test_a_block_once_set_aside_needs_no_second_reason(database: Database, net: Net) -> None:
    eve = date(2027, 6, 25)
    with database.transaction() as session:
        with pytest.raises(Blocked), session.begin_nested():
            opened(session, net, on_local=eve)
        training = opened(session, net, on_local=eve, reason="The board asked.")
        edit_training(
            session, training, replace(draft_of(training), title="B"), actor=net.coordinator, now=LATER
        )
        assert len(session.exec(select(Override)).all()) == 1
        bank_holiday = replace(draft_of(training), on_local=date(2027, 5, 31))
        with pytest.raises(Blocked):
            edit_training(session, training, bank_holiday, actor=net.coordinator, now=LATER)


def test_lowering_a_marking_needs_a_reason_and_raising_none(database: Database, net: Net) -> None:
    with database.transaction() as session:
        training = opened(session, net)
        clear, amber = (replace(draft_of(training), marking=m) for m in (Marking.CLEAR, Marking.AMBER))
        with pytest.raises(InvalidInput) as refused:
            edit_training(session, training, clear, actor=net.coordinator, now=NOW)
        assert refused.value.field == "reason"
        edit_training(session, training, amber, actor=net.coordinator, now=NOW)
        both = replace(clear, minutes=90)
        edit_training(session, training, both, actor=net.coordinator, now=NOW, reason="The host agrees.")
        assert training.marking == Marking.CLEAR
        trail = session.exec(select(AuditEntry).order_by(AuditEntry.id)).all()[1:]  # type: ignore[arg-type]  # a column
    assert [(one.action, one.before, one.after, one.reason) for one in trail] == [
        ("change marking", {"marking": "TLP:GREEN"}, {"marking": "TLP:AMBER"}, ""),
        ("change marking", {"marking": "TLP:AMBER"}, {"marking": "TLP:CLEAR"}, "The host agrees."),
        ("edit training", {"minutes": 120}, {"minutes": 90}, "The host agrees."),
    ]


def test_every_action_leaves_what_it_changed_in_the_trail(database: Database, net: Net) -> None:
    with database.transaction() as session:
        training = opened(session, net)
        edit_training(
            session, training, replace(draft_of(training), minutes=90), actor=net.coordinator, now=LATER
        )
        set_state(session, training, TrainingState.CONFIRMED, actor=net.coordinator, now=LATER)
        publish_training(session, training, actor=net.coordinator, now=LATER)
        cancel_training(session, training, reason="No host", actor=net.coordinator, now=LATER)
        trail = session.exec(select(AuditEntry).order_by(AuditEntry.id)).all()  # type: ignore[arg-type]  # a column
    assert [entry.action for entry in trail] == [
        "open training",
        "edit training",
        "set training state",
        "publish training",
        "cancel training",
    ]
    assert {entry.subject for entry in trail} == {f"training:{training.id}"}
    assert (trail[1].before, trail[1].after) == ({"minutes": 120}, {"minutes": 90})
    assert trail[4].reason == "No host"
    assert {entry.actor for entry in trail} == {f"person:{net.coordinator.id}"}


def test_claim_refuses_an_older_version(database: Database, net: Net) -> None:
    with database.transaction() as session:
        training = opened(session, net)
        assert claim_training(session, training.id or 0, version=1) is training
        with pytest.raises(Conflict):
            claim_training(session, training.id or 0, version=2)
