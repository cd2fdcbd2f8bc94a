"""Which Chromium the browser tests use, and how it is started: quietly, without talking to anybody."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.required import unavailable

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",  # containers and root have no user namespaces
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
]


@contextmanager
def running_browser() -> Iterator[Browser]:
    """A browser: $EXCHANGE_CHROMIUM, one on PATH, or Playwright's own; without any the test is left."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_executable(playwright), args=FLAGS)
        yield browser
        browser.close()


def _executable(playwright: Playwright) -> str:
    own = os.environ.get("EXCHANGE_CHROMIUM")
    found = own or next((path for name in NAMES if (path := shutil.which(name))), None)
    path = found or playwright.chromium.executable_path
    if not Path(path).exists():
        unavailable("No Chromium: install chromium, or name one in EXCHANGE_CHROMIUM.")
    return path
