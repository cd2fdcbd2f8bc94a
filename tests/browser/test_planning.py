"""A plan in a browser: the search is watched without reloading, and the proposal's pages have no faults."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, BrowserContext, expect
from sqlmodel import select

from exchange.models import Person, PersonRole, PlanRequest, PlanState, Role
from exchange.planner.choices import solve_with_choices
from exchange.planner.files.plan_file import plan_document
from exchange.planner.files.problem_file import problem_from
from exchange.planner.problem.problem import Burden
from exchange.planner.search.search_progress import Progress
from exchange.planning.actions import ask_for_plan
from exchange.planning.pages.queries import usual_wishes
from exchange.planning.wishes.problem_from_wishes import problem_document
from tests.browser.conftest import SampleInstallation
from tests.browser.looks import TWO_LOOKS, faint_words_of, faults_of, scrolls_sideways, window
from tests.factories import stage_plan

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def coordinator(browser: Browser, installation: SampleInstallation) -> Iterator[BrowserContext]:
    with window(browser) as context:
        page = context.new_page()
        page.goto(installation.link_for(Role.COORDINATOR, leads_to="/plans"))
        page.get_by_role("button", name="Sign me in").click()
        page.wait_for_url(installation.url("/plans"))
        page.close()
        yield context


@pytest.mark.slow
def test_search_is_watched_and_its_proposal_has_no_faults(
    coordinator: BrowserContext, installation: SampleInstallation
) -> None:
    number = _ask(installation)
    page = coordinator.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.goto(installation.url(f"/plans/{number}"))
    expect(page.get_by_role("progressbar")).to_be_visible()
    with installation.database.transaction() as session:
        row = session.get_one(PlanRequest, number)
        row.state, row.stage, row.best, row.bound = PlanState.RUNNING, "total", 430, 412
    expect(
        page.get_by_text("Points of all cities together: 430 so far.")
    ).to_be_visible()  # nobody has reloaded the page
    _solve(installation, number)
    expect(page.get_by_role("heading", name="What each city bears")).to_be_visible()
    expect(page.get_by_role("heading", name="Plans to choose from")).to_be_visible()
    page.get_by_role("button", name="Choose the plan: Cheapest").click()
    expect(page.get_by_role("button", name="Choose the plan: Fairest")).to_be_visible()

    first = page.locator(".plan-entries > li").first.get_attribute("id")
    for path in ("", "/take", "/again", f"/why-not?on=2028-03-15&entry={first}", "/delete"):
        page.goto(installation.url(f"/plans/{number}{path}"))
        for scheme, width in TWO_LOOKS:
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 800})
            assert [*faults_of(page), *faint_words_of(page)] == [], path
            assert not scrolls_sideways(page), path
    page.close()
    assert said == []


def _ask(installation: SampleInstallation) -> int:
    with installation.database.transaction() as session:
        of_role = select(Person).join(PersonRole).where(PersonRole.role == Role.COORDINATOR)
        person = session.exec(of_role).first()
        assert person is not None
        usual = usual_wishes(session, installation.clock().date(), stage_plan())
        wishes = replace(usual, weeks=17, fairness="leximin")
        problem = problem_document(
            session, wishes, plan=stage_plan(), weights=Burden(), now=installation.clock()
        )
        made = ask_for_plan(
            session, problem, wishes=wishes.as_document(), seconds=60, actor=person, now=installation.clock()
        )
        return made.id or 0


def _solve(installation: SampleInstallation, number: int) -> None:
    with installation.database.reading() as session:
        problem = session.get_one(PlanRequest, number).problem
    plan = plan_document(solve_with_choices(problem_from(problem), Progress(seconds_most=20)))
    with installation.database.transaction() as session:
        row = session.get_one(PlanRequest, number)
        row.plan, row.state = plan, PlanState.DONE
