"""Every change of a saved cycle goes through here: its version, its feeds, its reasons, its audit entry.

It does not decide what changes; actions.py and moves.py do, inside ``changing``.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from exchange import audit
from exchange.calendars import calendars_of
from exchange.cycles.preview import findings_of, span_of
from exchange.cycles.queries import overrides_of
from exchange.errors import Conflict
from exchange.feeds.publish import mark_cycle_stale, touch
from exchange.mail import telling
from exchange.mail.outbox import withdraw_waiting
from exchange.models import Cycle, Override, Person, Sitting, Stage
from exchange.rules.blocks import check_blocks, unanswered
from exchange.rules.cycles import StagePlan
from exchange.rules.finding import Finding

# Facts that stand in every entry of a feed. The groups do not: they decide which feeds show it.
_IN_EVERY_ENTRY = ("title", "theme", "lead city", "cities", "marking", "Chatham House Rule", "state")
_SETS_FINDINGS = ("lead city", "start", "weeks")


@dataclass(frozen=True)
class Deed:
    """Who does what, when and why, in the words of the audit trail ("move start")."""

    action: str
    actor: Person | None
    now: datetime
    reason: str = ""


@contextmanager
def changing(session: Session, cycle: Cycle, plan: StagePlan, deed: Deed) -> Iterator[None]:
    """Change a loaded cycle in the block; afterwards readers' entries, feeds and the trail follow.

    Nothing is written when nothing changed. Raises Conflict for a cancelled cycle, and Blocked when
    new dates meet blocks that neither an earlier reason nor the deed's sets aside.
    """
    if cycle.cancelled_at:
        raise Conflict("%(title)s was cancelled, and stays so.", title=cycle.title)
    before, known = facts_of(cycle), telling.facts_of(cycle)
    _mark_stale(session, cycle)
    yield
    after = facts_of(cycle)
    changed = {key for key in before | after if before.get(key) != after.get(key)}
    if not changed:
        return
    cycle.version += 1
    cycle.changed_at = deed.now
    if _moves_dates(changed) and not cycle.cancelled_at and not cycle.postponed_at:
        set_blocks_aside(session, cycle, plan, deed)
    if cycle.published_at:
        _touch_changed(cycle, changed, deed.now)
        telling.note_change(cycle, known, deed.now)
    session.flush()
    _mark_stale(session, cycle)
    withdraw_waiting(session, cycle_id=cycle.id, why="The exchange was changed.")
    record(
        session,
        cycle,
        deed,
        before={key: before[key] for key in before if key in changed},
        after={key: after[key] for key in after if key in changed},
    )


def check_version(cycle: Cycle, version: int) -> None:
    """Raise Conflict when the page that was sent shows an older state than the one saved."""
    if cycle.version != version:
        raise Conflict(
            "%(title)s was changed by somebody else meanwhile. Nothing of yours was saved:"
            " open the cycle again, look at what changed, and repeat yours.",
            title=cycle.title,
        )


def set_blocks_aside(session: Session, cycle: Cycle, plan: StagePlan, deed: Deed) -> None:
    """Keep the deed's reason for every block that has none yet. Raises Blocked when it gives none."""
    keys = {override.finding_key for override in overrides_of(session, cycle.id or 0)}
    for finding in check_blocks(findings_of_cycle(session, cycle, plan), keys, deed.reason):
        session.add(
            Override(
                cycle_id=cycle.id,
                finding_key=finding.key,
                finding_text=finding.text,
                reason=deed.reason.strip(),
                person_id=deed.actor.id if deed.actor else None,
                overridden_at=deed.now,
            )
        )


def findings_of_cycle(session: Session, cycle: Cycle, plan: StagePlan) -> list[Finding]:
    """What speaks against a saved cycle, sorted, whether set aside or not."""
    return findings_of(session, span_of(cycle, plan), calendars_of(session, cycle.starts_on))


def open_blocks(session: Session, cycle: Cycle, plan: StagePlan) -> list[Finding]:
    """The blocks that nobody has set aside with a reason."""
    keys = {override.finding_key for override in overrides_of(session, cycle.id or 0)}
    return unanswered(findings_of_cycle(session, cycle, plan), keys)


def record(
    session: Session,
    cycle: Cycle,
    deed: Deed,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """One entry in the audit trail of the cycle."""
    audit.record(
        session,
        actor=deed.actor,
        action=deed.action,
        subject=f"cycle:{cycle.id}",
        before=before,
        after=after,
        now=deed.now,
        reason=deed.reason.strip(),
    )


def facts_of(cycle: Cycle) -> dict[str, object]:
    """The cycle in words for the audit trail, one fact a key; needs everything loaded."""
    return {
        "title": cycle.title,
        "theme": cycle.theme.name,
        "lead city": cycle.lead_city.name,
        "cities": sorted(city.name for city in cycle.cities),
        "groups": sorted(group.name for group in cycle.groups),
        "start": cycle.starts_on.isoformat(),
        "weeks": cycle.duration_weeks,
        "marking": str(cycle.marking),
        "Chatham House Rule": cycle.is_chatham_house,
        "state": str(cycle.publication),
        **{_dates_key(stage): f"{stage.starts_on}/{stage.ends_on}" for stage in cycle.stages},
        **{f"done: {s.name}": s.done_at.isoformat() for s in cycle.stages if s.done_at},
        **{_dates_key(sitting): _wall_text(sitting) for sitting in cycle.sittings},
        **{_link_key(sitting): sitting.join_link for sitting in cycle.sittings if sitting.join_link},
    }


def _moves_dates(changed: set[str]) -> bool:
    return any(key in _SETS_FINDINGS or key.startswith(("stage: ", "sitting: ")) for key in changed)


def _touch_changed(cycle: Cycle, changed: set[str], now: datetime) -> None:
    is_in_all = not changed.isdisjoint(_IN_EVERY_ENTRY)
    entries: list[Stage | Sitting] = [*cycle.stages, *cycle.sittings]
    for entry in entries:
        if is_in_all or not changed.isdisjoint((_dates_key(entry), _link_key(entry))):
            touch(entry, now)


def _mark_stale(session: Session, cycle: Cycle) -> None:
    if cycle.published_at:
        mark_cycle_stale(session, cycle)


def _dates_key(entry: Stage | Sitting) -> str:
    if isinstance(entry, Stage):
        return f"stage: {entry.name}"
    return f"sitting: {entry.meeting} {entry.number}"


def _link_key(entry: Stage | Sitting) -> str:
    return f"link of {_dates_key(entry)}"


def _wall_text(sitting: Sitting) -> str:
    return (
        f"{sitting.on_local.isoformat()} {sitting.starts_local:%H:%M} {sitting.time_zone},"
        f" {sitting.minutes} min"
    )
