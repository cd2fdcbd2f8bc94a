"""docs/operations.md typed to the letter: from nothing to the first published cycle, and an upgrade."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import requests

from exchange.settings import ROOT
from tests.deploy.machine import Machine, fresh_machine
from tests.flows.visitor import Visitor
from tests.mail.sink import Sink, running
from tests.postgres import running_server

PAGE = ROOT / "docs/operations.md"
WALK, UPGRADE = "## From nothing to the first published cycle", "## Upgrade"
CHOSEN = "# chosen"
WAIT_SECONDS = 120


def blocks_of(heading: str) -> list[str]:
    """The shell blocks of a section, in their order."""
    section = PAGE.read_text(encoding="utf-8").partition(f"{heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"^```sh\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)


@pytest.fixture
def machine() -> Iterator[Machine]:
    """A machine whose PostgreSQL has nobody but its superuser, as a package leaves it."""
    with running_server() as server:
        server.execute("CREATE ROLE postgres SUPERUSER LOGIN")
        server.execute("ALTER ROLE exchange RENAME TO of_the_tests", user="postgres")
        with fresh_machine(server) as made:
            yield made


@pytest.fixture
def sink() -> Iterator[tuple[Sink, str]]:
    taken = Sink()
    with running(taken) as address:
        yield taken, address


def test_blocks_are_where_they_are_looked_for() -> None:
    walk = blocks_of(WALK)
    assert walk[0].startswith(CHOSEN)
    assert [block for block in walk[1:] if block.startswith(CHOSEN)] == []
    assert any("first-run" in block for block in walk)
    assert len(blocks_of(UPGRADE)) == 1


@pytest.mark.slow
@pytest.mark.postgresql
def test_page_leads_from_nothing_to_the_first_published_cycle_and_to_the_next_version(
    machine: Machine, sink: tuple[Sink, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    letters, mail_server = sink
    chosen = f"{CHOSEN}\nNAME=localhost\nSENDER='CTPN Exchange <exchange@cities.test>'\n"
    machine.type(f"{chosen}MAIL_SERVER=smtp://{mail_server}?starttls=never\n")
    *blocks, doctor = blocks_of(WALK)[1:]
    base = f"https://localhost:{machine.https}"
    printed = ""
    for block in blocks:
        printed = machine.type(block)
        if "EXCHANGE_BASE_URL" in block:
            add_port(machine, base)
    trusted = str(machine.place("/etc/exchange/tls/fullchain.pem"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", trusted)
    address = re.search(rf"{base}(/first-run/\S+)", printed)
    assert address, printed
    coordinator = Visitor(base)
    begin(coordinator, address[1])
    cycle = plan_first_cycle(coordinator)
    publish(coordinator, cycle)
    wait_until(lambda: "First steps together" in feed(base), machine)
    receive_a_sign_in_letter(base, letters, machine)
    assert "not ok" not in machine.type(doctor, REQUESTS_CA_BUNDLE=trusted)

    with steadily_asked(base) as answers:
        machine.type(blocks_of(UPGRADE)[0])
    assert set(answers) == {200}, answers
    assert len(answers) > 20
    assert machine.place("/opt/exchange").resolve().name == "exchange-2"
    assert "First steps together" in feed(base)


def add_port(machine: Machine, base: str) -> None:
    """The one thing that a test must have otherwise: it may not listen on port 443."""
    settings = machine.place("/etc/exchange/exchange.env")
    text = settings.read_text()
    assert '"https://localhost"' in text
    settings.write_text(text.replace('"https://localhost"', f'"{base}"'))


@contextmanager
def steadily_asked(base: str) -> Iterator[list[int | str]]:
    """What pages and calendars answer, one after the other, until the block ends."""
    answers: list[int | str] = []
    ended = threading.Event()

    def ask() -> None:
        while not ended.wait(0.05):
            for path in ("/sign-in", "/feeds/network.ics", "/healthz"):
                try:
                    answers.append(requests.get(base + path, timeout=60).status_code)
                except requests.RequestException as error:
                    answers.append(str(error))

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield answers
    finally:
        ended.set()
        thread.join()


def begin(coordinator: Visitor, path: str) -> None:
    """Open the address of the console; home shows what is next."""
    coordinator.open(path)
    form = coordinator.form_with("name", "email", "city_id")
    home = coordinator.submit(form, name="Ylva Berg", email="ylva.berg@example.org")
    assert "You coordinate this network now" in home
    assert "20 themes, 8 expert groups." in home
    assert "Somebody speaks for 0 cities of 14." in home


def plan_first_cycle(coordinator: Visitor) -> str:
    """What the first steps ask for: a lead for two cities, and a draft; the path of its page."""
    page = coordinator.open("/network/people/new")
    ids = dict(re.findall(r'<option[^>]* value="(\d+)"[^>]*>(Stockholm|London)<', page))
    ids = {name: number for number, name in ids.items()}
    for name, number in ids.items():
        coordinator.open("/network/people/new")
        typed = {"name": f"Lead of {name}", "email": f"{name.lower()}@example.org", "roles": ["city lead"]}
        coordinator.submit(coordinator.form_with("name", "email"), city_id=number, **typed)
    page = coordinator.open("/cycles/new")
    form = coordinator.form_with("starts_on", "marking")
    theme = re.search(r'<select[^>]*name="theme_id".*?<option value="(\d+)"', page, re.DOTALL)
    assert theme
    coordinator.submit(
        form,
        button="Preview",
        theme_id=theme[1],
        title="First steps together",
        lead_city_id=ids["Stockholm"],
        cities=[ids["London"]],
        marking="TLP:CLEAR",
    )
    form = coordinator.form_with("starts_on", "marking")
    reason = {"reason": "Agreed by both cities."} if "reason" in form.values else {}
    coordinator.submit(form, button="Save as draft", **reason)
    assert "Look at the draft" in coordinator.open("/")
    found = re.search(r'href="(/cycles/\d+)"[^>]*>(?:<[^>]+>)*Look at the draft', coordinator.page.text)
    assert found
    return found[1]


def publish(coordinator: Visitor, cycle: str) -> None:
    coordinator.open(f"{cycle}/publish")
    coordinator.submit(coordinator.form_to("/publish"))
    assert "The first steps" not in coordinator.open("/")


def receive_a_sign_in_letter(base: str, letters: Sink, machine: Machine) -> None:
    """Ask for one on the sign-in page; a clock sends it to the mail server."""
    visitor = Visitor(base)
    visitor.open("/sign-in")
    visitor.submit(visitor.form_with("email"), email="ylva.berg@example.org")
    wait_until(lambda: any("ylva.berg" in str(one["To"]) for one in letters.messages), machine)
    [letter] = [one for one in letters.messages if "ylva.berg" in str(one["To"])]
    assert letter["From"] == "CTPN Exchange <exchange@cities.test>"


def feed(base: str) -> str:
    return requests.get(f"{base}/feeds/network.ics", timeout=30).text


def wait_until(holds: Callable[[], bool], machine: Machine) -> None:
    until = time.monotonic() + WAIT_SECONDS
    while not holds():
        assert time.monotonic() < until, machine.said()
        time.sleep(0.5)
