"""The pages of an empty installation, from the console's address to the first steps, in every look."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from exchange.first_start.console_addresses import console_address
from tests.browser.conftest import SampleInstallation, serving
from tests.browser.looks import ALL_LOOKS, faint_words_of, faults_of, scrolls_sideways, window

pytestmark = pytest.mark.browser


@pytest.fixture
def empty(sqlite_template: Path, tmp_path: Path) -> Iterator[SampleInstallation]:
    """An installation as migrate leaves it."""
    with serving(sqlite_template, tmp_path) as served:
        yield served


def look(page: Page, heading: str) -> None:
    assert page.get_by_role("heading", name=heading).first.is_visible()
    assert faults_of(page) == []
    assert faint_words_of(page) == []
    assert not scrolls_sideways(page)


@pytest.mark.slow
@pytest.mark.parametrize(("scheme", "width"), ALL_LOOKS)
def test_first_coordinator_comes_from_the_console_to_the_first_steps(
    browser: Browser, empty: SampleInstallation, scheme: str, width: int
) -> None:
    with window(browser, width, scheme) as context:
        page = context.new_page()
        page.goto(empty.url("/"))
        look(page, "Nobody coordinates this network yet")
        page.goto(empty.url("/first-run/long-gone"))
        look(page, "This address opens nothing")
        address = console_address(empty.settings, empty.clock())
        page.goto(address)
        look(page, "The first coordinator")
        page.get_by_label("Your name").fill("Ylva Berg")
        page.get_by_label("Your e-mail address").fill("ylva")
        page.get_by_role("button", name="Coordinate this network").press("Enter")
        look(page, "Nothing was saved yet")
        page.get_by_label("Your e-mail address").fill("ylva@example.org")
        page.get_by_role("button", name="Coordinate this network").press("Enter")
        look(page, "The first steps")
        assert page.locator("[aria-current=step] h3").inner_text().startswith("The network")
        page.goto(address)
        look(page, "This address opens nothing any more")
