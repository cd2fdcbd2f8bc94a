"""Workers of the web killed at random moments while people save: what was answered stands, all of it."""

import os
import random
import re
import signal
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests
from sqlmodel import col, select

from exchange import clock
from exchange.accounts.actions import make_sign_in_link
from exchange.audit.verification import verify
from exchange.db import Database
from exchange.models import AuditEntry, Person, Role, Theme
from exchange.settings import Settings
from tests.factories import make_city, make_person
from tests.faults.clock_process import wait_until
from tests.served import supervised
from tests.share import SHARES, fresh_chance

pytestmark = pytest.mark.faults

KILLS = 8 * SHARES
GROWN_SECONDS = 6
PATIENCE_SECONDS = 180  # both may be starting, which takes three seconds, on a busy machine thirty
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass
class Writer:
    """Somebody who adds one theme after another, and knows which of them was answered."""

    base: str
    number: int
    session: requests.Session
    asked: list[str] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)  # answers that no kill explains

    def work(self, ended: threading.Event) -> None:
        """Until told to end; a broken connection is no answer, and what it was about is not asked again."""
        while not ended.is_set():
            try:
                self._add_one()
            except requests.RequestException:
                time.sleep(0.05)

    def _add_one(self) -> None:
        address = f"{self.base}/network/themes/new"
        page = self.session.get(address, timeout=PATIENCE_SECONDS)
        found = _TOKEN.search(page.text)
        if not found:
            self.refused.append(f"{page.status_code} {page.text}")
            return
        key = f"K{self.number}X{len(self.asked)}"
        self.asked.append(key)
        typed = {"csrf_token": found[1], "key": key, "name": f"Theme {key}", "note": ""}
        answer = self.session.post(address, data=typed, allow_redirects=False, timeout=PATIENCE_SECONDS)
        if answer.status_code == 303:
            self.answered.append(key)
        else:
            self.refused.append(f"{answer.status_code} {answer.text}")


def test_what_was_answered_stands_and_what_was_not_is_whole_or_absent(
    database: Database, settings: Settings, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    seed, chance = fresh_chance()
    environment = {
        "EXCHANGE_SECRET_KEY": settings.secret_key.get_secret_value(),
        "WEB_CONCURRENCY": "2",
        "PYTHONPYCACHEPREFIX": str(tmp_path / "pycache"),
    }
    with supervised(settings, log=tmp_path / "web.log", **environment) as (base, process):
        with database.transaction() as session:
            city = make_city(session)
            people = [make_person(session, city=city, roles=(Role.COORDINATOR,)) for _ in range(2)]
        writers = [writer(database, settings, base, person) for person in people]
        ended = threading.Event()
        threads = [threading.Thread(target=one.work, args=(ended,)) for one in writers]
        for thread in threads:
            thread.start()
        try:
            killer = Killer(process.pid, writers, chance)
            for _ in range(KILLS):
                killer.kill()
            assert process.poll() is None, "the supervisor ended"
        finally:
            ended.set()
            for thread in threads:
                thread.join()
    asked = {key for one in writers for key in one.asked}
    answered = [key for one in writers for key in one.answered]
    assert not [text for one in writers for text in one.refused]
    assert_whole(database, asked, answered)
    with capsys.disabled():
        print(
            f"\n{database.engine.dialect.name}: {KILLS} kills of web workers (seed {seed}); "
            f"{len(answered)} changes answered, {len(asked) - len(answered)} broken off"
        )


def writer(database: Database, settings: Settings, base: str, coordinator: Person) -> Writer:
    """A coordinator who is signed in."""
    with database.transaction() as session:
        person = session.get_one(Person, coordinator.id)
        url = make_sign_in_link(session, person, settings=settings, now=clock.utc_now())
    path = url.removeprefix(settings.base_url)
    made = Writer(base, coordinator.id or 0, requests.Session())
    found = _TOKEN.search(made.session.get(base + path, timeout=PATIENCE_SECONDS).text)
    assert found
    made.session.post(base + path, data={"csrf_token": found[1]}, timeout=PATIENCE_SECONDS)
    return made


@dataclass
class Killer:
    """Kills one of two workers, when something was saved since the last kill, at a random moment after that.

    It spares who has just begun: a worker that dies within seconds of its start ends its parent too, which
    is for what watches over the parent (systemd, `exchange serve`).
    """

    supervisor: int
    writers: list[Writer]
    chance: random.Random
    seen_at: dict[int, float] = field(default_factory=dict)

    def kill(self) -> None:
        before = self._answered()
        wait_until(
            lambda: self._grown() and (self._answered() > before or any(one.refused for one in self.writers)),
            "a change, and a worker that has lived a while",
            seconds=PATIENCE_SECONDS,
        )
        time.sleep(self.chance.uniform(0, 0.3))
        os.kill(self.chance.choice(self._grown()), signal.SIGKILL)

    def _answered(self) -> int:
        return sum(len(one.answered) for one in self.writers)

    def _grown(self) -> list[int]:
        """The workers, both alive, of which each may be killed."""
        living, now = children(self.supervisor), time.monotonic()
        for pid in living:
            self.seen_at.setdefault(pid, now)
        return [pid for pid in living if now - self.seen_at[pid] > GROWN_SECONDS] if len(living) > 1 else []


def children(supervisor: int) -> list[int]:
    """The workers that live; one that was killed has no command line until its parent looks after it."""
    found = Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text(encoding="ascii").split()
    return [int(pid) for pid in found if _command_line(pid)]


def _command_line(pid: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def assert_whole(database: Database, asked: set[str], answered: list[str]) -> None:
    """Each answered change stands once with its entry of the trail; none stands without one."""
    with database.reading() as session:
        themes = {
            theme.id: theme.key for theme in session.exec(select(Theme).where(col(Theme.key).like("K%X%")))
        }
        told = session.exec(
            select(AuditEntry.subject).where(AuditEntry.action == "add theme").order_by(col(AuditEntry.id))
        ).all()
        assert verify(session).is_whole
    assert len(set(themes.values())) == len(themes)
    assert set(answered) <= set(themes.values()) <= asked
    assert sorted(told) == sorted(f"theme:{theme_id}" for theme_id in themes)
