"""The walk of the README, "your first cycle in five minutes", pressed step by step in a browser."""

import pytest
from playwright.sync_api import Browser, expect

from exchange.feeds.publishing.publish import publish_stale
from exchange.models import Role
from tests.browser.conftest import SampleInstallation
from tests.browser.looks import window

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [360, 1280])
def test_first_cycle_as_the_readme_says(
    browser: Browser, installation: SampleInstallation, width: int
) -> None:
    with window(browser, width) as context:
        page = context.new_page()

        page.goto(installation.link_for(Role.COORDINATOR))
        page.get_by_role("button", name="Sign me in").click()
        page.get_by_role("link", name="New cycle").click()

        page.get_by_role("combobox", name="Theme").select_option(index=3)
        page.get_by_role("textbox", name="Title").fill(f"First cycle at {width}")
        page.get_by_role("combobox", name="Lead city").select_option("Stockholm")
        page.get_by_role("checkbox", name="London").check()
        page.get_by_role("checkbox", name="Washington DC").check()
        page.get_by_role("checkbox", name="G5").check()
        page.get_by_role("radio", name="TLP:GREEN").check()
        page.locator("button[name=preview]:visible").last.click()
        expect(page.get_by_role("heading", name="Preview:")).to_be_visible()
        expect(page.get_by_text("At night").first).to_be_visible()
        if page.get_by_role("textbox", name="Reason").count():
            page.get_by_role("textbox", name="Reason").fill("The three lead cities agreed.")

        page.get_by_role("button", name="Save as draft").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(f"First cycle at {width}")
        page.get_by_role("link", name="Publish", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(f"Publish First cycle at {width}")
        expect(page.get_by_text("Stockholm").first).to_be_visible()
        page.get_by_role("button", name="Publish now").click()
        expect(page.get_by_role("status")).to_contain_text("is published")

        publish_stale(installation.database, installation.settings, installation.clock())
        page.goto(installation.url("/feeds"))
        address = page.get_by_label("Address of Stockholm").input_value()
        answer = context.request.get(address)
        assert f"First cycle at {width}" in answer.text().replace("\r\n ", "")

        page.goto(installation.url("/letters"))
        expect(page.get_by_role("heading", level=1)).to_have_text("What goes out next")
        page.get_by_role("link", name="What went out").click()
        page.get_by_role("link", name="Mailbox").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Mailbox")
