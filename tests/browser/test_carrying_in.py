"""What is brought in from outside, by hand in a browser: a busy calendar's address, and a programme."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect
from sqlmodel import select

from exchange.models import BusyCalendar, BusyInterval, Role
from tests.browser.conftest import SampleInstallation
from tests.browser.looks import window

pytestmark = pytest.mark.browser

TABLE = """kind;title;date;start;city;theme;type
training;Möte om vatten;2027-09-14;10:00;Stockholm;T09;workshop
training;Somewhere else;2027-09-21;10:00;Atlantis;;
cycle;;2028-01-10;14:00;London;T09;
"""


@pytest.fixture
def coordinator(browser: Browser, installation: SampleInstallation) -> Iterator[BrowserContext]:
    """Without scripts: everything must work so."""
    with window(browser, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(installation.link_for(Role.COORDINATOR, leads_to="/busy"))
        page.get_by_role("button", name="Sign me in").click()
        page.wait_for_url(installation.url("/busy"))
        yield context


def test_a_busy_calendar_is_given_looked_at_and_removed(
    coordinator: BrowserContext, installation: SampleInstallation
) -> None:
    (page,) = coordinator.pages
    page.get_by_role("link", name="Give a calendar").first.click()
    page.get_by_label("Whose calendar").select_option("The city of Stockholm")
    page.get_by_label("Address", exact=True).fill("webcal://calendar.example.org/private-1/basic.ics")
    page.get_by_role("button", name="Give the calendar").click()
    expect(page.get_by_role("heading", name="Stockholm calendar.example.org")).to_be_visible()
    with installation.database.transaction() as session:
        row = session.exec(select(BusyCalendar)).one()
        row.looked_at = installation.clock()
        row.copied_at, row.left_out = installation.clock() - timedelta(days=2), 1
        row.problem, row.problem_values = (
            "The certificate of the server is not valid, so nothing was read.",
            {},
        )
        until = installation.clock() + timedelta(hours=9)
        session.add(BusyInterval(calendar_id=row.id or 0, starts_at=installation.clock(), ends_at=until))
    page.get_by_role("button", name="Look now").click()
    expect(page.get_by_text("The certificate of the server is not valid")).to_be_visible()
    expect(page.get_by_text("2 days old")).to_be_visible()
    page.get_by_role("link", name="Change the address").click()
    expect(page.get_by_label("Address", exact=True)).to_have_value("")
    page.go_back()
    page.get_by_role("link", name="Remove the calendar of Stockholm").click()
    page.get_by_role("button", name="Remove the calendar").click()
    expect(page.get_by_role("heading", name="No busy calendar yet")).to_be_visible()


def test_a_programme_is_looked_at_and_imported(
    coordinator: BrowserContext, installation: SampleInstallation, tmp_path: Path
) -> None:
    table = tmp_path / "programme.csv"
    table.write_text(TABLE, encoding="windows-1252")
    (page,) = coordinator.pages
    page.goto(installation.url("/"))
    page.get_by_role("link", name="Import", exact=True).click()
    page.get_by_label("File").set_input_files(table)
    page.get_by_label("Reason for rows on blocked days").fill("As it stood")
    page.get_by_role("button", name="Look at the rows").click()
    expect(page.get_by_text("2 drafts would be made, 1 row is left out.")).to_be_visible()
    page.get_by_role("button", name="Import 2 drafts").click()
    expect(page.get_by_text("2 drafts were imported.")).to_be_visible()
    page.goto(installation.url("/trainings"))
    expect(page.get_by_role("link", name="Möte om vatten")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="table (CSV)").click()
    assert "Möte om vatten" in download.value.path().read_text(encoding="utf-8-sig")
