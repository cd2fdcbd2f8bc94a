"""A person at a browser without JavaScript: follows links, fills in forms, over real HTTP.

Not a test: it asserts only that pages come, so that a flow reads as what a person does.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin

import requests

Values = dict[str, list[str]]


@dataclass
class Form:
    """A form as the page sent it: where it goes and what it would send if nothing were typed."""

    action: str
    method: str
    values: Values = field(default_factory=dict)
    buttons: dict[str, tuple[str, str]] = field(default_factory=dict)  # label: name and value


class _FormReader(HTMLParser):
    """Collects the forms of a page with their prefilled values, as a browser would send them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self._select: str | None = None
        self._option: tuple[str, bool] | None = None
        self._area: str | None = None
        self._button: dict[str, str | None] | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.forms.append(Form(given.get("action") or "", (given.get("method") or "get").lower()))
        elif not self.forms:
            return
        elif tag == "input":
            self._input(given)
        elif tag == "select":
            self._select = given.get("name")
        elif tag == "option" and self._select:
            self._choose(given)
        elif tag == "textarea":
            self._area, self._text = given.get("name"), ""
        elif tag == "button":
            self._button, self._text = given, ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = None
        elif tag == "textarea" and self._area:
            self._add(self._area, self._text.removeprefix("\n"))
            self._area = None
        elif tag == "button" and self._button is not None:
            label = " ".join(self._text.split())
            self.forms[-1].buttons[label] = (self._button.get("name") or "", self._button.get("value") or "")
            self._button = None

    def handle_data(self, data: str) -> None:
        self._text += data

    def _input(self, given: dict[str, str | None]) -> None:
        name, kind = given.get("name"), (given.get("type") or "text").lower()
        if not name or "disabled" in given:
            return
        if kind == "submit":
            self.forms[-1].buttons[given.get("value") or ""] = (name, given.get("value") or "")
        elif kind not in {"checkbox", "radio"} or "checked" in given:
            self._add(name, given.get("value") or ("on" if kind == "checkbox" else ""))

    def _choose(self, given: dict[str, str | None]) -> None:
        assert self._select is not None
        values = self.forms[-1].values
        if "selected" in given or self._select not in values:
            values[self._select] = [given.get("value") or ""]

    def _add(self, name: str, value: str) -> None:
        self.forms[-1].values.setdefault(name, []).append(value)


class Visitor:
    """One person's browser: cookies, the page in front of them, and its forms."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.session = requests.Session()
        self.page = requests.Response()

    def close(self) -> None:
        """Close the connections."""
        self.session.close()

    @property
    def address(self) -> str:
        """Where the page in front stands, without the place on it."""
        return urldefrag(str(self.page.url)).url

    def open(self, path: str, *, expect: int = 200) -> str:
        """Follow a link; the page's text."""
        self.page = self.session.get(urljoin(self.base_url, path), timeout=30)
        assert self.page.status_code == expect, f"{path}: {self.page.status_code}\n{self.page.text[:2000]}"
        return self.page.text

    def link_ending(self, end: str) -> str:
        """The first link of the page that ends so."""
        links = map(unescape, re.findall(r'href="([^"]+)"', self.page.text))
        found = next((one for one in links if one.endswith(end)), None)
        assert found, f"no link to {end} on {self.page.url}"
        return found

    def forms(self) -> list[Form]:
        """The forms of the page in front."""
        reader = _FormReader()
        reader.feed(self.page.text)
        reader.close()
        return reader.forms

    def form_with(self, *names: str) -> Form:
        """The form of the page that has all these fields."""
        for form in self.forms():
            if set(names) <= form.values.keys() | {name for name, _ in form.buttons.values()}:
                return form
        raise AssertionError(f"no form with {names} on {self.page.url}: {self.forms()}")

    def form_to(self, action_end: str) -> Form:
        """The form of the page whose address ends so."""
        for form in self.forms():
            if form.method == "post" and urljoin(self.address, form.action).endswith(action_end):
                return form
        raise AssertionError(f"no form to {action_end} on {self.page.url}: {self.forms()}")

    def submit(
        self, form: Form, *, button: str | None = None, expect: int = 200, **typed: str | Iterable[str]
    ) -> str:
        """Type into a form and send it with a button (by its label); the text of the page that comes."""
        values = dict(form.values)
        for name, value in typed.items():
            values[name] = [value] if isinstance(value, str) else list(value)
        if button is not None:
            name, value = form.buttons[button]
            if name:
                values[name] = [value]
        address = urljoin(self.address, form.action)
        sent = [(name, value) for name, many in values.items() for value in many]
        if form.method == "post":
            self.page = self.session.post(address, data=sent, timeout=60)
        else:
            self.page = self.session.get(address, params=sent, timeout=60)
        assert self.page.status_code == expect, f"{address}: {self.page.status_code}\n{self.page.text[:3000]}"
        return self.page.text
