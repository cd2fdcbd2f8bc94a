"""Every change of a saved cycle goes through here: its version, its feeds, its reasons, its audit entry.

It does not decide what changes; actions.py and moves.py do, inside ``changing``.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlmodel import Session

from exchange.audit import kept_text
from exchange.city_calendars import calendars_of
from exchange.cycles.preview import findings_of, span_of
from exchange.feeds.publishing.publish import touch
from exchange.lifecycle import Change, begin_change, finish_change, keep_reason, overrides_of, record
from exchange.models import Cycle, Sitting, Stage
from exchange.rules.findings.finding_types import Finding
from exchange.rules.findings.overrides import check_blocks, unanswered
from exchange.rules.programme.cycles import StagePlan
from exchange.rules.time.holidays import CityCalendar
from exchange.rules.time.observances import Observance

# Facts that stand in every entry of a feed. The groups do not: they decide which feeds show it.
_IN_EVERY_ENTRY = ("title", "theme", "lead city", "cities", "marking", "Chatham House Rule", "state")
_BRIEF = "brief"
_SETS_FINDINGS = ("lead city", "start", "weeks")


@contextmanager
def changing(session: Session, cycle: Cycle, plan: StagePlan, change: Change) -> Iterator[None]:
    """Change a loaded cycle in the block; afterwards readers' entries, feeds and the trail follow.

    Nothing is written when nothing changed. Raises Conflict for a cancelled cycle, and Blocked when
    new dates meet blocks that neither an earlier reason nor the change's sets aside.
    """
    before, known = facts_of(cycle), begin_change(session, cycle)
    yield
    after = facts_of(cycle)
    changed = {key for key in before | after if before.get(key) != after.get(key)}
    if not changed:
        return
    cycle.changed_at = change.now
    if _moves_dates(changed) and not cycle.cancelled_at and not cycle.postponed_at:
        set_blocks_aside(session, cycle, plan, change)
    if cycle.published_at:
        _touch_changed(cycle, changed, change.now)
    finish_change(session, cycle, known, change.now)
    record(
        session,
        cycle,
        change,
        before={key: before[key] for key in before if key in changed},
        after={key: after[key] for key in after if key in changed},
    )


def set_blocks_aside(session: Session, cycle: Cycle, plan: StagePlan, change: Change) -> None:
    """Keep the change's reason for every block that has none yet. Raises Blocked when it gives none."""
    findings = findings_of_cycle(session, cycle, plan)
    keep_reason(session, cycle, check_blocks(findings, _answered(session, cycle), change.reason), change)


def findings_of_cycle(
    session: Session,
    cycle: Cycle,
    plan: StagePlan,
    calendars: Sequence[CityCalendar] | None = None,
    observances: Sequence[Observance] = (),
) -> list[Finding]:
    """What speaks against a saved cycle, sorted, whether set aside or not.

    ``calendars`` are those of the cities at its start, where the caller has them.
    """
    known = calendars_of(session, cycle.starts_on) if calendars is None else calendars
    return findings_of(session, span_of(cycle, plan), known, observances)


def open_blocks(session: Session, cycle: Cycle, plan: StagePlan) -> list[Finding]:
    """The blocks that nobody has set aside with a reason."""
    return unanswered(findings_of_cycle(session, cycle, plan), _answered(session, cycle))


def facts_of(cycle: Cycle) -> dict[str, object]:
    """The cycle in words for the audit trail, one fact a key, texts as digests; needs all loaded."""
    return {
        "title": cycle.title,
        "theme": cycle.theme.name,
        "lead city": cycle.lead_city.name,
        "cities": sorted(city.name for city in cycle.cities),
        "groups": sorted(group.name for group in cycle.groups),
        **({_BRIEF: kept_text(cycle.brief)} if cycle.brief else {}),
        **{_agenda_key(meeting): kept_text(text) for meeting, text in sorted(cycle.agendas.items())},
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


def _answered(session: Session, cycle: Cycle) -> set[str]:
    return {override.finding_key for override in overrides_of(session, cycle)}


def _moves_dates(changed: set[str]) -> bool:
    return any(key in _SETS_FINDINGS or key.startswith(("stage: ", "sitting: ")) for key in changed)


def _touch_changed(cycle: Cycle, changed: set[str], now: datetime) -> None:
    is_in_all = not changed.isdisjoint(_IN_EVERY_ENTRY)
    entries: list[Stage | Sitting] = [*cycle.stages, *cycle.sittings]
    for entry in entries:
        if is_in_all or not changed.isdisjoint(_own_keys(cycle, entry)):
            touch(entry, now)


def _own_keys(cycle: Cycle, entry: Stage | Sitting) -> set[str]:
    """The facts that stand in one entry alone: its dates and link, an agenda, the brief where it begins."""
    keys = {_dates_key(entry), _link_key(entry)}
    if isinstance(entry, Sitting):
        return keys | {_agenda_key(entry.meeting)}
    return keys | {_BRIEF} if entry.starts_on == cycle.starts_on else keys


def _dates_key(entry: Stage | Sitting) -> str:
    if isinstance(entry, Stage):
        return f"stage: {entry.name}"
    return f"sitting: {entry.meeting} {entry.number}"


def _link_key(entry: Stage | Sitting) -> str:
    return f"link of {_dates_key(entry)}"


def _agenda_key(meeting: str) -> str:
    return f"agenda: {meeting}"


def _wall_text(sitting: Sitting) -> str:
    return (
        f"{sitting.on_local.isoformat()} {sitting.starts_local:%H:%M} {sitting.time_zone},"
        f" {sitting.minutes} min"
    )
