"""Start-up time and memory of web and clock, as processes of an empty installation."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import requests

from exchange.db import Database
from exchange.migrations import migrate
from exchange.settings import ROOT
from tests.audit_key import CARRIED
from tests.free_ports import free_port

ROUNDS = 5
PATIENCE_SECONDS = 60


def measure() -> None:
    """Print the median of ROUNDS starts of each process and what it holds in memory."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/exchange.db"
        migrate(url)
        environment = os.environ | {"EXCHANGE_DATABASE_URL": url, "EXCHANGE_DATA_DIR": folder}
        bare = _median(lambda: _run([sys.executable, "-c", "import flask; flask.Flask('bare')"], environment))
        print(f"import of Flask alone            {bare:6.2f} s")
        print(_line("web: application made", _median(lambda: _run(_MAKE_APP, environment)), bare))
        print(_line("web: first /healthz answered", *_web(environment, bare)))
        print(_line("clock: first tick claimed", *_clock(environment, bare, url)))


_MAKE_APP = [
    sys.executable,
    "-c",
    "from exchange.server.rsgi_application import create_from_environment as c; c()",
]


def _line(what: str, seconds: float, bare: float, mebibytes: float | None = None) -> str:
    memory = f"   {mebibytes:6.0f} MiB resident" if mebibytes else ""
    return f"{what:32} {seconds:6.2f} s   {seconds / bare:5.1f} x Flask{memory}"


def _run(command: list[str], environment: dict[str, str]) -> float:
    began = time.monotonic()
    subprocess.run(command, env=environment, cwd=ROOT, check=True, stderr=subprocess.DEVNULL)
    return time.monotonic() - began


def _web(environment: dict[str, str], bare: float) -> tuple[float, float, float]:
    port = free_port()
    command = [f"{Path(sys.executable).parent}/granian", "--interface", "rsgi", "--factory"]
    command += [
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "exchange.server.rsgi_application:create_from_environment",
    ]
    seconds, memory = _until(command, environment, lambda: _answers(port))
    return seconds, bare, memory


def _clock(environment: dict[str, str], bare: float, url: str) -> tuple[float, float, float]:
    database = Database(url, carries=CARRIED)

    def has_ticked() -> bool:
        with database.engine.connect() as connection:
            return bool(connection.exec_driver_sql("SELECT count(*) FROM job_run").scalar())

    seconds, memory = _until([sys.executable, "-m", "jobs"], environment, has_ticked)
    database.dispose()
    return seconds, bare, memory


def _until(
    command: list[str], environment: dict[str, str], is_ready: Callable[[], bool]
) -> tuple[float, float]:
    began = time.monotonic()
    process = subprocess.Popen(
        command,
        env=environment,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while not is_ready():
            if process.poll() is not None or time.monotonic() - began > PATIENCE_SECONDS:
                raise RuntimeError(f"{command} did not become ready")
            time.sleep(0.02)
        return time.monotonic() - began, _memory_of_group(process.pid)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=PATIENCE_SECONDS)


def _memory_of_group(leader: int) -> float:
    """Resident memory in MiB of all processes of the session that ``leader`` began."""
    pages = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(fields[3]) == leader:
                pages += int((folder / "statm").read_text().split()[1])
        except (OSError, ValueError):
            continue  # it ended while we looked
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _answers(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/healthz", timeout=1).ok
    except requests.ConnectionError:
        return False


def _median(measure_once: Callable[[], float]) -> float:
    return sorted(measure_once() for _ in range(ROUNDS))[ROUNDS // 2]
