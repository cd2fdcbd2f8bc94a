"""What was tried from outside, over real HTTP against a served installation, on either database.

Each line of a list is a case: what the visitor sees, and that nothing changed by it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import pytest
import requests
from sqlmodel import select

from exchange.db import Database
from exchange.models import City, Cycle, Person, TrainingEvent
from exchange.rules.markings.tlp_labels import Marking
from exchange.settings import Settings
from tests.attacks.house import House, house

OUTSIDERS = (
    "nobody",
    "uninvited contact",
    "expert in no group",
    "moved contact",
    "expert whose seat ended",
    "contact of a city that left",
    "lead of a city that left",
    "expert of a city that left",
    "finance contact",
    "liaison",
)
ABSENT = {403, 404}
ELSEWHERE = ("https://evil.example.org", "//evil.example.org", "/\\evil.example.org", "\\\\evil.example.org")
ELSEWHERE += ("https:evil.example.org", "javascript:alert(1)", "/%0d%0aSet-Cookie:a=b", "http://[::1]/")
ELSEWHERE += (
    "\t//evil.example.org",
    "/../\\evil.example.org",
    "data:text/html,x",
    " https://evil.example.org",
)
UP = (
    "/static/../config/default.toml",
    "/static/%2e%2e/config/default.toml",
    "/static/..%2f..%2fetc/passwd",
    "/static/%252e%252e/pyproject.toml",
    "/static/....//pyproject.toml",
    "/feeds/../config/default.toml",
    "/feeds/%2e%2e%2fconfig.ics",
    "/feeds/network.ics/../../etc/passwd",
    "/mailbox/..%2f..%2fexchange.db",
    "//etc/passwd",
    "/static//etc/passwd",
    "/static/..\\..\\pyproject.toml",
)
FORMS = (
    "/cycles/new",
    "/trainings/new",
    "/plans/new",
    "/import",
    "/network/cities/new",
    "/network/people/new",
    "/letters/wordings/E3",
    "/network/cities/stockholm/end",
)


@dataclass
class Tries:
    """What was tried and what was not right; so that one wrong case hides none after it."""

    count: int = 0
    wrong: list[str] | None = None

    def expect(self, holds: object, *what: object) -> None:
        self.count += 1
        if not holds:
            self.wrong = [*(self.wrong or []), " ".join(map(str, what))]

    def over(self, least: int) -> None:
        assert not self.wrong
        assert self.count >= least, "fewer were tried than this test promises"


@pytest.fixture
def served_house(database: Database, settings: Settings) -> Iterator[House]:
    with house(database, settings) as found:
        yield found


@pytest.mark.slow
def test_ids_and_links_of_others_open_nothing(served_house: House) -> None:
    """Every id a page uses, by everybody outside; and links whose person may not do the task any more."""
    tries, before = Tries(), served_house.state()
    _ids_of_others(served_house, tries)
    _forms_of_others(served_house, tries)
    _links_that_outlived_their_right(served_house, tries)
    _calendars_of_others(served_house, tries)
    tries.expect(served_house.state() == before, "something changed", before, served_house.state())
    tries.over(200)


def _ids_of_others(at: House, tries: Tries) -> None:
    ids = at.world.ids
    paths = [f"/cycles/{one}{rest}" for one, rest in product(sorted(ids["cycle_id"], key=int), _CYCLE_PAGES)]  # type: ignore[arg-type]
    paths += [f"/trainings/{one}" for one in ids["training_id"]]
    paths += [f"/contributions/{one}" for one in ids["contribution_id"]]
    for name, path in product(OUTSIDERS, paths):
        answer = at.as_(name).get(path)
        tries.expect(answer.status_code in {200, *ABSENT}, name, path, answer.status_code)
        tries.expect(not at.told(name, answer), name, path, "reads", at.told(name, answer))


_CYCLE_PAGES = ("", "/answers", "/answers/notes.md", "/product", "/product/edit", "/review")


def _forms_of_others(at: House, tries: Tries) -> None:
    """Sent with a token of their own: a form is no right."""
    for name, number in product(OUTSIDERS, at.world.ids["cycle_id"]):
        for rest in ("/product/edit", "/cancel", "/product/review"):
            answer = at.as_(name).post(
                f"/cycles/{number}{rest}", title="x", text="x", reason="x", version="1"
            )
            tries.expect(answer.status_code in ABSENT, name, number, rest, answer.status_code)
    for name, number in product(OUTSIDERS, at.world.ids["addressee_id"]):
        answer = at.as_(name).post(f"/tasks/{number}/open")
        own = answer.status_code == 303 and name in {"moved contact", "contact of a city that left"}
        tries.expect(answer.status_code in ABSENT or own, name, number, answer.status_code)
        tries.expect(not (own and name == "moved contact"), name, "opens the task of a city they left")


def _links_that_outlived_their_right(at: House, tries: Tries) -> None:
    """Rita's city left, Mona moved, Dana was deactivated."""
    visitor = at.as_("visitor")
    for whose, path in at.links.items():
        name = whose.partition(" ")[0]
        for way in ("", "/pass", "/group") if "answers" in whose else ("",):
            answer = visitor.get(path + way)
            tries.expect(
                not at.told("visitor", answer) or name in {"Carl", "Chloe"}, whose, way, answer.status_code
            )
            if name in {"Rita", "Mona", "Dana"}:
                tries.expect(answer.status_code in {404, 410}, whose, way, answer.status_code)
                sent = visitor.post(path + way, do="submit", marking="TLP:GREEN", version="1", person="1")
                tries.expect(sent.status_code in {404, 405, 410}, whose, way, sent.status_code)


def _calendars_of_others(at: House, tries: Tries) -> None:
    visitor = at.as_("visitor")
    for of, path in at.feeds.items():
        answer = visitor.get(path)
        is_red = "Canary-cycle-red" in answer.text or "Canary-event-red" in answer.text
        tries.expect(not is_red, of, "tells of something at TLP:RED")
        if of.endswith(":rome"):
            tries.expect(answer.status_code in {404, 410} or "Canary" not in answer.text, of, "still tells")
        for mark in ("amb", "ast"):
            tries.expect(f"Canary-place-{mark}" not in answer.text, of, "tells the place", mark)
            tries.expect(f"canary-join-{mark}" not in answer.text, of, "tells the link", mark)


@pytest.mark.slow
def test_addresses_forms_and_headers_lead_nowhere_else(served_house: House) -> None:
    """Open redirects, traversal, foreign hosts and methods, forms from elsewhere, fixation and replay."""
    tries, before = Tries(), served_house.state()
    _redirects(served_house, tries)
    _traversal(served_house, tries)
    _hosts_and_methods(served_house, tries)
    _forms_from_elsewhere(served_house, tries)
    _fixation_and_replay(served_house, tries)
    tries.expect(served_house.state() == before, "something changed", before, served_house.state())
    tries.over(60)


def _redirects(at: House, tries: Tries) -> None:
    for target in ELSEWHERE:
        path = at.sign_in_path("contact")
        visitor = at.signed_in("visitor")
        answer = visitor.get(path, params={"next": target})
        tries.expect("Set-Cookie: a=b" not in str(answer.headers), target)
        sent = visitor.post(f"{path}?next={requests.utils.quote(target)}", next=target)
        location = sent.headers.get("Location", "/")
        is_local = location.startswith("/") and not location.startswith(("//", "/\\"))
        tries.expect(is_local or location.startswith(at.base + "/"), target, "leads to", location)


def _traversal(at: House, tries: Tries) -> None:
    for path in UP:
        request = requests.Request("GET", at.base + path).prepare()
        request.url = at.base + path  # as it stands: nothing is tidied on the way
        answer = requests.Session().send(request, allow_redirects=False, timeout=20)
        tries.expect(answer.status_code in {301, 303, 308, 400, 404}, path, answer.status_code)
        tries.expect("root:" not in answer.text and "network_name" not in answer.text, path, "reads a file")


def _hosts_and_methods(at: House, tries: Tries) -> None:
    for host in ("evil.example.org", "127.0.0.1.evil.example.org", "localhost.evil", "evil.example.org:80"):
        answer = requests.get(f"{at.base}/sign-in", headers={"Host": host}, allow_redirects=False, timeout=20)
        tries.expect(answer.status_code in {400, 421}, host, answer.status_code)
        behind = requests.get(
            f"{at.base}/sign-in", headers={"X-Forwarded-Host": host}, allow_redirects=False, timeout=20
        )
        tries.expect(host not in behind.text, host, "was believed")
    for method in ("TRACE", "PUT", "DELETE", "PATCH", "CONNECT", "PROPFIND"):
        answer = requests.request(method, f"{at.base}/", allow_redirects=False, timeout=20)
        tries.expect(answer.status_code in {400, 404, 405, 501}, method, answer.status_code)


def _forms_from_elsewhere(at: House, tries: Tries) -> None:
    """Whoever is signed in and opens another's page sends forms without our token."""
    coordinator = at.as_("named coordinator")
    for path in FORMS:
        answer = coordinator.session.post(
            at.base + path, data={"title": "x", "name": "x"}, allow_redirects=False, timeout=20
        )
        tries.expect(answer.status_code in {400, 403}, path, answer.status_code)
        foreign = coordinator.session.post(
            at.base + path,
            data={"csrf_token": "IjEi.aaaa.bbbb", "title": "x"},
            headers={"Origin": "https://evil.example.org", "Referer": "https://evil.example.org/"},
            allow_redirects=False,
            timeout=20,
        )
        tries.expect(foreign.status_code in {400, 403}, path, foreign.status_code)


def _fixation_and_replay(at: House, tries: Tries) -> None:
    path = at.sign_in_path("contact")
    visitor = at.signed_in("visitor")
    visitor.get(path)
    planted = dict(visitor.session.cookies)
    visitor.post(path)
    tries.expect(dict(visitor.session.cookies) != planted, "the cookie of before signs in")
    attacker = at.signed_in("visitor")
    attacker.session.cookies.update(planted)
    tries.expect(attacker.get("/account/sessions").status_code == 303, "a planted cookie is signed in")
    again = at.signed_in("visitor")
    tries.expect(again.post(path).status_code in {400, 404, 410}, "a link signs in twice")
    tries.expect(again.get("/account/sessions").status_code == 303, "a link signs in twice")
    kept = dict(visitor.session.cookies)
    visitor.post("/sign-out")
    thief = at.signed_in("visitor")
    thief.session.cookies.update(kept)
    tries.expect(thief.get("/account/sessions").status_code == 303, "a cookie outlives the sign-out")


@pytest.mark.slow
def test_typed_scripts_and_lines_are_text_everywhere(served_house: House) -> None:
    """Stored script in fields that everybody reads, and lines that would be a property of a calendar."""
    tries = Tries()
    script = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'`{{7*7}}${7*7}"
    with served_house.database.transaction() as session:
        clear = Marking.CLEAR
        for cycle in session.exec(select(Cycle).where(Cycle.marking == clear)):
            cycle.title = script
        for training in session.exec(select(TrainingEvent).where(TrainingEvent.marking == clear)):
            training.title = training.place = training.description = script
        for row in (*session.exec(select(City)), *session.exec(select(Person))):
            row.name = f"{row.name} {script}"
    pages = (
        "/",
        "/cycles",
        "/trainings",
        "/network/cities",
        "/network/people",
        "/feeds",
        "/library",
        "/letters",
    )
    for name, path in product(("named coordinator", "contact", "visitor"), pages):
        answer = served_house.as_(name).get(path)
        tries.expect("<script>alert(1)" not in answer.text, name, path, "runs a script")
        tries.expect(
            "onerror=alert(2)>" not in answer.text.replace("&gt;", "&"), name, path, "runs a handler"
        )
        policy = answer.headers.get("Content-Security-Policy", "")
        tries.expect("'unsafe-inline'" not in policy and "default-src" in policy, name, path, policy)
    tries.over(60)
