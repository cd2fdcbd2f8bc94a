"""What readers were told of dates: remembered when a published thing moves, until they hear of it.

    change -> note_change: ``told`` keeps the dates of before, ``tell_at`` is ten minutes ahead
    the tick tells everybody concerned -> settle: both are forgotten

It writes no letters. Dates are kept as JSON has them: lists of ISO texts.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlmodel import Session

from exchange import audit
from exchange.errors import InvalidInput
from exchange.models import Cycle, Person, Publication, Sitting, Stage, TrainingEvent

QUIET = timedelta(minutes=10)  # several edits in this time make one letter

Facts = dict[str, object]
EVENT = "event:1"  # where a cycle has "session:1"
STAGES, SITTINGS, STATE, PLACE = "stages", "sittings", "state", "place"


def facts_of(about: Cycle | TrainingEvent) -> Facts:
    """The dates of a cycle or an event as they are now, and whether it takes place."""
    if isinstance(about, TrainingEvent):
        return {STATE: about.publication.value, SITTINGS: {EVENT: _wall(about)}, PLACE: about.place}
    return {
        STATE: about.publication.value,
        STAGES: {s.key: [s.starts_on.isoformat(), s.ends_on.isoformat()] for s in about.stages},
        SITTINGS: {f"{s.meeting}:{s.number}": _wall(s) for s in about.sittings},
    }


def part(facts: Mapping[str, object], name: str) -> dict[str, list[object]]:
    """The stages or the sittings of some facts; empty when they say nothing of them."""
    found = facts.get(name)
    return dict(found) if isinstance(found, dict) else {}


def note_change(about: Cycle | TrainingEvent, before: Facts, now: datetime) -> None:
    """Remember that readers know the facts of ``before``; nothing for a draft, or when no date changed.

    Called in the transaction of the change. What was remembered earlier stays: readers were told it last.
    """
    was_seen = before[STATE] not in {Publication.DRAFT.value} and about.published_at is not None
    after = facts_of(about)
    if not was_seen or before == after:
        return
    about.told = about.told or before
    about.tell_at = about.tell_at or now + QUIET
    _stamp(about, before, after, now)


def tell_nobody(
    session: Session, about: Cycle | TrainingEvent, *, reason: str, actor: Person | None, now: datetime
) -> None:
    """Let the change that was just made pass in silence, for a reason that is kept.

    Calendars follow all the same. A change that waits to be told from before is still told, and with
    it this one: a letter says what readers were told last and what holds. Nothing for what is not
    published: nobody would hear of it. Raises InvalidInput.
    """
    if about.publication is not Publication.PUBLISHED:
        return
    if not reason.strip():
        raise InvalidInput("Write why nobody is told: it is kept for good.", field="reason")
    if about.tell_at == now + QUIET:
        about.tell_at = None
    noun = "cycle" if isinstance(about, Cycle) else "training"
    audit.record(
        session,
        actor=actor,
        action="save without telling",
        subject=f"{noun}:{about.id}",
        now=now,
        reason=reason.strip(),
    )


def settle(about: Cycle | TrainingEvent) -> None:
    """Everybody concerned has been told."""
    about.told, about.tell_at = None, None


def merged(known: Facts, more: Mapping[str, object]) -> Facts:
    """What somebody knows who knew ``known`` and was then told ``more``, which may say less."""
    both = dict(known)
    for name, value in more.items():
        held = both.get(name)
        both[name] = held | value if isinstance(held, dict) and isinstance(value, dict) else value
    return both


def _wall(of: Sitting | TrainingEvent) -> list[object]:
    return [of.on_local.isoformat(), f"{of.starts_local:%H:%M}", of.time_zone, of.minutes]


def _stamp(about: Cycle | TrainingEvent, before: Facts, after: Facts, now: datetime) -> None:
    """Write down when each entry moved: reminders whose moment had passed by then are not made up for."""
    old, new = part(before, SITTINGS), part(after, SITTINGS)
    if isinstance(about, TrainingEvent):
        if old != new:
            about.moved_at = now
        return
    for sitting in about.sittings:
        key = f"{sitting.meeting}:{sitting.number}"
        if old.get(key) != new[key]:
            sitting.moved_at = now
    _stamp_stages(about.stages, part(before, STAGES), part(after, STAGES), now)


def _stamp_stages(
    stages: list[Stage], old: Mapping[str, object], new: Mapping[str, object], now: datetime
) -> None:
    for stage in stages:
        if old.get(stage.key) != new[stage.key]:
            stage.moved_at = now
