"""A passkey set up, used to sign in and to confirm, and taken away: in a browser with a virtual device."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from exchange.models import Role
from tests.browser.conftest import SampleInstallation
from tests.browser.looks import window

pytestmark = pytest.mark.browser

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a browser that has a device with a finger on it."""
    with window(browser) as context:
        opened = context.new_page()
        devices = context.new_cdp_session(opened)
        devices.send("WebAuthn.enable")
        devices.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
        yield opened


def sign_in(page: Page, installation: SampleInstallation, leads_to: str) -> None:
    page.goto(installation.link_for(Role.COORDINATOR, leads_to))
    page.get_by_role("button", name="Sign me in").click()


def test_passkey_signs_in_confirms_and_is_removed(page: Page, installation: SampleInstallation) -> None:
    sign_in(page, installation, "/account/sign-in")
    expect(page.get_by_text("No passkey was made.")).to_be_hidden()
    page.get_by_label("Name").fill("Work telephone")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your recovery codes")
    assert page.locator(".codes code").count() == 10
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_role("rowheader", name="Work telephone")).to_be_visible()

    page.get_by_role("button", name="Sign out").click()
    sign_in(page, installation, "/account/sign-in")
    expect(page.get_by_role("heading", level=1)).to_have_text("One more step")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Second factor")

    installation.clock.advance(minutes=11)
    page.get_by_role("link", name="Remove Work telephone").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Is it you?")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Remove the passkey “Work telephone”?")
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("status")).to_contain_text("no longer signs you in")


def test_without_scripts_the_app_is_offered(browser: Browser, installation: SampleInstallation) -> None:
    with window(browser, 360, java_script_enabled=False) as context:
        page = context.new_page()
        sign_in(page, installation, "/account/sign-in")
        expect(page.get_by_role("button", name="Add a passkey")).to_be_hidden()
        expect(page.get_by_text("Passkeys need a browser with scripts.")).to_be_visible()
        page.get_by_role("link", name="Set up an app").click()
        expect(page.get_by_role("img", name="The secret as a picture")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
