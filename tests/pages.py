"""Read a page as a person does: its text without markup, its form as it stands, where its buttons lead."""

import html
import re
from html.parser import HTMLParser

from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse


def text_of(answer: TestResponse) -> str:
    """The words of the page's body, in their order."""
    body = answer.text[answer.text.index("<main") :]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def form_values(answer: TestResponse) -> MultiDict[str, str]:
    """What a browser would send of the page's form that posts, as it stands there."""
    reader = _FormReader()
    reader.feed(answer.text[answer.text.index("<main") :])
    return reader.values


def links_of(answer: TestResponse, words: str) -> list[str]:
    """The addresses that links and buttons with these words lead to, in their order."""
    found = re.findall(r'<a[^>]*href="([^"]+)"[^>]*>(.*?)</a>', answer.text, re.DOTALL)
    return [html.unescape(address) for address, inner in found if words in re.sub(r"<[^>]+>", " ", inner)]


class _FormReader(HTMLParser):
    """Fields that are filled in, boxes that are ticked, options that are selected."""

    def __init__(self) -> None:
        super().__init__()
        self.values: MultiDict[str, str] = MultiDict()
        self._is_posting = False
        self._select = self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._is_posting = said.get("method", "").lower() == "post"
        if not self._is_posting:
            return
        name = said.get("name", "")
        if tag == "input" and name and (said.get("type") not in ("checkbox", "radio") or "checked" in said):
            self.values.add(name, said.get("value", ""))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in said:
            self.values.add(self._select, said["value"])
        elif tag == "textarea":
            self._textarea = name

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.values[self._textarea] = (self.values.get(self._textarea) or "") + data

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._textarea = ""
        elif tag == "form":
            self._is_posting = False
