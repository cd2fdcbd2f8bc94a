"""Signing in as people do: with a keyboard alone, without scripts, on a telephone."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlmodel import select

from exchange.models import Letter, Person, PersonRole, Role
from tests.browser.conftest import SampleInstallation
from tests.browser.looks import window
from tests.sign_in import answer_asked

pytestmark = pytest.mark.browser

SMALL_TARGETS = """() => [...document.querySelectorAll(
  "button, .button, summary, .nav-menu a, .option, select, input:not(.option input, [type=hidden])"
)].filter(one => one.offsetParent && one.getBoundingClientRect().height < 43.9)
  .map(one => one.outerHTML.slice(0, 120))"""


def address_of(installation: SampleInstallation, role: Role) -> str:
    with installation.database.reading() as session:
        return (
            session.exec(select(Person.email).join(PersonRole).where(PersonRole.role == role)).first() or ""
        )


def link_in_last_letter(installation: SampleInstallation) -> str:
    answer_asked(installation.database, installation.settings, installation.clock)
    with installation.database.reading() as session:
        letter = session.exec(select(Letter).order_by(Letter.id.desc())).first()
        assert letter is not None
        found = re.search(r"http\S+/sign-in/\S+", letter.text)
        assert found
        return found[0]


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.textContent.trim() || document.activeElement.name"))


def test_sign_in_with_the_keyboard_alone(browser: Browser, installation: SampleInstallation) -> None:
    """The tab key meets: skip link, wordmark, programme, the field, the button."""
    with window(browser) as context:
        page = context.new_page()
        page.goto(installation.url("/account/sessions"))
        page.keyboard.press("Tab")
        assert focused(page) == "Skip to the page"
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert focused(page) == "email"
        page.keyboard.type(address_of(installation, Role.COORDINATOR))
        page.keyboard.press("Tab")
        assert focused(page) == "Send me a link"
        with page.expect_navigation():
            page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail")

        page.goto(link_in_last_letter(installation))
        page.get_by_role("button", name="Sign me in").focus()
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert page.url == installation.url("/account/sessions")
        expect(page.get_by_role("heading", level=1)).to_have_text("Your account")


def test_focus_is_visible_on_all_that_can_be_reached(
    browser: Browser, installation: SampleInstallation
) -> None:
    with window(browser) as context:
        page = context.new_page()
        page.goto(installation.url("/sign-in"))
        for _ in range(5):
            page.keyboard.press("Tab")
            width = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
            style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert (width, style) == ("3px", "solid"), focused(page)


def test_sign_in_and_out_without_scripts(browser: Browser, installation: SampleInstallation) -> None:
    with window(browser, 360, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(installation.url("/sign-in?next=/account/sessions"))
        page.get_by_label("E-mail address").fill("nobody")
        page.get_by_role("button", name="Send me a link").click()
        expect(page.get_by_role("heading", name="Nothing was saved yet")).to_be_visible()
        expect(page.get_by_label("E-mail address")).to_have_value("nobody")
        page.get_by_label("E-mail address").fill(address_of(installation, Role.COORDINATOR))
        page.get_by_role("button", name="Send me a link").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail")
        page.goto(link_in_last_letter(installation))
        page.get_by_role("button", name="Sign me in").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Your account")
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("status")).to_contain_text("You are signed out.")


def test_menu_of_a_telephone_opens_without_scripts(
    browser: Browser, installation: SampleInstallation
) -> None:
    with window(browser, 360, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(installation.url("/sign-in"))
        programme = page.get_by_role("link", name="Programme", exact=True)
        expect(programme).to_be_hidden()
        page.get_by_text("Menu").click()
        expect(programme).to_be_visible()


def test_list_of_errors_has_the_focus_and_leads_to_the_field(
    browser: Browser, installation: SampleInstallation
) -> None:
    with window(browser) as context:
        page = context.new_page()
        page.goto(installation.url("/sign-in"))
        with page.expect_navigation():
            page.get_by_role("button", name="Send me a link").click()
        assert focused(page).startswith("Nothing was saved yet")
        page.get_by_role("link", name="E-mail address: Write your e-mail address.").click()
        assert focused(page) == "email"


def test_what_a_finger_must_hit_is_large_enough(browser: Browser, installation: SampleInstallation) -> None:
    """44 px for whatever stands alone; a link within a sentence may be as tall as its line (WCAG 2.5.8)."""
    with window(browser, 360) as context:
        page = context.new_page()
        page.goto(installation.url("/gallery"))
        page.get_by_text("Menu").click()
        small = page.evaluate(SMALL_TARGETS)
        assert small == []
