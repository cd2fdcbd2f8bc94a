"""How a page is looked at: the windows and the colour schemes, and what every page must hold."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

WIDTHS = (360, 1280)
PATIENCE_MS = 15_000  # half of Playwright's own: a fault should be said soon
FAINT_WORDS = Path(__file__).parent / "faint_words.js"
SCHEMES = ("light", "dark")
ALL_LOOKS = [(scheme, width) for scheme in SCHEMES for width in WIDTHS]
TWO_LOOKS = [("light", 360), ("dark", 1280)]  # each width and each scheme once: half the time
RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}


# A letter is a part of a mail program's page: landmarks and headings are that page's.
LETTER_RULES = {
    "runOnly": {"type": "tag", "values": [v for v in RULES["runOnly"]["values"] if v != "best-practice"]},
    "rules": {"bypass": {"enabled": False}},
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


def faults_of(page: Page, rules: dict[str, object] = RULES) -> list[str]:
    """What axe finds wrong, and what it could not decide: both have to be nothing."""
    found = Axe().run(page, options=rules).response
    return [
        f"{kind} {one['id']}: {node['html'][:160]} {node['any'][:1]}"
        for kind in ("violations", "incomplete")
        for one in found[kind]
        for node in one["nodes"]
        if not (kind == "incomplete" and _is_beyond_axe(page, one["id"], node["target"][0]))
    ]


def faint_words_of(page: Page) -> list[str]:
    """Words in pictures with less than 4.5:1 on what is drawn behind them: axe does not look there."""
    found: list[str] = page.evaluate(FAINT_WORDS.read_text(encoding="utf-8"))
    return found


def _is_beyond_axe(page: Page, rule: str, target: str) -> bool:
    """Whether axe could not judge a contrast: words in a picture, or a cell of a table scrolled by itself."""
    where = "target => !!document.querySelector(target)?.closest('.table-frame, svg')"
    return rule == "color-contrast" and bool(page.evaluate(where, target))


def scrolls_sideways(page: Page) -> bool:
    """Whether the page is wider than its window."""
    return bool(page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))
