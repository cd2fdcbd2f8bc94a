"""Two hosts with two webs and two clocks each, on one PostgreSQL: one installation, cable in or out."""

import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
import requests
from pydantic import SecretStr
from sqlmodel import col, select

from exchange import clock
from exchange.db import Database
from exchange.models import City, ExpertGroup, Role, Theme
from exchange.network.network_import import load_network
from exchange.settings import Settings
from tests.audit_key import CARRIED
from tests.factories import make_person
from tests.faults.clock_process import (
    Arrivals,
    all_sent,
    assert_each_arrived,
    clock_process,
    queue_due_letters,
    surroundings,
    wait_until,
)
from tests.faults.hosts import HUB, NamespacesUnavailable, Network, two_hosts
from tests.faults.stoppable_postgres import StoppablePostgres, stoppable_postgres
from tests.flows.visitor import Visitor
from tests.mail.sink import running
from tests.postgres import PostgresUnavailable
from tests.required import unavailable
from tests.served import served

pytestmark = [pytest.mark.faults, pytest.mark.postgresql]

COORDINATOR = "harriet.lonsdale@example.org"
HOSTS = ("one", "two")
LETTERS = 400
PATIENCE_SECONDS = 300  # on a machine that is busy with other work
PUBLISHED_SECONDS = 60  # a clock publishes each 15 s


@dataclass
class Pair:
    """The installation on both hosts: where each web is, and what stands between them."""

    network: Network
    settings: Settings
    database: Database
    sink: Arrivals
    webs: list[tuple[str, str]] = field(default_factory=list)  # the host, and the address on its loopback

    def feed(self, web: int) -> requests.Response:
        """A calendar client's GET at one of the webs."""
        host, base = self.webs[web]
        with self.network.inside(host):
            return requests.get(f"{base}/feeds/network.ics", timeout=30)

    def letters_to(self, address: str) -> list[EmailMessage]:
        return [message for message in self.sink.messages if address in str(message["To"])]


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    """Running, with the network of config/network.toml and no programme."""
    try:
        with ExitStack() as life:
            network = life.enter_context(two_hosts())
            with network.inside("hub"):
                postgres = life.enter_context(stoppable_postgres(f"listen_addresses={HUB}"))
                let_hosts_in(postgres)
                sink = Arrivals(seconds=0.2)  # the cable is pulled while letters still flow
                smtp_at = life.enter_context(running(sink, host=HUB))
            made = make_pair(network, postgres, sink, smtp_at, tmp_path)
            life.callback(made.database.dispose)
            start_processes(made, smtp_at, life, tmp_path)
            yield made
    except (NamespacesUnavailable, PostgresUnavailable) as reason:
        unavailable(str(reason))


def let_hosts_in(postgres: StoppablePostgres) -> None:
    """Whoever is on the cables may connect; nobody else is there."""
    with (postgres.server.folder / "data" / "pg_hba.conf").open("a", encoding="ascii") as rules:
        rules.write("host all all 10.203.0.0/24 trust\n")
    postgres.server.execute("SELECT pg_reload_conf()")


def make_pair(
    network: Network, postgres: StoppablePostgres, sink: Arrivals, smtp_at: str, folder: Path
) -> Pair:
    settings = Settings(
        database_url=f"postgresql+psycopg://exchange@{HUB}/exchange",
        data_dir=folder / "shared",
        sample=False,
        smtp_url=SecretStr(f"smtp://{smtp_at}"),
    )
    database = Database(postgres.url, carries=CARRIED)
    with database.transaction() as session:
        load_network(session, settings.network_file, settings=settings, now=clock.utc_now())
        city = session.exec(select(City).where(City.name == "London")).one()
        make_person(session, city=city, roles=(Role.COORDINATOR,), email=COORDINATOR)
    return Pair(network, settings, database, sink)


def start_processes(made: Pair, smtp_at: str, life: ExitStack, folder: Path) -> None:
    environment = surroundings(made.settings.database_url, smtp_at, made.settings.data_dir)
    environment["PYTHONPYCACHEPREFIX"] = str(folder / "pycache")
    for_web = {name: value for name, value in environment.items() if name.startswith(("EXCHANGE_", "PYTHON"))}
    for host in HOSTS:
        with made.network.inside(host):
            for number in (1, 2):
                log = folder / f"web-{host}-{number}.log"
                base = life.enter_context(served(made.settings, log=log, **for_web))
                made.webs.append((host, base))
                life.enter_context(clock_process(environment))


def test_what_is_planned_at_one_host_stands_at_both(pair: Pair) -> None:
    with pair.network.inside("one"):
        ask_for_a_link(pair.webs[0][1])
    link = link_in_letter(pair)
    with pair.network.inside("two"):
        coordinator = Visitor(pair.webs[3][1])
        coordinator.open(link)
        coordinator.submit(coordinator.form_to(link))
        plan_a_cycle(pair.database, coordinator)
        publish(coordinator)
    wait_until(
        lambda: all(b"Two hosts exchange" in pair.feed(web).content for web in range(4)),
        "the cycle in the calendar of each web",
        seconds=PUBLISHED_SECONDS,
    )
    answers = [pair.feed(web) for web in range(4)]
    assert len({answer.content for answer in answers}) == 1
    assert len({answer.headers["ETag"] for answer in answers}) == 1


def test_a_host_that_loses_its_network_loses_and_doubles_no_letter(
    pair: Pair, capsys: pytest.CaptureFixture[str]
) -> None:
    queue_due_letters(pair.database, LETTERS)
    for host in HOSTS:
        wait_for_more(pair.sink, 30)
        pair.network.pull(host)
        pair.sink.faults += 1
        time.sleep(5)
        pair.network.plug(host)
        pair.sink.faults += 1
    wait_until(lambda: all_sent(pair.database), "the last letter", seconds=PATIENCE_SECONDS)
    assert_each_arrived(pair.database, pair.sink)
    repeated = pair.sink.repeated_by_fault()
    assert sum(repeated.values()) <= 2 * len(HOSTS), repeated  # what two clocks had in flight, for each cable
    wait_until(lambda: all(pair.feed(web).ok for web in range(4)), "all webs", seconds=PATIENCE_SECONDS)
    with capsys.disabled():
        print(
            f"\ntwo hosts: {LETTERS} letters, {len(pair.sink.heard)} arrivals, {sum(repeated.values())} again"
        )


def ask_for_a_link(base: str) -> None:
    visitor = Visitor(base)
    visitor.open("/sign-in")
    visitor.submit(visitor.form_with("email"), email=COORDINATOR)


def link_in_letter(pair: Pair) -> str:
    """The path of the link that a clock of either host sent."""
    wait_until(lambda: pair.letters_to(COORDINATOR), "the letter", seconds=PATIENCE_SECONDS)
    body = pair.letters_to(COORDINATOR)[0].get_body(("plain",))
    assert body is not None
    found = re.search(r"http://[^/]+(/sign-in/\S+)", body.get_content())
    assert found
    return found[1]


def plan_a_cycle(database: Database, coordinator: Visitor) -> None:
    """By the form, for a Monday some months ahead; its page is in front."""
    with database.reading() as session:
        lead, *others = session.exec(select(City.id).order_by(col(City.id)).limit(3)).all()
        theme = session.exec(select(Theme.id).limit(1)).one()
        group = session.exec(select(ExpertGroup.id).limit(1)).one()
    today = clock.utc_now().date()
    coordinator.open("/cycles/new")
    coordinator.submit(
        coordinator.form_with("starts_on", "marking"),
        button="Preview",
        theme_id=str(theme),
        title="Two hosts exchange",
        lead_city_id=str(lead),
        cities=[str(other) for other in others],
        groups=[str(group)],
        starts_on=monday_after(today + timedelta(days=90)).isoformat(),
        marking="TLP:CLEAR",
    )
    form = coordinator.form_with("starts_on", "marking")
    reason = {"reason": "Agreed by the lead cities."} if "reason" in form.values else {}
    coordinator.submit(form, button="Save as draft", **reason)
    assert coordinator.address.rsplit("/", 1)[-1].isdigit(), coordinator.page.text[:3000]


def monday_after(day: date) -> date:
    return day + timedelta(days=7 - day.weekday())


def publish(coordinator: Visitor) -> None:
    coordinator.open(f"{coordinator.address}/publish")
    coordinator.submit(coordinator.form_to("/publish"))


def wait_for_more(sink: Arrivals, more: int) -> None:
    before = len(sink.heard)
    wait_until(lambda: len(sink.heard) >= before + more, "letters", seconds=PATIENCE_SECONDS)
