"""What a coordinator does with a cycle as a whole: open, edit, publish, cancel, postpone, resume.

Moving its parts is in moves.py and offered here, too. Commits nothing and knows no pages.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from exchange.access.named_people import named_people
from exchange.answering.answered_needs import tie
from exchange.cycles.drafts import CycleDraft, LaidCycle, lay
from exchange.cycles.moves import (
    mark_stage_done,
    move_cycle,
    move_sitting,
    move_stage,
    move_start,
    reopen_stage,
    shift_start,
)
from exchange.cycles.saving import changing, facts_of, open_blocks, set_blocks_aside
from exchange.errors import Conflict, InvalidInput
from exchange.feeds.publishing.publish import new_uid
from exchange.lifecycle import Change, check_is_draft, check_lowering, needed, publish, record
from exchange.models import City, Cycle, ExpertGroup, Need, Person, Sitting, Stage, Theme
from exchange.rules.findings.overrides import Blocked
from exchange.rules.markings.state_secrets import refuse_state_secrets
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.programme.cycles import StagePlan, check_start

__all__ = [
    "CycleEdit",
    "cancel_cycle",
    "edit_cycle",
    "mark_stage_done",
    "move_cycle",
    "move_sitting",
    "move_stage",
    "move_start",
    "open_cycle",
    "postpone_cycle",
    "publish_cycle",
    "reopen_stage",
    "resume_cycle",
    "set_aside",
]


@dataclass(frozen=True)
class CycleEdit:
    """What may change of a cycle without moving it; an empty ``title`` means the theme's name.

    ``reason`` is needed to lower the marking, and for a block that a new lead city brings. ``named`` are
    the addresses of who may know of it at TLP:RED; ``brief`` and ``agendas`` are Markdown. None leaves
    what is there.
    """

    theme_id: int
    title: str
    lead_city_id: int
    city_ids: frozenset[int]
    group_ids: frozenset[int]
    marking: Marking
    is_chatham_house: bool
    reason: str = ""
    named: tuple[str, ...] | None = None
    brief: str | None = None
    agendas: Mapping[str, str] | None = None


def open_cycle(
    session: Session,
    draft: CycleDraft,
    *,
    plan: StagePlan,
    actor: Person | None,
    now: datetime,
    need: Need | None = None,
) -> Cycle:
    """A new cycle with its stages and sittings, as a draft nobody else sees; it answers the need, if any.

    Raises InvalidInput at the field that is wrong, and Blocked when a block has no reason.
    """
    _refuse_state_secrets(draft.title, draft.brief, draft.agendas)
    laid = lay(draft, plan)
    theme, lead_city = _theme(session, draft.theme_id), _city(session, draft.lead_city_id)
    cycle = Cycle(
        theme_id=theme.id or 0,
        lead_city_id=lead_city.id or 0,
        title=draft.title.strip() or theme.name,
        brief=draft.brief.strip(),
        agendas=dict(draft.agendas),
        starts_on=draft.starts_on,
        duration_weeks=draft.duration_weeks,
        marking=draft.marking,
        named_ids=named_people(session, draft.marking, draft.named),
        is_chatham_house=draft.is_chatham_house,
        created_at=now,
        changed_at=now,
    )
    session.add(cycle)
    session.flush()
    _invite(session, cycle, draft.city_ids, draft.group_ids)
    _fill(cycle, laid, now)
    session.flush()
    change = Change("open cycle", actor, now, draft.reason)
    set_blocks_aside(session, cycle, plan, change)
    record(session, cycle, change, after=facts_of(cycle))
    if need is not None:
        tie(session, cycle, need, actor=actor, now=now)
    return cycle


def edit_cycle(
    session: Session, cycle: Cycle, edit: CycleEdit, *, plan: StagePlan, actor: Person | None, now: datetime
) -> None:
    """Change what the cycle is about and who takes part; its dates stay.

    A marking that rises redacts the published entries at once; one that falls needs a reason.
    """
    check_lowering(Marking(cycle.marking), edit.marking, edit.reason)
    brief = cycle.brief if edit.brief is None else edit.brief.strip()
    agendas = cycle.agendas if edit.agendas is None else _unplanned(cycle, plan) | dict(edit.agendas)
    _refuse_state_secrets(edit.title, brief, agendas)
    named_ids = named_people(session, edit.marking, edit.named, cycle.named_ids)
    with changing(session, cycle, plan, Change("edit cycle", actor, now, edit.reason)):
        theme = _theme(session, edit.theme_id)
        cycle.theme = theme
        cycle.title = edit.title.strip() or theme.name
        cycle.brief, cycle.agendas = brief, agendas
        cycle.lead_city = _city(session, edit.lead_city_id)
        cycle.lead_city_id = edit.lead_city_id
        cycle.marking = edit.marking
        cycle.named_ids = named_ids
        cycle.is_chatham_house = edit.is_chatham_house
        _invite(session, cycle, edit.city_ids, edit.group_ids)


def set_aside(
    session: Session, cycle: Cycle, *, reason: str, plan: StagePlan, actor: Person | None, now: datetime
) -> None:
    """Keep one reason for every block of the cycle as it stands that has none yet."""
    change = Change("set blocks aside", actor, now, needed(reason))
    blocks = open_blocks(session, cycle, plan)
    if not blocks:
        raise Conflict("Nothing stops %(title)s.", title=cycle.title)
    set_blocks_aside(session, cycle, plan, change)
    cycle.version += 1
    record(session, cycle, change, before={}, after={f"block: {block.text}": "set aside" for block in blocks})


def publish_cycle(
    session: Session, cycle: Cycle, *, plan: StagePlan, actor: Person | None, now: datetime
) -> None:
    """Let readers see the cycle: its feeds go stale and its letters become due.

    Raises Conflict unless it is a draft with a theme, and Blocked while a block has no reason.
    """
    check_is_draft(cycle)
    if not cycle.theme.is_chosen:
        raise Conflict("Choose the theme of %(title)s before it is published.", title=cycle.title)
    blocks = open_blocks(session, cycle, plan)
    if blocks:
        raise Blocked(blocks)
    publish(session, cycle, [*cycle.stages, *cycle.sittings], now)
    change = Change("publish cycle", actor, now)
    record(session, cycle, change, before={"state": "draft"}, after={"state": "published"})


def cancel_cycle(
    session: Session, cycle: Cycle, *, reason: str, plan: StagePlan, actor: Person | None, now: datetime
) -> None:
    """Cancel for good. Published entries stay in the feeds as cancelled; a draft never appears."""
    with changing(session, cycle, plan, Change("cancel cycle", actor, now, needed(reason))):
        cycle.cancelled_at = now
        cycle.reason = reason.strip()


def postpone_cycle(
    session: Session, cycle: Cycle, *, reason: str, plan: StagePlan, actor: Person | None, now: datetime
) -> None:
    """Take a published cycle out of the calendar until it is resumed with a new start."""
    if not cycle.published_at or cycle.postponed_at:
        raise Conflict("Only a published cycle is postponed; a draft just moves.")
    with changing(session, cycle, plan, Change("postpone cycle", actor, now, needed(reason))):
        cycle.postponed_at = now
        cycle.reason = reason.strip()


def resume_cycle(
    session: Session,
    cycle: Cycle,
    starts_on: date,
    *,
    plan: StagePlan,
    actor: Person | None,
    now: datetime,
    reason: str = "",
) -> None:
    """Put a postponed cycle back on the calendar, from ``starts_on`` (a Monday), under the same UIDs.

    Only what was past on the day it was postponed stays: days that went by since did not take place.
    """
    halted_at = cycle.postponed_at
    if not halted_at:
        raise Conflict("%(title)s is not postponed.", title=cycle.title)
    check_start(starts_on)
    with changing(session, cycle, plan, Change("resume cycle", actor, now, reason)):
        cycle.postponed_at = None
        cycle.round += 1
        cycle.reason = ""
        shift_start(cycle, starts_on, plan=plan, as_of=halted_at)


def _unplanned(cycle: Cycle, plan: StagePlan) -> dict[str, str]:
    """Agendas of meetings that the plan no longer has: no form shows them, so none takes them away."""
    planned = {meeting.key for meeting in plan.meetings}
    return {meeting: text for meeting, text in cycle.agendas.items() if meeting not in planned}


def _refuse_state_secrets(title: str, brief: str, agendas: Mapping[str, str]) -> None:
    refuse_state_secrets(title, field="title")
    refuse_state_secrets(brief, field="brief")
    for agenda in agendas.values():
        refuse_state_secrets(agenda, field="agendas")


def _theme(session: Session, theme_id: int) -> Theme:
    theme = session.get(Theme, theme_id)
    if theme is None:
        raise InvalidInput("Choose a theme of the catalogue.", field="theme_id")
    return theme


def _city(session: Session, city_id: int) -> City:
    city = session.get(City, city_id)
    if city is None:
        raise InvalidInput("Choose a city of the network.", field="lead_city_id")
    return city


def _invite(session: Session, cycle: Cycle, city_ids: Iterable[int], group_ids: Iterable[int]) -> None:
    """The lead city is not among those that contribute."""
    wanted = set(city_ids) - {cycle.lead_city_id}
    by_name = select(City).where(col(City.id).in_(wanted)).order_by(col(City.name))
    cycle.cities = list(session.exec(by_name))
    by_id = select(ExpertGroup).where(col(ExpertGroup.id).in_(set(group_ids)))
    cycle.groups = list(session.exec(by_id.order_by(col(ExpertGroup.id))))


def _fill(cycle: Cycle, laid: LaidCycle, now: datetime) -> None:
    cycle.stages = [
        Stage(
            cycle_id=cycle.id or 0,
            key=stage.key,
            name=stage.name,
            owner=stage.owner,
            position=position,
            starts_on=stage.starts_on,
            ends_on=stage.ends_on,
            uid=new_uid(),
            changed_at=now,
        )
        for position, stage in enumerate(laid.stages, 1)
    ]
    cycle.sittings = [
        Sitting(
            cycle_id=cycle.id or 0,
            meeting=meeting.meeting,
            number=meeting.number,
            on_local=meeting.wall.on,
            starts_local=meeting.wall.at,
            time_zone=meeting.wall.time_zone,
            minutes=meeting.minutes,
            uid=new_uid(),
            changed_at=now,
        )
        for meeting in laid.meetings
    ]
