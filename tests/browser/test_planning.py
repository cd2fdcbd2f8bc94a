"""A plan in a browser: the search is watched without reloading, the proposal's pages have no faults.

And the whole way from the form as it is offered to a published year, for each of the five years to come.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlmodel import select

from exchange.commands.initial_data import fill
from exchange.models import City, Cycle, Person, PersonRole, PlanRequest, PlanState, Role, TrainingEvent
from exchange.planner.choices import solve_with_choices
from exchange.planner.files.plan_file import plan_document
from exchange.planner.files.problem_file import problem_from
from exchange.planner.problem.problem import Burden
from exchange.planner.search.search_progress import Progress
from exchange.planning.actions import ask_for_plan
from exchange.planning.pages.queries import usual_wishes
from exchange.planning.wishes.problem_from_wishes import problem_document
from tests.browser.conftest import TODAY, SampleInstallation, serving
from tests.browser.looks import TWO_LOOKS, faint_words_of, faults_of, scrolls_sideways, window
from tests.factories import make_person, stage_plan
from tests.share import SHARES, fresh_chance

pytestmark = pytest.mark.browser
YEARS = range(TODAY.year + 1, TODAY.year + 6)


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
        wishes = replace(usual, weeks=17, cycle_count=2, fairness="leximin")
        problem = problem_document(
            session, wishes, plan=stage_plan(), weights=Burden(), now=installation.clock()
        )
        made = ask_for_plan(
            session, problem, wishes=wishes.as_document(), seconds=60, actor=person, now=installation.clock()
        )
        return made.id or 0


def _solve(installation: SampleInstallation, number: int, seconds: float = 20) -> None:
    with installation.database.reading() as session:
        problem = session.get_one(PlanRequest, number).problem
    plan = plan_document(solve_with_choices(problem_from(problem), Progress(seconds_most=seconds)))
    with installation.database.transaction() as session:
        row = session.get_one(PlanRequest, number)
        row.plan, row.state = plan, PlanState.DONE


@pytest.mark.slow
def test_each_of_five_years_is_planned_by_the_forms_defaults_taken_and_published_without_a_block(
    browser: Browser, sqlite_template: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The shipped network; one of the years a run, all of them by EXCHANGE_TEST_SHARES=5."""
    seed, chance = fresh_chance()
    years = chance.sample(YEARS, min(SHARES, len(YEARS)))
    with capsys.disabled():
        print(f"\nyears {years} (seed {seed})")
    for year in years:
        folder = tmp_path / str(year)
        folder.mkdir()
        with serving(sqlite_template, folder) as found, window(browser) as context:
            _sign_in(context.new_page(), found)
            _plan_the_year(context.pages[0], found, year)


def _sign_in(page: Page, found: SampleInstallation) -> None:
    with found.database.transaction() as session:
        fill(session, found.settings, found.clock(), with_sample=False)
        city = session.exec(select(City).where(City.name == "Stockholm")).one()
        make_person(session, city=city, roles=[Role.COORDINATOR])
    page.goto(found.link_for(Role.COORDINATOR, leads_to="/plans/new"))
    page.get_by_role("button", name="Sign me in").click()
    page.wait_for_url(found.url("/plans/new"))


def _plan_the_year(page: Page, found: SampleInstallation, year: int) -> None:
    monday = date(year, 1, 8) - timedelta(days=date(year, 1, 8).weekday())
    page.get_by_label("First Monday").fill(monday.isoformat())
    page.get_by_role("button", name="Plan it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Plan 1")
    _solve(found, 1, seconds=90)
    page.goto(found.url("/plans/1"))
    expect(page.get_by_role("heading", name="Plans to choose from")).to_be_visible()
    others = page.get_by_role("button", name="Choose the plan: ")
    assert others.count() in {1, 2}  # a third plan stands where the trade between two bends
    others.last.click()
    expect(page.get_by_role("status")).to_be_visible()
    _take_all(page, found, 1)
    _publish_all(page, found)
    _move_one(page, found)
    page.goto(found.url("/plans/1/again"))
    page.get_by_role("button", name="Plan again").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Plan 2")
    _solve(found, 2, seconds=30)
    page.goto(found.url("/plans/2"))
    expect(page.locator("main")).to_contain_text("What each city bears")
    expect(page.get_by_role("heading", name="Blocks that remain")).to_have_count(0)
    expect(page.get_by_text("Every entry of this plan stands in the programme.")).to_be_visible()


def _take_all(page: Page, found: SampleInstallation, number: int) -> None:
    page.goto(found.url(f"/plans/{number}"))
    expect(page.get_by_role("heading", name="Blocks that remain")).to_have_count(0)
    page.get_by_role("link", name="Take into the programme").click()
    for n, theme in enumerate(page.get_by_role("combobox", name="Theme of ").all(), start=1):
        theme.select_option(index=n)
    page.get_by_role("button", name="Take as drafts").click()
    expect(page.get_by_role("status")).to_contain_text("entries are in the programme now")


def _publish_all(page: Page, found: SampleInstallation) -> None:
    with found.database.reading() as session:
        paths = [f"/cycles/{row.id}" for row in session.exec(select(Cycle))]
        paths += [f"/trainings/{row.id}" for row in session.exec(select(TrainingEvent))]
    assert len(paths) > 12
    for path in paths:
        page.goto(found.url(f"{path}/publish"))
        expect(page.get_by_role("textbox", name="Reason")).to_have_count(0)
        page.get_by_role("button", name="Publish now").click()
        expect(page.get_by_role("status")).to_contain_text("is published")


def _move_one(page: Page, found: SampleInstallation) -> None:
    """The second event, by its own page, to the next of the days around it that nothing blocks."""
    page.goto(found.url("/trainings/2/edit"))
    was_on = date.fromisoformat(page.get_by_label(re.compile("^Date")).input_value())
    for days in (1, -1, 2, -2, 3, -3):
        page.goto(found.url("/trainings/2/edit"))
        page.get_by_label(re.compile("^Date")).fill((was_on + timedelta(days=days)).isoformat())
        page.get_by_role("button", name="Save").click()
        if not page.url.endswith("/edit"):
            return
    pytest.fail("every day around it is blocked")
