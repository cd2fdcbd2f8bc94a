"""Runs web and clock of the Procfile side by side, until a signal; one that dies is started anew.

For development: in production each process has a supervisor of its own. Workers of the web that die are
started anew by the web server itself.
"""

import multiprocessing
import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from time import monotonic
from typing import Any

from honcho import manager as honcho_manager
from honcho.environ import parse_procfile
from honcho.manager import SIGNALS, Manager

from exchange.errors import ConfigurationError, ExchangeError
from exchange.settings import ROOT, Settings, installed_settings, load_settings

HOST = "127.0.0.1"
DEFAULT_PORT = "8000"
STEADY_SECONDS = 10.0  # who dies before had no chance, and would have none the next time
STOP_SECONDS = 15  # the web drains for ten, and a letter on its way should arrive
PROCESSES = ("web", "clock")
_STOPPED_BY_SIGNAL = {one["rc"] for one in SIGNALS.values()}


class ProcessDied(ExchangeError):
    """One of the processes ended by itself as it started, and the other was stopped."""


def port_of_environment() -> int:
    """PORT as a number, 8000 when it is not set. Raises ConfigurationError."""
    text = os.environ.get("PORT") or DEFAULT_PORT
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 2**16:
        raise ConfigurationError("PORT is %(port)s: write a number from 1 to 65535.", port=text[:20])
    return int(text)


def check_port(port: int) -> None:
    """Raise ConfigurationError when somebody listens on the port already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise ConfigurationError(
                "Port %(port)s of %(host)s cannot be used (%(cause)s): stop what runs there, "
                "or choose another with PORT=8001.",
                port=port,
                host=HOST,
                cause=error.strerror,
            ) from error


def settings_for_port(port: int) -> Settings:
    """The settings, their base_url following the port unless it was set to something else."""
    if load_settings().base_url == Settings.model_fields["base_url"].default:
        os.environ["EXCHANGE_BASE_URL"] = f"http://{HOST}:{port}"
    return installed_settings()


def keep_signals() -> Callable[[], bool]:
    """Remember a SIGINT or SIGTERM instead of breaking off; whether one came. A second one ends all at once.

    While the database is prepared: an exception in the midst of a connection would be shown as a traceback.
    """
    came: list[int] = []

    def note(number: int, _frame: object) -> None:
        came.append(number)
        signal.signal(number, signal.SIG_DFL)

    for number in SIGNALS:
        signal.signal(number, note)
    return lambda: bool(came)


def run_processes(port: int, *, is_stopping: Callable[[], bool]) -> None:
    """Run web and clock until SIGINT or SIGTERM. Raises ProcessDied when one of them ends as it starts."""
    if is_stopping():
        return
    commands = parse_procfile((ROOT / "Procfile").read_text(encoding="utf-8")).processes
    honcho_manager.KILL_WAIT = STOP_SECONDS
    runner = _Runner(is_stopping)
    for name in PROCESSES:
        runner.add_process(name, commands[name], env=_environment(port))
    runner.loop()
    if runner.returncode not in _STOPPED_BY_SIGNAL:
        raise ProcessDied("Web or clock ended by itself, so both were stopped. The lines above say why.")


class _Runner(Manager):
    """honcho's manager, which falls over a signal that comes before it knows its children's ids.

    And which starts anew what ended after it had run for a while; what ends before ends the others, too.
    """

    def __init__(self, is_stopping: Callable[[], bool]) -> None:
        super().__init__()
        self._is_stopping = is_stopping
        self._stop_is_wanted = False
        self._started: dict[str, float] = {}

    def _start(self) -> None:
        """Called once the manager listens to signals; one may have come just before."""
        super()._start()
        self._started = dict.fromkeys(PROCESSES, monotonic())
        if self._is_stopping():
            self.returncode = SIGNALS[signal.SIGINT]["rc"]
            self.terminate()

    def terminate(self) -> None:
        """Stop all processes, as soon as all of them are known."""
        if super()._all_started():
            super().terminate()
        else:
            self._stop_is_wanted = True

    def _all_started(self) -> bool:
        """Asked at each turn of the manager's loop."""
        has_started: bool = super()._all_started()
        if has_started and self._stop_is_wanted:
            self._stop_is_wanted = False
            super().terminate()
        return has_started

    def _all_stopped(self) -> bool:
        """Asked at each turn, before whether any has: what ran for a while is started anew."""
        for name, process in self._processes.items():
            ended = process.get("returncode") is not None
            if ended and not self._terminating and monotonic() - self._started[name] > STEADY_SECONDS:
                self._start_anew(name, process)
        have_stopped: bool = super()._all_stopped()
        return have_stopped

    def _start_anew(self, name: str, process: dict[str, Any]) -> None:  # honcho's, which carries no types
        self._system_print(f"{name} ended by itself and is started anew\n")
        process["process"].join()
        del process["pid"], process["returncode"]
        self.returncode = None
        self._started[name] = monotonic()
        process["process"] = multiprocessing.Process(
            name=name, target=process["obj"].run, args=(self.events, True)
        )
        process["process"].start()


def _environment(port: int) -> Mapping[str, str]:
    """The processes use this Python's tools and this process's settings."""
    tools = str(Path(sys.executable).parent)
    return os.environ | {
        "PATH": os.pathsep.join([tools, os.environ.get("PATH", os.defpath)]),
        "PORT": str(port),
        "PYTHONUNBUFFERED": "1",
    }
