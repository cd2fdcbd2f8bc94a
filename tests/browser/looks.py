"""How a page is looked at: the windows and the colour schemes, and what every page must hold."""

from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

WIDTHS = (360, 1280)
PATIENCE_MS = 15_000  # half of Playwright's own: a fault should be said soon
SCHEMES = ("light", "dark")
ALL_LOOKS = [(scheme, width) for scheme in SCHEMES for width in WIDTHS]
TWO_LOOKS = [("light", 360), ("dark", 1280)]  # each width and each scheme once: half the time
RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}


@contextmanager
def window(
    browser: Browser, width: int = 1280, scheme: str = "light", **more: bool
) -> Iterator[BrowserContext]:
    """A browser window of its own, without cookies."""
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce", **more
    )
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


def faults_of(page: Page) -> list[str]:
    """What axe finds wrong, and what it could not decide: both have to be nothing."""
    found = Axe().run(page, options=RULES).response
    return [
        f"{kind} {one['id']}: {node['html'][:160]} {node['any'][:1]}"
        for kind in ("violations", "incomplete")
        for one in found[kind]
        for node in one["nodes"]
        if not (kind == "incomplete" and _is_scrolled_out(page, one["id"], node["target"][0]))
    ]


def _is_scrolled_out(page: Page, rule: str, target: str) -> bool:
    """Whether axe could not judge the contrast of a cell because its table is scrolled by itself."""
    if rule != "color-contrast":
        return False
    return bool(page.evaluate("target => !!document.querySelector(target)?.closest('.table-frame')", target))


def scrolls_sideways(page: Page) -> bool:
    """Whether the page is wider than its window."""
    return bool(page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))
