"""Every form that a visitor can find: pages are opened, their forms read as a browser reads them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException

PAGES_MOST = 500
OF_ONE_ROUTE = 1  # pages looked at beside the first row's
NO_FORMS = re.compile(
    r"\.(?:ics|csv|json|txt|html|svg|css|js)|/rehears|/export|/static|/letters/\d|/print|/programme/\d"
)
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Form:
    """A form as it stands on a page: where it goes, what it holds, and its buttons."""

    action: str
    endpoint: str
    values: Pairs
    names: tuple[str, ...]
    buttons: Pairs = ()
    files: tuple[str, ...] = ()


@dataclass
class _Read:
    action: str
    values: list[tuple[str, str]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    """Collects posting forms and links."""

    def __init__(self, here: str) -> None:
        super().__init__()
        self.here = here
        self.forms: list[_Read] = []
        self.links: list[str] = []
        self._form: _Read | None = None
        self._select = self._textarea = ""
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "a":
            self.links.append(given.get("href", ""))
        elif tag == "form":
            is_post = given.get("method", "").lower() == "post"
            address = urljoin(self.here, given.get("action", "")).partition("#")[0]
            self._form = _Read(address) if is_post else None
            if self._form:
                self.forms.append(self._form)
        elif self._form is None:
            return
        elif tag == "input" and name:
            self._input(self._form, name, given)
        elif tag == "button" and name:
            self._form.buttons.append((name, given.get("value", "")))
        elif tag == "select":
            self._select = name
            self._form.names.append(name)
        elif tag == "option" and self._select and "selected" in given:
            self._form.values.append((self._select, given.get("value", "")))
        elif tag == "textarea":
            self._textarea, self._text = name, ""
            self._form.names.append(name)

    def _input(self, form: _Read, name: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        if kind == "file":
            form.files.append(name)
            return
        form.names.append(name)
        if kind not in {"checkbox", "radio"} or "checked" in given:
            form.values.append((name, given.get("value", "")))

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea" and self._form is not None:
            self._form.values.append((self._textarea, self._text.removeprefix("\n")))


def forms_found(app: Flask, client: FlaskClient, beginnings: list[str]) -> list[Form]:
    """The forms of all pages reached from ``beginnings``: one for each route and set of fields."""
    found: dict[tuple[str, tuple[str, ...]], Form] = {}
    seen_rules: dict[str, int] = {}
    waiting, seen = list(beginnings), set(beginnings)
    while waiting and len(seen) < PAGES_MOST:
        here = waiting.pop(0)
        answer = client.get(here)
        if answer.status_code != 200 or "html" not in answer.content_type:
            continue
        reader = _Reader(here)
        reader.feed(answer.text)
        for read in reader.forms:
            form = _form(app, read)
            found.setdefault((form.endpoint, form.names), form)
        for link in _inward(reader.links, here):
            endpoint = endpoint_of(app, link, "GET")
            if (
                link not in seen
                and endpoint
                and not NO_FORMS.search(link)
                and seen_rules.get(endpoint, 0) < OF_ONE_ROUTE
            ):
                seen_rules[endpoint] = seen_rules.get(endpoint, 0) + 1
                seen.add(link)
                waiting.append(link)
    return sorted(found.values(), key=lambda form: (form.endpoint, form.names))


def endpoint_of(app: Flask, address: str, method: str) -> str:
    """The route's name; "" for none."""
    try:
        return str(app.url_map.bind("localhost").match(urlsplit(address).path, method=method)[0])
    except HTTPException:
        return ""


def _form(app: Flask, read: _Read) -> Form:
    return Form(
        read.action,
        endpoint_of(app, read.action, "POST"),
        tuple((name, value) for name, value in read.values if name != "csrf_token"),
        tuple(sorted({name for name in read.names if name and name != "csrf_token"})),
        tuple(read.buttons),
        tuple(read.files),
    )


def _inward(links: list[str], here: str) -> Iterator[str]:
    for link in links:
        if re.match(r"/(?!/)", link):
            yield link.partition("#")[0]
        elif link.startswith("?"):
            yield f"{here.partition('?')[0]}{link}"
