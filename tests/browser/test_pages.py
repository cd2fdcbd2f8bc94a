"""Every main page, light and dark, on telephone and desktop: axe has nothing to say, none is too wide."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from sqlmodel import select

from exchange.follow_up.progress import Decider, ProgressDraft, set_progress
from exchange.lessons.action_changes import add_action
from exchange.lessons.drafts import ActionDraft
from exchange.lessons.seeds import load_findings, read_findings
from exchange.models import City, Headway, Lesson, Person, PersonRole, Role
from exchange.requests.words import SLUGS
from exchange.settings import CONFIG, read_toml
from tests.browser.conftest import SampleInstallation
from tests.browser.governance import OF_GOVERNANCE, write_governance
from tests.browser.looks import ALL_LOOKS, TWO_LOOKS, faint_words_of, faults_of, scrolls_sideways, window

pytestmark = pytest.mark.browser

FOR_VISITORS = ("/", "/sign-in", "/sign-in/sent", "/sign-in/spent-or-unknown", "/no-such-page", "/gallery")
FOR_WHO_ASKS = ("/ask", *(f"/ask/{slug}" for slug in SLUGS), "/ask/fault/sent?day=2026-11-30")
FOR_COORDINATORS = (
    "/",
    "/account/sessions",
    "/actions",
    "/actions/1",
    "/actions/1/update",
    "/busy",
    "/busy/give",
    "/desk",
    "/cycles",
    "/cycles/new",
    "/cycles/1",
    "/cycles/1/move-start",
    "/cycles/1/publish",
    "/cycles/1/ladder",
    "/cycles/1/rehearsal?from=2026-11-01",
    "/cycles/1/silence",
    "/feeds",
    "/figures/2027",
    "/figures/2027?quarter=2",
    "/feeds/2/replace",
    "/feeds/2/revoke",
    "/findings",
    "/findings/1",
    "/findings/1/actions/new",
    "/findings/1/cities/1",
    "/findings/cities",
    "/findings/new",
    "/gallery",
    "/import",
    "/import/findings",
    "/letters",
    "/letters/addresses",
    "/letters/replies",
    "/letters/sent",
    "/letters/wordings",
    "/letters/duties",
    "/letters/wordings/E4",
    "/letters/wordings/duties",
    "/letters/wordings/change",
    "/network/boards",
    "/network/cities",
    "/network/cities/new",
    "/network/cities/stockholm",
    "/network/cities/stockholm/edit",
    "/network/cities/stockholm/years/2027",
    "/network/cities/stockholm/end",
    "/network/cities/stockholm/status",
    "/network/groups",
    "/network/groups/1/edit",
    "/network/groups/new",
    "/network/organisations",
    "/desk",
    "/desk/late",
    "/directory",
    "/roles",
    "/network/people",
    "/network/people/1/edit",
    "/network/people/new",
    "/network/themes",
    "/fairness",
    "/plans",
    "/plans/from-file",
    "/plans/new",
    "/status",
    "/themes",
    "/themes/1",
    "/themes/coverage",
    "/trainings",
    "/trainings/1",
    "/trainings/1/edit",
    "/trainings/1/preparation",
    "/trainings/1/preparation/final-aar/done",
    "/trainings/1/preparation/ipm/hour",
    "/trainings/1/preparation/objectives",
    "/trainings/1/preparation/reading",
    "/trainings/new",
)
FOR_CONTACTS = ("/busy", "/fairness", "/feeds", "/network/cities", "/network/cities/{own}")
FOCUSED = """() => {
    const at = document.activeElement;
    return [at.getAttribute("name") || at.innerText, parseFloat(getComputedStyle(at).outlineWidth)];
}"""
LOOKED_AT_CLOSELY = ("/sign-in", "/gallery")  # between them they hold every part there is


@pytest.fixture(scope="module")
def visitor(browser: Browser) -> Iterator[BrowserContext]:
    with window(browser) as context:
        yield context


@pytest.fixture(scope="module")
def coordinator(browser: Browser, installation: SampleInstallation) -> Iterator[BrowserContext]:
    with window(browser) as context:
        _write_findings(installation)
        with installation.database.transaction() as session:
            write_governance(session, installation.settings, installation.clock())
        _sign_in(context, installation, Role.COORDINATOR, "/status")
        yield context


def _write_findings(installation: SampleInstallation) -> None:
    """The thirteen of the file, what every city says of the first, and an action that is late."""
    now = installation.clock()
    by = Decider(None, now)
    with installation.database.transaction() as session:
        load_findings(session, read_findings(read_toml(CONFIG / "findings.toml")), by=by)
        lesson = session.exec(select(Lesson).where(Lesson.key == "summit-1")).one()
        for number, city in enumerate(session.exec(select(City).order_by(City.name))):
            draft = ProgressDraft(list(Headway)[number % len(Headway)], note="Where we are, in some words.")
            set_progress(session, lesson, city, draft, version=0, by=by)
        late = ActionDraft("Share the checklist", now.date() - timedelta(days=3), owner_city_id=city.id)
        add_action(session, late, lesson=lesson, by=by)


@pytest.fixture(scope="module")
def contact(browser: Browser, installation: SampleInstallation) -> Iterator[BrowserContext]:
    with window(browser) as context:
        _sign_in(context, installation, Role.CITY_CONTACT, "/feeds")
        yield context


@pytest.mark.parametrize("path", FOR_VISITORS + FOR_WHO_ASKS)
def test_page_of_visitors_has_no_faults(
    path: str, visitor: BrowserContext, installation: SampleInstallation
) -> None:
    assert _faults(visitor, installation.url(path)) == []


@pytest.mark.parametrize("path", FOR_COORDINATORS + OF_GOVERNANCE)
def test_page_of_coordinators_has_no_faults(
    path: str, coordinator: BrowserContext, installation: SampleInstallation
) -> None:
    assert _faults(coordinator, installation.url(path)) == []


@pytest.mark.parametrize("path", FOR_CONTACTS)
def test_page_of_contacts_has_no_faults(
    path: str, contact: BrowserContext, installation: SampleInstallation
) -> None:
    with installation.database.reading() as session:
        own = select(City.slug).join(Person).join(PersonRole).where(PersonRole.role == Role.CITY_CONTACT)
        slug = session.exec(own.order_by(Person.id)).first()
    assert _faults(contact, installation.url(path.format(own=slug))) == []


def test_page_has_one_heading_and_its_name_in_the_title(
    visitor: BrowserContext, installation: SampleInstallation
) -> None:
    page = visitor.new_page()
    page.goto(installation.url("/sign-in"))
    assert page.title() == "Sign in · CTPN"
    assert page.locator("h1").count() == 1
    assert page.locator("main").count() == 1
    page.close()


def test_a_statement_prints_whole_and_fits_a_telephone(
    coordinator: BrowserContext, installation: SampleInstallation
) -> None:
    """On paper there are no ways to other pages, and on a narrow screen nothing is beside it."""
    page = coordinator.new_page()
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(installation.url("/money/parties/1/payers/2/2026/statement"))
    assert page.locator("h1").inner_text() == "Statement of 2026-27"
    assert not scrolls_sideways(page)
    page.emulate_media(media="print")
    assert page.get_by_role("link").all() == []
    page.close()


@pytest.mark.parametrize("path", ["/money/lines/new", "/ask/accessible-format"])
def test_the_keyboard_goes_through_a_form_as_it_is_read(
    path: str, coordinator: BrowserContext, installation: SampleInstallation
) -> None:
    page = coordinator.new_page()
    page.goto(installation.url(path))
    fields = page.locator("main form").locator("input:not([type=hidden]), select, textarea, button")
    names = [field.get_attribute("name") or field.inner_text() for field in fields.all()]
    fields.first.focus()
    gone = [page.evaluate(FOCUSED)]
    while gone[-1][0] != names[-1] and len(gone) < 40:
        page.keyboard.press("Tab")
        gone.append(page.evaluate(FOCUSED))
    assert list(dict.fromkeys(name for name, _outline in gone)) == names, "a date has three stops"
    assert all(outline >= 2 for _name, outline in gone[1:])
    page.close()


def test_titles_in_the_picture_of_the_year_touch_no_other(
    coordinator: BrowserContext, installation: SampleInstallation
) -> None:
    """Exchanges that follow one another closely had their titles written over each other."""
    page = coordinator.new_page()
    page.goto(installation.url("/?year=2027"))
    titles = page.locator(".timeline .tl-title")
    boxes = [box for box in (one.bounding_box() for one in titles.all()) if box]
    assert len(boxes) >= 5
    rows = {round(box["y"]) for box in boxes}
    for row in rows:
        line = sorted((b for b in boxes if round(b["y"]) == row), key=lambda b: b["x"])
        ends = [box["x"] + box["width"] for box in line]
        assert all(end < after["x"] for end, after in zip(ends, line[1:], strict=False))
    page.close()


def _sign_in(context: BrowserContext, installation: SampleInstallation, role: Role, leads_to: str) -> None:
    page = context.new_page()
    page.goto(installation.link_for(role, leads_to=leads_to))
    page.get_by_role("button", name="Sign me in").click()
    page.wait_for_url(installation.url(leads_to))
    page.close()


def _faults(context: BrowserContext, url: str) -> list[str]:
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    answer = page.goto(url)
    if answer is not None and answer.status == 404 and "no-such" not in url:
        page.close()
        return [f"{url} is not there"]
    looks = ALL_LOOKS if url.endswith(LOOKED_AT_CLOSELY) else TWO_LOOKS
    faults = [fault for scheme, width in looks for fault in _faults_in(page, scheme, width)]
    page.close()
    return faults + [words for words in said if "404" not in words and "410" not in words]


def _faults_in(page: Page, scheme: str, width: int) -> list[str]:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    faults = [f"{scheme} {width}: {fault}" for fault in [*faults_of(page), *faint_words_of(page)]]
    return [*faults, f"{width}: scrolls sideways"] if scrolls_sideways(page) else faults
