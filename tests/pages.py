"""Read a page as a person does: its text without markup, spaces as one."""

import html
import re

from werkzeug.test import TestResponse


def text_of(answer: TestResponse) -> str:
    """The words of the page's body, in their order."""
    body = answer.text[answer.text.index("<main") :]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())
