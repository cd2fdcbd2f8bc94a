"""Two hosts and what they share, each in a network namespace of its own, joined by cables that can be pulled.

Nothing of the machine's own network is touched: the namespaces and the cables between them are made for the
test and removed after it. Needs root and iproute2, as on a machine that runs the tests in CI.
"""

import ctypes
import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

CLONE_NEWNET = 0x40000000  # linux/sched.h
HUB = "10.203.0.1"  # where the hosts find database and mail server

_libc = ctypes.CDLL(None, use_errno=True)


class NamespacesUnavailable(Exception):
    """No namespaces can be made here; the message says why."""


@dataclass(frozen=True)
class Network:
    """The hub and the hosts "one" and "two"; ``name`` tells these namespaces from others."""

    name: str

    @contextmanager
    def inside(self, place: str) -> Iterator[None]:
        """Sockets that this thread opens, and processes and threads it starts, belong to the place."""
        with _joined(Path("/run/netns") / f"{self.name}-{place}"):
            yield

    def pull(self, host: str) -> None:
        """Pull the host's cable: nothing is refused, everything is lost."""
        self._in_hub("set", host, "down")

    def plug(self, host: str) -> None:
        """Put it in again."""
        self._in_hub("set", host, "up")

    def _in_hub(self, verb: str, device: str, *more: str) -> None:
        run("ip", "-n", f"{self.name}-hub", "link", verb, device, *more)


@contextmanager
def two_hosts() -> Iterator[Network]:
    """The network while the block runs; NamespacesUnavailable where it cannot be made."""
    if shutil.which("ip") is None:
        raise NamespacesUnavailable("iproute2 is not installed")
    if os.geteuid() != 0:
        raise NamespacesUnavailable("only root makes network namespaces")
    network = Network(f"x{secrets.token_hex(3)}")
    with ExitStack() as made:
        try:
            for place in ("hub", "one", "two"):
                run("ip", "netns", "add", f"{network.name}-{place}")
                made.callback(run, "ip", "netns", "delete", f"{network.name}-{place}")
                run("ip", "-n", f"{network.name}-{place}", "link", "set", "lo", "up")
            _lay_cables(network)
        except subprocess.CalledProcessError as reason:
            raise NamespacesUnavailable(f"{reason.cmd}: {reason.stderr}") from reason
        yield network


def _lay_cables(network: Network) -> None:
    hub = f"{network.name}-hub"
    run("ip", "-n", hub, "link", "add", "switch", "type", "bridge")
    run("ip", "-n", hub, "address", "add", f"{HUB}/24", "dev", "switch")
    run("ip", "-n", hub, "link", "set", "switch", "up")
    for number, host in enumerate(("one", "two"), start=2):
        place = f"{network.name}-{host}"
        run("ip", "-n", hub, "link", "add", host, "type", "veth", "peer", "name", "cable", "netns", place)
        run("ip", "-n", hub, "link", "set", host, "master", "switch", "up")
        run("ip", "-n", place, "address", "add", f"10.203.0.{number}/24", "dev", "cable")
        run("ip", "-n", place, "link", "set", "cable", "up")


def run(*command: str) -> None:
    """Run to the end; CalledProcessError carries the words."""
    subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)


@contextmanager
def _joined(place: Path) -> Iterator[None]:
    with Path("/proc/thread-self/ns/net").open("rb") as here, place.open("rb") as there:
        _join(there.fileno())
        try:
            yield
        finally:
            _join(here.fileno())


def _join(namespace: int) -> None:
    if _libc.setns(namespace, CLONE_NEWNET):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
