"""Entries of a plan become drafts of the programme, or move the rows they already are; and back again.

Cycles and events change by the actions of their own packages, with their findings, feeds and audit trail.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from exchange import audit
from exchange.answering.answered_needs import open_needs, untie
from exchange.cycles import actions as cycles
from exchange.cycles.drafts import CycleDraft
from exchange.cycles.moves import SittingMove
from exchange.errors import Conflict, InvalidInput
from exchange.models import (
    City,
    Cycle,
    Need,
    Override,
    Person,
    PlanEntry,
    PlanState,
    TrainingEvent,
    TrainingKind,
    TrainingMode,
    TrainingState,
)
from exchange.models.themes import TO_BE_CHOSEN, Theme
from exchange.planner.plan import Entry
from exchange.planner.problem.problem import Problem
from exchange.planning.proposal.entry_rows import Place, Proposal, links_of
from exchange.planning.proposal.plan_entries import cycle_starts, kind_of, session_walls, title_of
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.programme.cycles import StagePlan
from exchange.rules.time.timezones import wall_time
from exchange.trainings import actions as trainings
from exchange.trainings.drafts import TrainingDraft, draft_of, fields_of_need


@dataclass(frozen=True)
class Taking:
    """What to take, and what the plan does not know: themes' ids, leads' slugs and needs, by entry name."""

    names: frozenset[str]
    marking: Marking
    themes: Mapping[str, int] = field(default_factory=dict)
    leads: Mapping[str, str] = field(default_factory=dict)
    needs: Mapping[str, Need] = field(default_factory=dict)
    reason: str = ""  # sets aside what blocks a day


@dataclass(frozen=True)
class _ActionContext:
    """What every step of adoption below is given."""

    session: Session
    stage_plan: StagePlan
    actor: Person
    now: datetime
    cities: Mapping[str, City]


def take_entries(
    session: Session,
    proposal: Proposal,
    taking: Taking,
    *,
    stage_plan: StagePlan,
    actor: Person,
    now: datetime,
) -> int:
    """Put the entries into the programme; how many. Raises InvalidInput, and Blocked without a reason."""
    entries = [entry for entry in proposal.left if entry.name in taking.names]
    if not entries:
        raise InvalidInput("Choose at least one entry that is not in the programme yet.", field="names")
    cities = {city.slug: city for city in session.exec(select(City)).all()}
    context = _ActionContext(session, stage_plan, actor, now, cities)
    starts = cycle_starts(proposal.problem, proposal.plan.entries)
    for entry in entries:
        place = proposal.places.get(entry.name)
        if place is None:
            _add(context, proposal, entry, taking, starts.get(entry.name))
        elif not place.may_be_moved_by(actor):
            raise InvalidInput(
                "%(name)s stands in the programme at TLP:RED: only who is named on it moves it.",
                field="names",
                name=entry.name,
            )
        else:
            _move(context, entry, place, taking.reason, starts.get(entry.name))
            _link(context, proposal, entry.name, place.row, is_new=place.is_new)
    proposal.request.state = PlanState.TAKEN
    session.flush()
    after = {"entries": [entry.name for entry in entries]}
    subject = _subject(proposal)
    audit.record(session, actor=actor, action="take from plan", subject=subject, now=now, after=after)
    return len(entries)


def take_back(
    session: Session,
    proposal: Proposal,
    *,
    actor: Person,
    now: datetime,
) -> tuple[int, int]:
    """Delete the drafts that this plan made and nobody touched since; how many went and how many stay."""
    links = links_of(session, proposal.request.id or 0)
    gone = 0
    for name, link in links.items():
        place = proposal.places.get(name)
        if place and is_untouched(place) and _is_deleted(session, link, place):
            gone += 1
    if not gone:
        raise Conflict("Every draft of this plan was changed or published meanwhile. Cancel them one by one.")
    session.flush()
    if gone == len(links):
        proposal.request.state = PlanState.DONE
    after = {"drafts deleted": gone}
    subject = _subject(proposal)
    audit.record(session, actor=actor, action="take back plan", subject=subject, now=now, after=after)
    return gone, len(links) - gone


def _is_deleted(session: Session, link: PlanEntry, place: Place) -> bool:
    """Delete the draft; False when something depends on it by now, such as a letter's wording."""
    try:
        with session.begin_nested():
            for each in [*_links_to(session, link), *_overrides_of(session, link)]:
                session.delete(each)
            untie(session, place.row)
            session.flush()
            session.delete(place.row)
            session.flush()
    except IntegrityError:
        return False
    return True


def is_untouched(place: Place) -> bool:
    """Whether the row is a draft that a plan made and that was never changed."""
    return place.is_new and not place.is_published and place.row.version == 1


def _add(
    context: _ActionContext, proposal: Proposal, entry: Entry, taking: Taking, starts_on: date | None
) -> None:
    if entry.kind == "session" and starts_on:
        row: Cycle | TrainingEvent = _open_cycle(context, proposal, entry, taking, starts_on)
    else:
        row = _open_training(context, proposal, entry, taking)
    _link(context, proposal, entry.name, row, is_new=True)


def _open_cycle(
    context: _ActionContext, proposal: Proposal, entry: Entry, taking: Taking, starts_on: date
) -> Cycle:
    lead = context.cities.get(taking.leads.get(entry.name, ""))
    if lead is None:
        raise InvalidInput("Choose the city that leads each exchange.", field="names")
    theme_id = taking.themes.get(entry.name)
    on, sittings = session_walls(entry, lead.time_zone, proposal.problem)
    draft = CycleDraft(
        theme_id=theme_id or _theme_to_choose(context.session),
        lead_city_id=lead.id or 0,
        starts_on=starts_on,
        marking=taking.marking,
        sittings=sittings,
        minutes=entry.minutes,
        title="" if theme_id else f"Exchange {starts_on.year}, {_week(starts_on)}",
        city_ids=_ids(context, entry),
        duration_weeks=proposal.problem.cycles.weeks if proposal.problem.cycles else 8,
        session_on=on,
        reason=taking.reason,
    )
    wished = taking.needs.get(entry.name)
    is_wished = wished is not None and wished.theme_id == draft.theme_id
    need = wished if is_wished else open_needs(context.session).get(draft.theme_id)
    return cycles.open_cycle(
        context.session, draft, plan=context.stage_plan, actor=context.actor, now=context.now, need=need
    )


def _open_training(
    context: _ActionContext, proposal: Proposal, entry: Entry, taking: Taking
) -> TrainingEvent:
    host = context.cities.get(entry.host or "")
    if host is None:
        raise InvalidInput("The host of %(name)s is no city of the network.", field="names", name=entry.name)
    wall = wall_time(entry.starts_at, host.time_zone)
    kind, need = kind_of(entry), taking.needs.get(entry.name)
    draft = TrainingDraft(
        kind=kind,
        **(fields_of_need(need) or {"title": title_of(kind, host)}),
        host_city_id=host.id or 0,
        mode=TrainingMode.HYBRID,
        on_local=wall.on,
        starts_local=wall.at,
        time_zone=host.time_zone,
        minutes=entry.minutes,
        marking=taking.marking,
        state=TrainingState.PROPOSED,
        city_ids=_invited(context, proposal.problem, entry),
    )
    return trainings.open_training(
        context.session, draft, actor=context.actor, now=context.now, reason=taking.reason, need=need
    )


def _ids(context: _ActionContext, entry: Entry) -> frozenset[int]:
    return frozenset(context.cities[slug].id or 0 for slug in entry.local if slug in context.cities)


def _invited(context: _ActionContext, problem: Problem, entry: Entry) -> frozenset[int]:
    """Nobody by name when the event is for all."""
    is_for_all = set(entry.local) == {city.id for city in problem.cities}
    return frozenset() if is_for_all else _ids(context, entry)


def _move(context: _ActionContext, entry: Entry, place: Place, reason: str, starts_on: date | None) -> None:
    """Give a row that stands already the plan's hour."""
    row = place.row
    if isinstance(row, Cycle):
        _move_cycle(context, entry, row, reason, starts_on or row.starts_on)
        return
    host = context.cities.get(entry.host or "") or row.host_city
    wall = wall_time(entry.starts_at, host.time_zone)
    is_own_title = row.title == title_of(TrainingKind(row.kind), row.host_city)
    draft = replace(
        draft_of(row),
        title=title_of(TrainingKind(row.kind), host) if is_own_title else row.title,
        host_city_id=host.id or 0,
        on_local=wall.on,
        starts_local=wall.at,
        time_zone=host.time_zone,
    )
    trainings.edit_training(context.session, row, draft, actor=context.actor, now=context.now, reason=reason)


def _move_cycle(context: _ActionContext, entry: Entry, cycle: Cycle, reason: str, starts_on: date) -> None:
    plan, actor, now = context.stage_plan, context.actor, context.now
    live = [sitting for sitting in cycle.sittings if sitting.meeting == plan.session.key]
    moves = {
        sitting.id or 0: SittingMove(wall_time(at, sitting.time_zone), sitting.minutes)
        for sitting, at in zip(live, entry.sittings or (entry.starts_at,), strict=False)
    }
    cycles.move_cycle(
        context.session, cycle, starts_on, moves, plan=plan, actor=actor, now=now, reason=reason
    )


def _link(
    context: _ActionContext, proposal: Proposal, name: str, row: Cycle | TrainingEvent, *, is_new: bool
) -> None:
    is_cycle = isinstance(row, Cycle)
    link = PlanEntry(
        plan_id=proposal.request.id or 0,
        name=name,
        cycle_id=row.id if is_cycle else None,
        training_id=None if is_cycle else row.id,
        taken_at=context.now,
        is_new=is_new,
    )
    context.session.merge(link)


def _links_to(session: Session, link: PlanEntry) -> list[PlanEntry]:
    """Every plan's link to the same row."""
    column = col(PlanEntry.cycle_id) if link.cycle_id else col(PlanEntry.training_id)
    return list(session.exec(select(PlanEntry).where(column == (link.cycle_id or link.training_id))).all())


def _overrides_of(session: Session, link: PlanEntry) -> list[Override]:
    column = col(Override.cycle_id) if link.cycle_id else col(Override.training_id)
    return list(session.exec(select(Override).where(column == (link.cycle_id or link.training_id))).all())


def _theme_to_choose(session: Session) -> int:
    """The id of the theme that stands for none yet."""
    theme = session.exec(select(Theme).where(col(Theme.key) == TO_BE_CHOSEN)).first()
    if theme is None:
        theme = Theme(key=TO_BE_CHOSEN, name="Theme to be chosen")
        session.add(theme)
        session.flush()
    return theme.id or 0


def _subject(proposal: Proposal) -> str:
    return f"plan:{proposal.request.id}"


def _week(on: date) -> str:
    return f"W{on.isocalendar().week:02d}"
