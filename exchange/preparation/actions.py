"""What is decided about an event's preparation, each decision with its audit entry.

Given session, actor and ``now``; commits nothing and knows no pages. Calendars of who plans or hosts follow.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlmodel import Session, col, select

from exchange.access.offered_themes import themes_to_offer
from exchange.answering.answered_needs import needs_to_quote, tie
from exchange.duties.prepared import Line, Prepared
from exchange.duties.prepared_events import prepared
from exchange.errors import Conflict, InvalidInput, NotFound
from exchange.feeds.publishing.invalidation import mark_training_stale
from exchange.lifecycle import Change, needed, record
from exchange.models import (
    Person,
    Preparation,
    PreparationMember,
    PreparationStep,
    Rating,
    TrainingEvent,
    TrainingObjective,
)
from exchange.preparation import queries
from exchange.preparation.drafts import (
    TEAM_MOST,
    HourDraft,
    ObjectiveDraft,
    checked_hour,
    checked_objectives,
    with_saved_ratings,
)
from exchange.preparation.objective_facts import facts_of_objectives, without
from exchange.rules.duties.preparation import moved_offset
from exchange.rules.evidence import checked_evidence
from exchange.rules.markings.state_secrets import refuse_state_secrets
from exchange.rules.programme.preparation_profiles import Profiles


@dataclass(frozen=True)
class Decider:
    """Who decides, and when."""

    actor: Person
    now: datetime


def claim(session: Session, training_id: int, profiles: Profiles, *, version: int, now: datetime) -> Prepared:
    """The preparation, locked with its event until the transaction ends, as the sender of a form saw it.

    Raises NotFound, and Conflict when somebody saved it after the form was opened or the event is cancelled.
    """
    locked = select(col(TrainingEvent.id)).where(col(TrainingEvent.id) == training_id).with_for_update()
    if session.exec(locked).first() is None:
        raise NotFound("There is no such training event.")
    found = prepared(session, training_id, profiles, now)
    if found.training.cancelled_at:
        raise Conflict("%(title)s was cancelled, and stays so.", title=found.training.title)
    if found.version != version:
        raise Conflict(
            "The preparation of %(title)s was changed by somebody else meanwhile. Nothing of yours was saved:"
            " open it again, look at what changed, and repeat yours.",
            title=found.training.title,
        )
    return found


def choose_profile(session: Session, found: Prepared, key: str, profiles: Profiles, *, by: Decider) -> None:
    """Prepare the event by this profile; "" leaves it to the event's kind. Decisions keep their keys."""
    if key and key not in {one.key for one in profiles.all}:
        raise InvalidInput("Choose one of the profiles offered.", field="profile")
    before = found.row.profile if found.row else ""
    if key == before:
        return
    changed_row(session, found, by).profile = key
    new = profiles.chosen(key, found.training.kind)
    _record(session, found, "choose preparation", by, {"profile": found.profile.name}, {"profile": new.name})


def mark_done(session: Session, found: Prepared, line: Line, evidence: str, *, by: Decider) -> None:
    """The milestone is done, as the link shows; it keeps the day it was due on, wherever the event moves."""
    _check_open(line)
    link = checked_evidence(evidence)
    step = _step(session, found, line, by)
    step.done_at, step.kept_on, step.evidence = by.now, line.duty.due_on, link
    _record(session, found, "mark milestone done", by, {}, {f"done: {line.milestone.name}": link})


def move(session: Session, found: Prepared, line: Line, on: date, *, reason: str, by: Decider) -> None:
    """The milestone is due on another day, and moves with the event from there.

    Raises InvalidInput at "on" or "reason" for a day that cannot be (rules.duties.preparation.moved_offset).
    """
    _check_open(line)
    offset = moved_offset(line.milestone, found.event, on, found.calendars, reason=reason)
    step = _step(session, found, line, by)
    step.moved_days, step.moved_reason = offset, reason.strip()
    due = f"due: {line.milestone.name}"
    before, after = {due: line.duty.due_on.isoformat()}, {due: on.isoformat()}
    _record(session, found, "move milestone", by, before, after, reason)


def waive(session: Session, found: Prepared, line: Line, *, reason: str, by: Decider) -> None:
    """Nobody owes the milestone any more, for a reason that is kept."""
    _check_open(line)
    why = needed(reason)
    refuse_state_secrets(why, field="reason")
    _step(session, found, line, by).waived_reason = why
    _record(session, found, "waive milestone", by, {}, {f"waived: {line.milestone.name}": True}, why)


def reopen(session: Session, found: Prepared, line: Line, *, by: Decider) -> None:
    """What was done or waived is owed again."""
    step = line.step
    if step is None or not (step.done_at or step.waived_reason):
        raise Conflict("%(milestone)s is open already.", milestone=line.milestone.name)
    name = line.milestone.name
    before = {f"done: {name}": step.evidence} if step.done_at else {f"waived: {name}": True}
    changed_row(session, found, by)
    step.done_at = step.kept_on = None
    step.evidence = step.waived_reason = ""
    _record(session, found, "reopen milestone", by, before, {})


def set_hour(session: Session, found: Prepared, line: Line, draft: HourDraft, *, by: Decider) -> None:
    """The planning meeting begins at an hour of its day, and moves with it. Raises InvalidInput."""
    _check_meeting(line)
    hour = checked_hour(draft, line.duty.due_on, found.event.time_zone)
    _keep_hour(session, found, line, hour, by)


def take_hour(session: Session, found: Prepared, line: Line, *, by: Decider) -> None:
    """The planning meeting has a day and no hour again."""
    _check_meeting(line)
    _keep_hour(session, found, line, None, by)


def _check_meeting(line: Line) -> None:
    _check_open(line)
    if not line.milestone.is_meeting:
        raise Conflict("%(milestone)s is no meeting: it has a day alone.", milestone=line.milestone.name)


def _keep_hour(session: Session, found: Prepared, line: Line, hour: HourDraft | None, by: Decider) -> None:
    key = f"hour: {line.milestone.name}"
    before = line.step.starts_local if line.step else None
    step = _step(session, found, line, by)
    step.starts_local = hour.starts_local if hour else None
    step.minutes = hour.minutes if hour else 0
    step.place, step.join_link = (hour.place, hour.join_link) if hour else ("", "")
    after = step.starts_local
    _record(
        session,
        found,
        "set hour of meeting",
        by,
        {key: f"{before:%H:%M}"} if before else {},
        {key: f"{after:%H:%M}"} if after else {},
    )


def give(session: Session, found: Prepared, line: Line, address: str, *, by: Decider) -> None:
    """Somebody owes the milestone in place of the host city's lead; "" gives it back to the lead.

    Raises InvalidInput, field "owner", for an address of nobody here, or of one who may not know of it.
    """
    _check_open(line)
    given = address.strip()
    people = queries.people_for(session, [given] if given else [], found.training, by.now, field="owner")
    step = _step(session, found, line, by)
    before, step.owner_id = step.owner_id, people[0].id if people else None
    name = f"owner: {line.milestone.name}"
    old, new = _numbers([before]), _numbers(one.id for one in people)
    _record(session, found, "give milestone", by, {name: old}, {name: new})


def set_team(session: Session, found: Prepared, addresses: Collection[str], *, by: Decider) -> None:
    """These people plan the event; their cities' free days count from now on.

    Raises InvalidInput, field "team", for too many, an address of nobody here, and who may not know of it.
    """
    if len(set(addresses)) > TEAM_MOST:
        raise InvalidInput("At most %(most)s people plan an event.", field="team", most=TEAM_MOST)
    people = queries.people_for(session, addresses, found.training, by.now, field="team")
    before, after = {one.id for one in (*found.members, *found.left)}, {one.id for one in people}
    if before == after:
        return
    row = changed_row(session, found, by)
    row.members = [one for one in row.members if one.person_id in after]
    row.members += [
        PreparationMember(preparation_id=row.id or 0, person_id=one)
        for one in after - before
        if one is not None
    ]
    _record(session, found, "change planning team", by, {"team": _numbers(before)}, {"team": _numbers(after)})


def set_objectives(
    session: Session, found: Prepared, drafts: Sequence[ObjectiveDraft], *, by: Decider
) -> None:
    """What the event is to show, and once it is over how it did; it answers the needs that they quote.

    Raises InvalidInput (see drafts).
    """
    before = [ObjectiveDraft(one.text, one.theme_id, one.rating, one.need_id) for one in found.objectives]
    rated = drafts if found.is_over(by.now) else with_saved_ratings(drafts, before)
    objectives = checked_objectives(rated)
    known = {theme_id for theme_id, _name in themes_to_offer(session)}
    if any(one.theme_id is not None and one.theme_id not in known for one in objectives):
        raise InvalidInput("Choose one of the themes offered.")
    if any(one.rating and one.rating not in set(Rating) for one in objectives):
        raise InvalidInput("Choose one of the ratings offered.")
    quotable = {need.id: need for need in needs_to_quote(session, found.training)}
    quoted = {one.need_id for one in objectives if one.need_id is not None}
    if not quoted <= set(quotable):
        raise InvalidInput("Choose one of the needs offered.")
    after = [replace(one, text=one.text.strip()) for one in objectives]
    if before == after:
        return
    for need_id in sorted(quoted):
        tie(session, found.training, quotable[need_id], actor=by.actor, now=by.now)
    row = changed_row(session, found, by)
    row.objectives = []
    session.flush()  # positions are unique: the old rows go before the new ones come
    row.objectives = [
        TrainingObjective(
            preparation_id=row.id or 0,
            position=n,
            text=one.text,
            theme_id=one.theme_id,
            need_id=one.need_id,
            rating=one.rating,
        )
        for n, one in enumerate(after, 1)
    ]
    old, new = facts_of_objectives(before), facts_of_objectives(after)
    _record(session, found, "change objectives", by, without(old, new), without(new, old))


def _check_open(line: Line) -> None:
    if line.step and (line.step.done_at or line.step.waived_reason):
        raise Conflict(
            "%(milestone)s is done or waived already: open it again first.", milestone=line.milestone.name
        )


def changed_row(session: Session, found: Prepared, by: Decider) -> Preparation:
    """The row with a new version; made by the first decision."""
    row = found.row or Preparation(training_id=found.training.id or 0)
    row.version += 1
    row.changed_at = by.now
    session.add(row)
    session.flush()
    return row


def _step(session: Session, found: Prepared, line: Line, by: Decider) -> PreparationStep:
    row = changed_row(session, found, by)
    step = line.step or PreparationStep(preparation_id=row.id or 0, milestone=line.milestone.key)
    session.add(step)
    return step


def _record(
    session: Session,
    found: Prepared,
    action: str,
    by: Decider,
    before: Mapping[str, object],
    after: Mapping[str, object],
    reason: str = "",
) -> None:
    """Write a decision down once its rows are changed, and have calendars follow."""
    session.flush()
    if found.training.published_at:
        mark_training_stale(session, found.training)
    change = Change(action, by.actor, by.now, reason)
    record(session, found.training, change, before=before, after=after)


def _numbers(ids: Iterable[int | None]) -> list[str]:
    """People as the trail lists them, by number."""
    return [f"person:{one}" for one in sorted(one for one in ids if one is not None)]
