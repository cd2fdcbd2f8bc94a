"""The checks themselves: each must find a fault that was put there, or its silence proves nothing."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.looks import faint_words_of, faults_of, scrolls_sideways, window

pytestmark = pytest.mark.browser

PICTURE = """<svg width="300" height="60"><rect width="300" height="60" fill="#0b5161"/>
  <text x="10" y="30" fill="#fff" class="plain">Plain</text>
  <text x="150" y="30" fill="#16211f" class="faint">Faint</text></svg>"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with window(browser, 360) as context:
        yield context.new_page()


def test_faint_words_in_a_picture_are_found(page: Page) -> None:
    page.set_content(PICTURE)
    (found,) = faint_words_of(page)
    assert '"Faint" .faint' in found


def test_faint_text_and_nameless_fields_are_found(page: Page) -> None:
    page.set_content(
        '<html lang="en"><title>x</title><main><h1>x</h1><p><font color="#bbb">Faint</font></p><input>'
    )
    faults = " ".join(faults_of(page))
    assert "color-contrast" in faults
    assert "label" in faults


def test_page_wider_than_its_window_is_found(page: Page) -> None:
    page.set_content("<pre>" + "wide " * 100 + "</pre>")
    assert scrolls_sideways(page)
