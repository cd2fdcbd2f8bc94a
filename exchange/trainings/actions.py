"""What a coordinator does with training events, each change with its audit entry and its feeds.

Given session, actor and ``now``; commits nothing and knows no pages.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session, col, select

from exchange.access.named_people import named_people
from exchange.answering.answered_needs import tie
from exchange.errors import Conflict, InvalidInput, NotFound
from exchange.feeds.publishing.publish import new_uid, touch
from exchange.lifecycle import (
    Change,
    begin_change,
    check_is_draft,
    check_lowering,
    check_version,
    finish_change,
    keep_reason,
    needed,
    overrides_of,
    publish,
    record,
)
from exchange.models import City, ExpertGroup, Need, Organisation, Person, TrainingEvent, TrainingState
from exchange.rules.findings.day_findings import Finding
from exchange.rules.findings.overrides import Blocked, check_blocks, unanswered
from exchange.trainings import queries
from exchange.trainings.drafts import (
    COLUMNS,
    TrainingDraft,
    check_draft,
    check_why,
    difference,
    draft_of,
    values_of,
)
from exchange.trainings.preview import findings_of


def open_training(
    session: Session,
    draft: TrainingDraft,
    *,
    actor: Person | None,
    now: datetime,
    reason: str = "",
    need: Need | None = None,
) -> TrainingEvent:
    """A new event, as a draft nobody else sees; it answers the need, if any.

    ``reason`` sets aside what blocks the day. Raises InvalidInput at the field it concerns, and
    Blocked when a block has no reason.
    """
    check_draft(draft)
    blocks = _blocks_set_aside(session, draft, None, reason)
    training = TrainingEvent(
        **{name: getattr(draft, name) for name in COLUMNS},
        named_ids=named_people(session, draft.marking, draft.named),
        created_at=now,
        changed_at=now,
        uid=new_uid(),
    )
    _invite(session, training, draft)
    session.add(training)
    session.flush()
    change = Change("open training", actor, now, reason)
    keep_reason(session, training, blocks, change)
    record(session, training, change, after=values_of(draft))
    if need is not None:
        tie(session, training, need, actor=actor, now=now)
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
    check_lowering(before.marking, draft.marking, reason)
    blocks = _blocks_set_aside(session, draft, training, reason)
    change = Change("edit training", actor, now, reason)
    keep_reason(session, training, blocks, change)
    named_ids = named_people(session, draft.marking, draft.named, training.named_ids)
    is_same = replace(draft, named=None) == before and named_ids == training.named_ids
    if is_same and not blocks:
        return training
    with _changing(session, training, now):
        _fill(training, draft)
        training.named_ids = named_ids
        _invite(session, training, draft)
    old, new = difference(values_of(before), values_of(draft))
    record(session, training, change, before=old, after=new)
    return training


def set_aside(
    session: Session, training: TrainingEvent, *, reason: str, actor: Person | None, now: datetime
) -> None:
    """Keep one reason for every block of the event as it stands that has none yet."""
    change = Change("set blocks aside", actor, now, needed(reason))
    blocks = open_blocks(session, training)
    if not blocks:
        raise Conflict("Nothing stops %(title)s.", title=training.title)
    keep_reason(session, training, blocks, change)
    training.version += 1
    after = {f"block: {block.text}": "set aside" for block in blocks}
    record(session, training, change, before={}, after=after)


def publish_training(
    session: Session, training: TrainingEvent, *, actor: Person | None, now: datetime
) -> None:
    """Let readers see the event, once: feeds go stale, letters become due.

    Blocked without a reason; InvalidInput where people have to travel to it and nothing says why.
    """
    check_is_draft(training)
    blocks = open_blocks(session, training)
    if blocks:
        raise Blocked(blocks)
    check_why(draft_of(training))
    publish(session, training, [training], now)
    record(session, training, Change("publish training", actor, now), after={"published_at": now})


def cancel_training(
    session: Session, training: TrainingEvent, *, reason: str, actor: Person | None, now: datetime
) -> None:
    """Call the event off. It stays, with its reason; calendars show it as cancelled."""
    change = Change("cancel training", actor, now, needed(reason))
    with _changing(session, training, now):
        training.cancelled_at = now
        training.reason = change.reason
    record(session, training, change, after={"cancelled_at": now})


def postpone_training(
    session: Session, training: TrainingEvent, *, reason: str, actor: Person | None, now: datetime
) -> None:
    """Take the event off its date without a new one yet; calendars show it as postponed."""
    change = Change("postpone training", actor, now, needed(reason))
    if training.postponed_at:
        raise Conflict("%(title)s is postponed already.", title=training.title)
    with _changing(session, training, now):
        training.postponed_at = now
        training.reason = change.reason
    record(session, training, change, after={"postponed_at": now})


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
    change = Change("resume training", actor, now, reason)
    keep_reason(session, training, _blocks_set_aside(session, draft, training, reason), change)
    old, new = difference(values_of(draft_of(training)), values_of(draft))
    old["reason"] = training.reason
    with _changing(session, training, now):
        training.postponed_at, training.reason = None, ""
        training.round += 1
        _fill(training, draft)
    record(session, training, change, before=old, after=new)


def set_state(
    session: Session, training: TrainingEvent, state: TrainingState, *, actor: Person | None, now: datetime
) -> None:
    """Say how far the event has come."""
    if training.state == state:
        return
    before = training.state
    with _changing(session, training, now):
        training.state = state
    change = Change("set training state", actor, now)
    record(session, training, change, before={"state": before}, after={"state": state})


def claim_training(session: Session, training_id: int, *, version: int) -> TrainingEvent:
    """The event, locked until the transaction ends, as the sender of a form saw it.

    Raises NotFound, and Conflict when somebody saved it after the form was opened.
    """
    locked = session.exec(
        select(col(TrainingEvent.id)).where(col(TrainingEvent.id) == training_id).with_for_update()
    ).first()
    if locked is None:
        raise NotFound("There is no such training event.")
    training = queries.training(session, training_id)
    check_version(training, version)
    return training


def open_blocks(session: Session, training: TrainingEvent) -> list[Finding]:
    """The blocks of a saved event that nobody has set aside with a reason."""
    return unanswered(_findings(session, draft_of(training), training), _answered(session, training))


@contextmanager
def _changing(session: Session, training: TrainingEvent, now: datetime) -> Iterator[None]:
    """Change the event in the block; feeds, letters and what readers know of it follow.

    Raises Conflict for a cancelled event, which stays so.
    """
    known = begin_change(session, training)
    yield
    if training.published_at:
        touch(training, now)
    finish_change(session, training, known, now)


def _blocks_set_aside(
    session: Session, draft: TrainingDraft, training: TrainingEvent | None, reason: str
) -> list[Finding]:
    """Blocks of the draft that the reason sets aside now; those set aside before are left out."""
    answered = _answered(session, training) if training else set()
    return check_blocks(_findings(session, draft, training), answered, reason)


def _findings(session: Session, draft: TrainingDraft, training: TrainingEvent | None) -> list[Finding]:
    training_id = training.id if training else None
    return findings_of(draft, queries.surroundings(session, draft, training_id=training_id))


def _answered(session: Session, training: TrainingEvent) -> set[str]:
    return {override.finding_key for override in overrides_of(session, training)}


def _fill(training: TrainingEvent, draft: TrainingDraft) -> None:
    for name in COLUMNS:
        setattr(training, name, getattr(draft, name))


def _invite(session: Session, training: TrainingEvent, draft: TrainingDraft) -> None:
    cities = session.exec(select(City).where(col(City.id).in_(draft.city_ids | {draft.host_city_id}))).all()
    if draft.host_city_id not in {city.id for city in cities}:
        raise InvalidInput("Choose the city that hosts the event.", field="host_city_id")
    training.cities = [city for city in cities if city.id in draft.city_ids]
    groups = select(ExpertGroup).where(col(ExpertGroup.id).in_(draft.group_ids))
    training.groups = list(session.exec(groups))
    organisations = select(Organisation).where(col(Organisation.id).in_(draft.organisation_ids))
    training.organisations = list(session.exec(organisations))
