"""What a plan proposes is taken whole, without a block, on any network; a block of one's own is named."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from exchange.db import Database
from exchange.errors import InvalidInput
from exchange.models import Membership, MembershipStatus, Person, PlanRequest, Role
from exchange.planner.files.plan_file import plan_document
from exchange.planner.files.problem_file import problem_from
from exchange.planner.problem.problem import Burden
from exchange.planner.search.search_progress import Progress
from exchange.planner.solve import solve
from exchange.planning.actions import ask_for_plan
from exchange.planning.pages.queries import USUAL_KINDS
from exchange.planning.proposal.adoption import Taking, take_entries
from exchange.planning.proposal.blocks import findings_of_entries
from exchange.planning.proposal.entry_rows import Proposal, proposal_of
from exchange.planning.proposal.plan_entries import offered_leads
from exchange.planning.proposal.replanning import NOT_THEN, EntryWish, problem_again
from exchange.planning.wishes.problem_from_wishes import problem_document
from exchange.planning.wishes.wishes import Wishes
from exchange.rules.markings.tlp_labels import Marking
from tests.factories import make_city, make_person, stage_plan
from tests.pages import text_of
from tests.planning.conftest import MORNING, first_monday
from tests.planning.steps import plan_of, solved
from tests.planning.wishes import typed
from tests.share import SHARES
from tests.trainings.conftest import Net

NAMES = ("Stockholm", "London", "Washington DC", "Sydney", "Auckland", "Dublin", "Vancouver", "Honolulu")
FIELDS: dict[str, dict[str, object]] = {
    "Honolulu": {
        "time_zone": "Pacific/Honolulu",
        "holidays_country": "US",
        "holidays_subdivision": "HI",
    }
}
PLAN = stage_plan()
QUIETLY = settings(deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class _UndoneError(Exception):
    """Ends a transaction of which nothing is kept."""


@st.composite
def wishes(draw: st.DrawFn, slugs: Sequence[str]) -> Wishes:
    """A quarter of a year, somewhere in the next five."""
    is_choosing = draw(st.booleans())
    return Wishes(
        start_on=first_monday(draw(st.integers(2, 260))),
        weeks=draw(st.integers(9, 16)),
        session_weeks=draw(st.sampled_from([(5, 6), (5,), (1, 8)])),
        sittings=draw(st.sampled_from([1, 2])),
        is_choosing=is_choosing,
        cycle_count=1 if is_choosing else None,
        kinds=USUAL_KINDS,
        hosts=tuple(draw(st.lists(st.sampled_from(slugs), min_size=1, max_size=3, unique=True))),
        given_up=("hosts in turn",),
        past_weeks=0,
    )


def _network(session: Session, data: st.DataObject) -> tuple[Person, Wishes]:
    """Cities that lead, are members, come later or come to lead later; often nobody leads."""
    names = data.draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True), "cities")
    asked = data.draw(wishes([name.lower().replace(" ", "-") for name in names]), "wishes")
    someone = None
    for name in names:
        kind = data.draw(st.sampled_from(["lead", "member", "member", "leads later"]), name)
        status = MembershipStatus.LEAD if kind == "lead" else MembershipStatus.MEMBER
        change_on = asked.start_on + timedelta(days=20) if kind == "leads later" else None
        city = make_city(session, name, status=status, ends_on=change_on, **FIELDS.get(name, {}))
        if change_on is not None:
            begins_on = change_on + timedelta(days=1)
            city.memberships.append(Membership(status=MembershipStatus.LEAD, starts_on=begins_on))
        someone = city
    assert someone is not None
    session.flush()
    return make_person(session, city=someone, roles=[Role.COORDINATOR]), asked


def _planned(session: Session, problem: dict, actor: Person, parent: PlanRequest | None = None) -> Proposal:
    request = ask_for_plan(session, problem, wishes={}, seconds=9, actor=actor, now=MORNING, parent=parent)
    request.plan = plan_document(solve(problem_from(problem), Progress(seconds_most=1)))
    return proposal_of(session, request, PLAN)


def _take_all(session: Session, shown: Proposal, actor: Person) -> None:
    """Without a reason: a block would be raised."""
    assert findings_of_entries(session, shown, PLAN, MORNING).blocks == {}
    names = frozenset(entry.name for entry in shown.left)
    leads = offered_leads(shown.problem, shown.plan.entries)
    taking = Taking(names, Marking.AMBER, leads=leads)
    count = take_entries(session, shown, taking, stage_plan=PLAN, actor=actor, now=MORNING)
    assert count == len(names)


@SQLITE
@settings(QUIETLY, max_examples=4)
@given(data=st.data())
def test_any_plan_over_any_network_is_taken_whole(database: Database, data: st.DataObject) -> None:
    """The scoping call fell on a holiday that blocked it, and an event on a holiday of its host."""
    _check_taken_whole(database, data)


@SQLITE
@pytest.mark.slow
@settings(QUIETLY, max_examples=15 * SHARES)
@given(data=st.data())
def test_many_plans_over_many_networks_are_taken_whole(database: Database, data: st.DataObject) -> None:
    _check_taken_whole(database, data)


def _check_taken_whole(database: Database, data: st.DataObject) -> None:
    """All that is proposed, and all that is proposed again when one entry may not stand where it does."""
    with pytest.raises(_UndoneError), database.transaction() as session:
        actor, asked = _network(session, data)
        try:
            problem = problem_document(session, asked, plan=PLAN, weights=Burden(), now=MORNING)
        except InvalidInput:
            raise _UndoneError from None
        shown = _planned(session, problem, actor)
        event(f"{len(shown.left)} entries")
        if shown.left:
            _take_all(session, shown, actor)
            shown = proposal_of(session, shown.request, PLAN)
            assert not shown.left
            entry = data.draw(st.sampled_from(shown.plan.entries), "not then")
            _plan_again_and_take(session, shown, entry.name, actor)
        raise _UndoneError


def _plan_again_and_take(session: Session, shown: Proposal, name: str, actor: Person) -> None:
    """With one entry on another day; rows that stand are moved, in one step each."""
    try:
        problem = problem_again(shown, {name: EntryWish(NOT_THEN)}, "Europe/London")
    except InvalidInput:
        return
    again = _planned(session, problem, actor, shown.request)
    if again.left:
        _take_all(session, again, actor)


@SQLITE
def test_no_exchange_begins_where_its_scoping_call_falls_on_a_holiday(database: Database, net: Net) -> None:
    """Thanksgiving is the Thursday of week 2 of an exchange that begins on 15 November 2027."""
    asked = Wishes(date(2027, 11, 15), 10, has_trainings=False)
    with database.transaction() as session:
        problem = problem_document(session, asked, plan=PLAN, weights=Burden(), now=MORNING)
        assert problem["cycles"]["no_start_on"] == ["2027-11-15", "2027-12-27"]  # type: ignore[index]  # the second: Epiphany
        shown = _planned(session, problem, net.coordinator)
        (found,) = findings_of_entries(session, shown, PLAN, MORNING).beside.values()
        assert [(each.meeting.name, each.meeting.wall.on) for each in found] == [
            ("Scoping call", date(2027, 12, 2))
        ]
        _take_all(session, shown, net.coordinator)


@SQLITE
def test_a_block_that_a_pin_brings_is_named_before_the_plan_and_before_it_is_taken(
    coordinator: FlaskClient, database: Database
) -> None:
    page = coordinator.post("/plans/new", data=typed(first_monday(), has_trainings="")).location
    solved(database)
    assert "Blocks that remain" not in text_of(coordinator.get(page))
    assert "Scoping call: " in text_of(coordinator.get(page))
    name = plan_of(coordinator, page)["entries"][0]["name"]
    wish = {f"action-{name}": "move", f"on-{name}": "2027-02-15", "seconds": 9}
    again = coordinator.post(f"{page}/again", data=wish).location
    solved(database)
    shown = text_of(coordinator.get(again))
    assert "is Washington's Birthday in Washington DC" in shown
    assert shown.index("Blocks that remain") < shown.index("What changes")
    assert "Washington's Birthday" in text_of(coordinator.get(f"{again}/take"))
    taking = {"names": name, "marking": "TLP:AMBER", f"lead-{name}": "london"}
    assert coordinator.post(f"{again}/take", data=taking).status_code == 400
    assert coordinator.post(f"{again}/take", data=taking | {"reason": "Agreed."}).status_code == 303
    assert "Blocks that remain" not in text_of(coordinator.get(again))
