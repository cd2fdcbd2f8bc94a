"""The pages behind the links of letters, and those on which answers become a product, as people see them."""

import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlmodel import col, select

from exchange.models import Cycle, Letter, Person, Product, Role
from exchange.products.actions import open_review, save_product
from exchange.products.drafts import ProductDraft
from tests.browser.conftest import SampleInstallation
from tests.browser.looks import window
from tests.browser.test_invitations import faults_in
from tests.factories import stage_plan
from tests.queueing import queue_due

pytestmark = pytest.mark.browser
ASKED_AT = datetime(2027, 1, 26, 18, tzinfo=UTC)  # the Tuesday of "Gather" in the first exchange of 2027


@pytest.fixture(scope="module")
def links(installation: SampleInstallation) -> list[str]:
    """Addresses of answer pages, as the letters of a day hold them."""
    installation.clock.set(ASKED_AT)
    with installation.database.transaction() as session:
        queue_due(session, plan=stage_plan(), settings=installation.settings, now=ASKED_AT)
    with installation.database.reading() as session:
        texts = session.exec(select(Letter.text).order_by(col(Letter.id))).all()
    found = [re.search(rf"{re.escape(installation.settings.base_url)}/answer/\S+", text) for text in texts]
    return [one[0] for one in found if one]


@pytest.fixture(scope="module")
def coordinator(
    browser: Browser, installation: SampleInstallation, links: list[str]
) -> Iterator[BrowserContext]:
    with window(browser) as context:
        page = context.new_page()
        page.goto(installation.link_for(Role.COORDINATOR, leads_to="/library"))
        page.get_by_role("button", name="Sign me in").click()
        page.wait_for_url(installation.url("/library"))
        page.close()
        yield context


def test_answer_is_written_kept_and_handed_in_without_an_account(
    browser: Browser, installation: SampleInstallation, links: list[str]
) -> None:
    """With scripts the first press of the button did nothing: a form that is being sent cannot be sent."""
    with window(browser) as context:
        page = context.new_page()
        page.goto(links[0])
        assert faults_in(page) == []
        page.locator("textarea[name^=answer_]").first.fill("We train **together** each spring.")
        page.get_by_text("Saved as a draft").first.wait_for()  # by itself, a moment after the last letter
        page.reload()
        assert page.locator("textarea[name^=answer_]").first.input_value().startswith("We train")
        with page.expect_navigation():
            page.get_by_role("button", name="Hand in").click()
        assert "TLP:GREEN" in page.locator(".error-summary, [role=alert]").first.inner_text()
        assert faults_in(page) == []
        choose_marking(page)
        with page.expect_navigation():
            page.get_by_role("button", name="Hand in").click()
        assert faults_in(page) == []
        page.goto(f"{links[0]}/pass")
        assert faults_in(page) == []
        page.goto(installation.url("/answer/" + "x" * 43))
        assert faults_in(page) == []


def choose_marking(page: Page) -> None:
    field = page.locator("[name=marking]")
    if field.first.evaluate("one => one.tagName") == "SELECT":
        field.select_option("TLP:GREEN")
    else:
        page.locator("[name=marking][value='TLP:GREEN']").check()


def test_review_and_print_views_have_no_faults(
    coordinator: BrowserContext, browser: Browser, installation: SampleInstallation
) -> None:
    """The headings of a draft began a level too low for the reviewer's page."""
    with installation.database.transaction() as session:
        found = session.exec(
            select(Cycle).where(col(Cycle.published_at).is_not(None)).order_by(col(Cycle.starts_on))
        )
        cycle = found.first()
        assert cycle is not None
        number = cycle.id or 0
        actor = session.exec(select(Person)).first()
        assert actor is not None
        text = "# Findings\n\n- Cities train together.\n\n" + "Many words fill a sheet of paper. " * 500
        draft = ProductDraft(0, "Drones over crowds", "TLP:AMBER", text)
        save_product(session, cycle, draft, actor=actor, now=installation.clock())
        product = session.exec(select(Product).where(Product.cycle_id == number)).one()
        open_review(session, cycle, product, actor=actor, now=installation.clock())
    page = coordinator.new_page()
    for path in ("product", "product/print"):
        page.goto(installation.url(f"/cycles/{number}/{path}"))
        expect(page.get_by_text("Cities train together.")).to_be_visible()
        assert faults_in(page) == [], path
    sheets = glyphs_of_sheets(page.pdf(prefer_css_page_size=True))
    page.close()
    assert len(sheets) >= 3
    marking = sheets[0][: len("TLP:AMBER")]  # its letters stand apart, so each is drawn by itself
    assert len(set(marking)) == 9
    assert all(sheet[:9] == marking == sheet[-9:] for sheet in sheets)
    with window(browser) as context:
        page = context.new_page()
        page.goto(installation.link_for(Role.CITY_CONTACT, leads_to=f"/cycles/{number}"))
        page.get_by_role("button", name="Sign me in").click()
        page.get_by_role("link", name="Review the draft").click()
        page.get_by_role("textbox", name="Comment").fill("A date is wrong.")
        assert faults_in(page) == []
        page.get_by_role("button", name="Send the comment").click()
        page.get_by_text("Your comment is kept.").wait_for()
        assert faults_in(page) == []


def glyphs_of_sheets(pdf: bytes) -> list[list[bytes]]:
    """What is drawn on each sheet of a PDF file, glyph run by glyph run, in order."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    unpacked = []
    for one in streams:
        with suppress(zlib.error):
            unpacked.append(zlib.decompress(one))
    return [found for one in unpacked if (found := re.findall(rb"<([0-9A-F]+)> Tj", one))]


@pytest.mark.parametrize(
    "path",
    [
        "answers",
        "answers/print",
        "questions/cities",
        "questions/groups",
        "product",
        "product/edit",
        "silence",
        "ladder",
    ],
)
def test_page_of_a_coordinator_about_answers_has_no_faults(
    coordinator: BrowserContext, installation: SampleInstallation, path: str
) -> None:
    page = coordinator.new_page()
    with installation.database.reading() as session:
        number = session.exec(select(Cycle.id).order_by(col(Cycle.starts_on))).first()
    answered = page.goto(installation.url(f"/cycles/{number}/{path}"))
    assert answered is not None
    assert answered.status == 200, path
    assert faults_in(page) == []
    page.close()
