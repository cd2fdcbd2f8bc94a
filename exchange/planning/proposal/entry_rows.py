"""Where the entries of a plan stand in the programme: which rows they are, and whether the rows agree.

It reads, save for what a plan must remember when the one it was made from goes; adoption.py writes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import Session, col, select

from exchange.errors import Conflict, NotFound
from exchange.models import Cycle, Person, PlanEntry, PlanRequest, PlanState, Publication, TrainingEvent
from exchange.planner.files.plan_file import plan_from
from exchange.planner.files.problem_file import problem_from
from exchange.planner.plan import Entry, Plan
from exchange.planner.problem.problem import Problem
from exchange.planner.problem.walls import Walls
from exchange.planning.burdens.programme_meetings import instant_of, meeting_of_cycle, title_to_plan
from exchange.planning.wishes.problem_from_wishes import EVENT_PIN
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.programme.cycles import StagePlan
from exchange.rules.whole_numbers import whole_number

_GONE = (Publication.CANCELLED, Publication.POSTPONED)
Row = Cycle | TrainingEvent


@dataclass(frozen=True)
class Place:
    """A row that an entry is; ``at`` is when it is held now, ``is_here`` whether that is as planned.

    ``second_at`` is its second sitting on the same day in the lead city, None when it has none.
    """

    row: Row
    at: datetime
    is_here: bool
    is_new: bool  # whether a plan made it
    second_at: datetime | None = None

    @property
    def title(self) -> str:
        """What it is called before those who plan; at TLP:RED no more than that time is taken."""
        return title_to_plan(self.row)

    @property
    def is_private(self) -> bool:
        """Whether it is at TLP:RED, so that not all who plan may open it."""
        return self.row.marking == Marking.RED

    def may_be_moved_by(self, person: Person) -> bool:
        """Whether a person who plans may change it."""
        return not self.is_private or person.id in self.row.named_ids

    @property
    def is_published(self) -> bool:
        """Whether readers see it."""
        return self.row.published_at is not None


@dataclass(frozen=True)
class Proposal:
    """A request with its problem, its plan and the rows that its entries are, by entry name."""

    request: PlanRequest
    problem: Problem
    plan: Plan
    places: Mapping[str, Place]

    @property
    def left(self) -> list[Entry]:
        """Entries that are not yet in the programme as planned."""
        return [entry for entry in self.plan.entries if not self.is_here(entry)]

    def is_here(self, entry: Entry) -> bool:
        """Whether the entry stands in the programme as planned."""
        place = self.places.get(entry.name)
        return place is not None and place.is_here


def proposal_of(session: Session, request: PlanRequest, stage_plan: StagePlan) -> Proposal:
    """The proposal; raises NotFound while there is no plan."""
    if request.plan is None:
        raise NotFound("There is no plan yet.")
    problem, plan = problem_from(request.problem), plan_from(request.plan)
    links = _links(session, request, problem, plan)
    rows = _rows(session, links)
    found = {
        entry.name: _place(entry, links[entry.name], rows[entry.name], problem.walls, stage_plan)
        for entry in plan.entries
        if entry.name in rows
    }
    return Proposal(request, problem, plan, {name: place for name, place in found.items() if place})


def links_of(session: Session, plan_id: int) -> dict[str, PlanEntry]:
    """The entries of a plan that stand in the programme, by name."""
    rows = session.exec(select(PlanEntry).where(col(PlanEntry.plan_id) == plan_id)).all()
    return {row.name: row for row in rows}


def keep_links_of_children(session: Session, request: PlanRequest) -> None:
    """Let the plans made from this one keep what they know through it: it is to go, or to be another.

    Raises Conflict while one of them is still being made.
    """
    for child in session.exec(select(PlanRequest).where(col(PlanRequest.parent_id) == request.id)):
        if child.state != PlanState.FAILED or child.plan is not None:
            _keep_links(session, child)


def _keep_links(session: Session, request: PlanRequest) -> None:
    """Write down as the plan's own what it knows through the plan it was made from."""
    number = request.id or 0
    if request.plan is None:
        raise Conflict("Plan %(number)s is being made from this one. Wait until it has ended.", number=number)
    links = _links(session, request, problem_from(request.problem), plan_from(request.plan))
    for name in _rows(session, links):
        session.merge(PlanEntry(**links[name].model_dump() | {"plan_id": number, "name": name}))
    session.flush()


def _links(session: Session, request: PlanRequest, problem: Problem, plan: Plan) -> dict[str, PlanEntry]:
    """Own links; those of the plan it was made from, by what became of its entries; the pinned events."""
    found = _pinned(request, problem, plan)
    before, own = _links_before(session, request), links_of(session, request.id or 0)
    for change in plan.changes:
        link = before.get(change.name)
        entry = next((e for e in plan.entries if change.after == e.starts_at), None)
        if link and entry:
            found[entry.name] = link
    taken = {_row_of(link) for link in own.values()}  # no row is two entries, should that plan be another now
    return {name: link for name, link in found.items() if _row_of(link) not in taken} | own


def _row_of(link: PlanEntry) -> tuple[int | None, int | None]:
    return link.cycle_id, link.training_id


def _links_before(session: Session, request: PlanRequest) -> dict[str, PlanEntry]:
    """All that the plan it was made from knew, and the one before that: it need not have been taken."""
    parent = session.get(PlanRequest, request.parent_id) if request.parent_id else None
    if parent is None or parent.plan is None:
        return {}
    return _links(session, parent, problem_from(parent.problem), plan_from(parent.plan))


def _pinned(request: PlanRequest, problem: Problem, plan: Plan) -> dict[str, PlanEntry]:
    days = {pin.on: int(pin.name.removeprefix(EVENT_PIN)) for pin in problem.pins if is_event(pin.name)}
    return {
        entry.name: PlanEntry(
            plan_id=request.id or 0,
            name=entry.name,
            training_id=days[problem.date_of(entry)],
            taken_at=request.asked_at,
            is_new=False,
        )
        for entry in plan.entries
        if entry.kind == "training" and problem.date_of(entry) in days
    }


def is_event(pin_name: str) -> bool:
    """Whether a pin is a training event of the programme."""
    return pin_name.startswith(EVENT_PIN) and whole_number(pin_name.removeprefix(EVENT_PIN)) is not None


def _rows(session: Session, links: Mapping[str, PlanEntry]) -> dict[str, Row]:
    """The rows that the links lead to, by entry name, in three statements."""
    cycles = session.exec(
        select(Cycle)
        .where(col(Cycle.id).in_([link.cycle_id for link in links.values() if link.cycle_id]))
        .options(selectinload(Cycle.sittings), selectinload(Cycle.cities))  # type: ignore[arg-type]  # SQLModel types relations as their values
    ).all()
    trainings = session.exec(
        select(TrainingEvent)
        .where(col(TrainingEvent.id).in_([link.training_id for link in links.values() if link.training_id]))
        .options(joinedload(TrainingEvent.host_city), selectinload(TrainingEvent.cities))  # type: ignore[arg-type]  # as above
    ).all()
    found: dict[tuple[bool, int | None], Row] = {(True, cycle.id): cycle for cycle in cycles}
    found |= {(False, training.id): training for training in trainings}
    keys = {
        name: (link.cycle_id is not None, link.cycle_id or link.training_id) for name, link in links.items()
    }
    return {name: found[key] for name, key in keys.items() if key in found}


def _place(entry: Entry, link: PlanEntry, row: Row, walls: Walls, stage_plan: StagePlan) -> Place | None:
    """The row as it stands; None when it was called off."""
    if row.publication in _GONE:
        return None
    second_at = None
    if isinstance(row, Cycle):
        (at, *later), is_host = sorted(meeting_of_cycle(row, stage_plan).sittings), True
        second_at = next((each for each in later if walls.date(each) == walls.date(at)), None)
    else:
        at, is_host = instant_of(row), not link.is_new or row.host_city.slug == entry.host
    is_day = walls.date(at, entry.host) == walls.date(entry.starts_at, entry.host)
    is_as_planned = (at, second_at) == (entry.starts_at, entry.second_at)
    return Place(row, at, is_host and (is_as_planned or (not link.is_new and is_day)), link.is_new, second_at)
