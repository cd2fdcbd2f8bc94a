"""The web, or calendars alone, as the Procfile starts them, in a process of its own on a free port."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from exchange.settings import ROOT, Settings
from tests.free_ports import free_port

START_SECONDS = 60


@contextmanager
def served(settings: Settings, *, log: Path | None = None, **environment: str) -> Iterator[str]:
    """Its address, while it runs over the database of ``settings``; what it says goes to ``log``."""
    with supervised(settings, log=log, **environment) as (base, _process):
        yield base


@contextmanager
def supervised(
    settings: Settings, *, process: str = "web", log: Path | None = None, **environment: str
) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """The same, with the process whose children serve; ``process`` is a name of the Procfile."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    with (log or Path(os.devnull)).open("w") as said:
        started = subprocess.Popen(
            ["/bin/sh", "-c", _command(process)],
            cwd=ROOT,
            env=_environment(settings, port) | {"EXCHANGE_BASE_URL": base} | environment,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    try:
        _wait_for(f"{base}/healthz", started)
        yield base, started
    finally:
        os.killpg(started.pid, signal.SIGTERM)
        started.wait(timeout=START_SECONDS)


def _command(process: str) -> str:
    line = re.search(rf"^{process}: (.*)$", (ROOT / "Procfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert line
    return line[1]


def _environment(settings: Settings, port: int) -> dict[str, str]:
    return os.environ | {
        "EXCHANGE_DATABASE_URL": settings.database_url,
        "EXCHANGE_DATA_DIR": str(settings.data_dir),
        "EXCHANGE_SAMPLE": "false",
        "PORT": str(port),
        "CALENDARS_PORT": str(port),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
    }


def _wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    began = time.monotonic()
    while True:
        try:
            requests.get(url, timeout=5)
        except requests.ConnectionError:
            assert process.poll() is None
            assert time.monotonic() - began < START_SECONDS
            time.sleep(0.1)
        else:
            return
