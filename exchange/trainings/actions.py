"""What a coordinator does with training events, each deed with its audit entry and its feeds.

Given session, actor and ``now``; commits nothing and knows no pages.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from exchange import audit
from exchange.errors import Conflict, InvalidInput, NotFound
from exchange.feeds.publish import mark_training_stale, new_uid, touch
from exchange.mail import telling
from exchange.mail.outbox import withdraw_waiting
from exchange.models import City, ExpertGroup, Override, Person, TrainingEvent, TrainingState
from exchange.rules.blocks import check_blocks
from exchange.rules.findings import Finding
from exchange.rules.markings import Marking, rank
from exchange.trainings import queries
from exchange.trainings.drafts import COLUMNS, TrainingDraft, check_draft, difference, draft_of, values_of
from exchange.trainings.preview import preview_of


def open_training(
    session: Session, draft: TrainingDraft, *, actor: Person | None, now: datetime, reason: str = ""
) -> TrainingEvent:
    """A new event, as a draft nobody else sees.

    ``reason`` sets aside what blocks the day. Raises InvalidInput at the field it concerns, and
    Blocked when a block has no reason.
    """
    check_draft(draft)
    set_aside = _findings_set_aside(session, draft, training=None, reason=reason)
    training = TrainingEvent(
        **{name: getattr(draft, name) for name in COLUMNS}, created_at=now, changed_at=now, uid=new_uid()
    )
    _invite(session, training, draft)
    session.add(training)
    session.flush()
    _keep(session, training, set_aside, reason=reason, actor=actor, now=now)
    _record(session, training, "open training", actor=actor, now=now, after=values_of(draft), reason=reason)
    return training


def edit_training(
    session: Session,
    training: TrainingEvent,
    draft: TrainingDraft,
    *,
    actor: Person | None,
    now: datetime,
    reason: str = "",
) -> TrainingEvent:
    """Make the event what the draft says; readers of a published one get an update under the same UID.

    Only a block that was not set aside before needs a reason. Nothing is written when nothing changed.
    """
    check_draft(draft)
    before = draft_of(training)
    _check_lowering(before.marking, draft.marking, reason)
    set_aside = _findings_set_aside(session, draft, training=training, reason=reason)
    _keep(session, training, set_aside, reason=reason, actor=actor, now=now)
    if draft == before and not set_aside:
        return training

    def change() -> None:
        for name in COLUMNS:
            setattr(training, name, getattr(draft, name))
        _invite(session, training, draft)

    _change(session, training, change, now=now)
    old, new = difference(values_of(before), values_of(draft))
    _record(session, training, "edit training", actor=actor, now=now, before=old, after=new, reason=reason)
    return training


def publish_training(
    session: Session, training: TrainingEvent, *, actor: Person | None, now: datetime
) -> None:
    """Let readers see the event, once: feeds go stale, letters become due. Blocked without a reason."""
    if training.published_at or training.cancelled_at or training.postponed_at:
        raise Conflict("%(title)s is not a draft, so it cannot be published.", title=training.title)
    _findings_set_aside(session, draft_of(training), training=training, reason="")
    training.published_at = training.changed_at = now
    training.version += 1
    session.flush()
    mark_training_stale(session, training)
    _record(session, training, "publish training", actor=actor, now=now, after={"published_at": now})


def cancel_training(
    session: Session, training: TrainingEvent, *, reason: str, actor: Person | None, now: datetime
) -> None:
    """Call the event off. It stays, with its reason; calendars show it as cancelled."""
    _check_reason(reason)

    def change() -> None:
        training.cancelled_at = now
        training.reason = reason

    _change(session, training, change, now=now)
    after = {"cancelled_at": now}
    _record(session, training, "cancel training", actor=actor, now=now, after=after, reason=reason)


def postpone_training(
    session: Session, training: TrainingEvent, *, reason: str, actor: Person | None, now: datetime
) -> None:
    """Take the event off its date without a new one yet; calendars show it as postponed."""
    _check_reason(reason)
    if training.postponed_at:
        raise Conflict("%(title)s is postponed already.", title=training.title)

    def change() -> None:
        training.postponed_at = now
        training.reason = reason

    _change(session, training, change, now=now)
    after = {"postponed_at": now}
    _record(session, training, "postpone training", actor=actor, now=now, after=after, reason=reason)


def resume_training(
    session: Session,
    training: TrainingEvent,
    draft: TrainingDraft,
    *,
    actor: Person | None,
    now: datetime,
    reason: str = "",
) -> None:
    """Put a postponed event on a date again, under the same UID."""
    if not training.postponed_at:
        raise Conflict("%(title)s is not postponed.", title=training.title)
    check_draft(draft)
    set_aside = _findings_set_aside(session, draft, training=training, reason=reason)
    _keep(session, training, set_aside, reason=reason, actor=actor, now=now)
    old, new = difference(values_of(draft_of(training)), values_of(draft))
    old["reason"] = training.reason

    def change() -> None:
        training.postponed_at, training.reason = None, ""
        training.round += 1
        for name in COLUMNS:
            setattr(training, name, getattr(draft, name))

    _change(session, training, change, now=now)
    _record(session, training, "resume training", actor=actor, now=now, before=old, after=new, reason=reason)


def set_state(
    session: Session, training: TrainingEvent, state: TrainingState, *, actor: Person | None, now: datetime
) -> None:
    """Say how far the event has come."""
    if training.state == state:
        return
    before = training.state

    def change() -> None:
        training.state = state

    _change(session, training, change, now=now)
    _record(
        session,
        training,
        "set training state",
        actor=actor,
        now=now,
        before={"state": before},
        after={"state": state},
    )


def claim_training(session: Session, training_id: int, *, version: int) -> TrainingEvent:
    """The event, locked until the transaction ends, as the sender of a form saw it.

    Raises NotFound, and Conflict when somebody saved it after the form was opened.
    """
    locked = session.exec(
        select(TrainingEvent.version).where(col(TrainingEvent.id) == training_id).with_for_update()
    ).first()
    if locked is None:
        raise NotFound("There is no such training event.")
    if locked != version:
        raise Conflict(
            "Somebody changed this event after you opened the page. Open it again and repeat your change."
        )
    return queries.training(session, training_id)


def _change(session: Session, training: TrainingEvent, change: Callable[[], None], *, now: datetime) -> None:
    """Carry out ``change``; feeds that showed the event before or show it after are published anew.

    Raises Conflict for a cancelled event, which stays so.
    """
    if training.cancelled_at:
        raise Conflict("%(title)s was cancelled, and stays so.", title=training.title)
    if training.published_at:
        mark_training_stale(session, training)
    known = telling.facts_of(training)
    change()
    training.version += 1
    if training.published_at:
        touch(training, now)
        telling.note_change(training, known, now)
    session.flush()
    if training.published_at:
        mark_training_stale(session, training)
    withdraw_waiting(session, training_id=training.id, why="The event was changed.")


def _check_lowering(before: Marking, after: Marking, reason: str) -> None:
    if rank(after) < rank(before) and not reason.strip():
        raise InvalidInput(
            "%(new)s shows more than %(old)s did: write who agreed to it and why.",
            field="reason",
            old=str(before),
            new=str(after),
        )


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise InvalidInput("Say why, in a few words; the reason is kept with the event.", field="reason")


def _findings_set_aside(
    session: Session, draft: TrainingDraft, *, training: TrainingEvent | None, reason: str
) -> list[Finding]:
    """Blocks of the draft that the reason sets aside now; those set aside before are left out."""
    training_id = training.id if training else None
    around = queries.surroundings(session, draft, training_id=training_id)
    findings = preview_of(draft, around, reader_city_id=None).findings
    answered = {kept.finding_key for kept in queries.overrides_of(session, training_id or 0)}
    return check_blocks(findings, answered, reason)


def _keep(
    session: Session,
    training: TrainingEvent,
    findings: list[Finding],
    *,
    reason: str,
    actor: Person | None,
    now: datetime,
) -> None:
    for finding in findings:
        session.add(
            Override(
                training_id=training.id,
                finding_key=finding.key,
                finding_text=finding.text,
                reason=reason.strip(),
                person_id=actor.id if actor else None,
                overridden_at=now,
            )
        )


def _invite(session: Session, training: TrainingEvent, draft: TrainingDraft) -> None:
    cities = session.exec(select(City).where(col(City.id).in_(draft.city_ids | {draft.host_city_id}))).all()
    if draft.host_city_id not in {city.id for city in cities}:
        raise InvalidInput("Choose the city that hosts the event.", field="host_city_id")
    training.cities = [city for city in cities if city.id in draft.city_ids]
    groups = select(ExpertGroup).where(col(ExpertGroup.id).in_(draft.group_ids))
    training.groups = list(session.exec(groups))


def _record(
    session: Session,
    training: TrainingEvent,
    action: str,
    *,
    actor: Person | None,
    now: datetime,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    reason: str = "",
) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        subject=f"training:{training.id}",
        before=before,
        after=after,
        now=now,
        reason=reason.strip(),
    )
