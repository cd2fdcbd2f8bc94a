"""The life of a cycle or a training event towards its readers: each change, its reasons and its trail.

Given the session and ``now``; it commits nothing. What may change, cycles and trainings decide.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import joinedload
from sqlmodel import Session, col, select

from exchange import audit
from exchange.audit.markings import MARKING, record_marking
from exchange.errors import Conflict, InvalidInput
from exchange.feeds.publishing.publish import mark_cycle_stale, mark_training_stale
from exchange.mail.outbox.letter_queue import DUTIES
from exchange.mail.outbox.withdrawals import withdraw_kinds, withdraw_thanks, withdraw_waiting
from exchange.mail.schedule import told_dates
from exchange.models import (
    AuditEntry,
    Cycle,
    Override,
    Person,
    Publication,
    Sitting,
    Stage,
    TrainingEvent,
)
from exchange.rules.findings.finding_types import Finding
from exchange.rules.markings.tlp_labels import Marking, rank


@dataclass(frozen=True)
class Change:
    """Who does what, when and why, in the words of the audit trail ("move start")."""

    action: str
    actor: Person | None
    now: datetime
    reason: str = ""


def begin_change(session: Session, about: Cycle | TrainingEvent) -> told_dates.Facts:
    """Before a change: feeds that show it go stale. What readers know of its dates, for finish_change.

    Raises Conflict for what was cancelled.
    """
    if about.cancelled_at:
        raise Conflict("%(title)s was cancelled, and stays so.", title=about.title)
    _mark_stale(session, about)
    return told_dates.facts_of(about)


def finish_change(
    session: Session, about: Cycle | TrainingEvent, known: told_dates.Facts, now: datetime
) -> None:
    """After a change: a new version; readers are told of new dates, feeds and waiting letters follow."""
    about.version += 1
    if about.published_at:
        told_dates.note_change(about, known, now)
    session.flush()
    _mark_stale(session, about)
    if isinstance(about, Cycle):
        withdraw_waiting(session, cycle_id=about.id, why="The exchange was changed.")
    else:
        withdraw_waiting(session, training_id=about.id, why="The event was changed.")
        withdraw_thanks(session, training_id=about.id, why="The event was changed.")
    withdraw_kinds(session, (DUTIES,), cycle_id=None, why="Something that is owed was changed.")


def check_is_draft(about: Cycle | TrainingEvent) -> None:
    """Raise Conflict for what was published, postponed or cancelled."""
    if about.publication is not Publication.DRAFT:
        raise Conflict("%(title)s is not a draft, so it cannot be published.", title=about.title)


def publish(
    session: Session,
    about: Cycle | TrainingEvent,
    entries: Iterable[Stage | Sitting | TrainingEvent],
    now: datetime,
) -> None:
    """Let readers see a draft and its ``entries``: its feeds go stale and its letters become due."""
    about.published_at = about.changed_at = now
    about.version += 1
    for entry in entries:
        entry.changed_at = now
    session.flush()
    _mark_stale(session, about)


def check_version(about: Cycle | TrainingEvent, version: int) -> None:
    """Raise Conflict when the page that was sent shows an older state than the one saved."""
    if about.version != version:
        raise Conflict(
            "%(title)s was changed by somebody else meanwhile. Nothing of yours was saved:"
            " open it again, look at what changed, and repeat yours.",
            title=about.title,
        )


def needed(reason: str) -> str:
    """The reason without the space around it. Raises InvalidInput when there is none."""
    if not reason.strip():
        raise InvalidInput("Write the reason: it is kept for good.", field="reason")
    return reason.strip()


def check_lowering(before: Marking, after: Marking, reason: str) -> None:
    """Raise InvalidInput when a marking falls and nobody says why."""
    if rank(after) < rank(before) and not reason.strip():
        raise InvalidInput(
            "%(new)s shows more than %(old)s did: write who agreed to it and why.",
            field="reason",
            old=str(before),
            new=str(after),
        )


def overrides_of(session: Session, about: Cycle | TrainingEvent) -> list[Override]:
    """The blocks that were set aside, oldest first, each with the person who did it."""
    is_about = Override.cycle_id if isinstance(about, Cycle) else Override.training_id
    found = session.exec(
        select(Override)
        .where(col(is_about) == about.id)
        .options(joinedload(Override.person))  # type: ignore[arg-type]  # SQLModel types relations as their values
        .order_by(col(Override.id))
    )
    return list(found)


def keep_reason(
    session: Session, about: Cycle | TrainingEvent, findings: Iterable[Finding], change: Change
) -> None:
    """Set the findings aside for the reason of the change."""
    for finding in findings:
        session.add(
            Override(
                cycle_id=about.id if isinstance(about, Cycle) else None,
                training_id=about.id if isinstance(about, TrainingEvent) else None,
                finding_key=finding.key,
                finding_text=finding.text,
                reason=change.reason.strip(),
                person_id=change.actor.id if change.actor else None,
                overridden_at=change.now,
            )
        )


def record(
    session: Session,
    about: Cycle | TrainingEvent,
    change: Change,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """One entry in the audit trail; another marking has an entry of its own beside it, or alone."""
    old, new = dict(before or {}), dict(after or {})
    if before and after and MARKING in old and MARKING in new:
        record_marking(
            session,
            _subject(about),
            str(old.pop(MARKING)),
            str(new.pop(MARKING)),
            actor=change.actor,
            reason=change.reason,
            now=change.now,
        )
        if not old and not new:
            return
        before, after = old, new
    audit.record(
        session,
        actor=change.actor,
        action=change.action,
        subject=_subject(about),
        before=before,
        after=after,
        now=change.now,
        reason=change.reason.strip(),
    )


def history_of(session: Session, about: Cycle | TrainingEvent) -> Sequence[AuditEntry]:
    """What was done to it, newest first."""
    return session.exec(
        select(AuditEntry).where(AuditEntry.subject == _subject(about)).order_by(col(AuditEntry.id).desc())
    ).all()


def _mark_stale(session: Session, about: Cycle | TrainingEvent) -> None:
    if not about.published_at:
        return
    if isinstance(about, Cycle):
        mark_cycle_stale(session, about)
    else:
        mark_training_stale(session, about)


def _subject(about: Cycle | TrainingEvent) -> str:
    return f"cycle:{about.id}" if isinstance(about, Cycle) else f"training:{about.id}"
