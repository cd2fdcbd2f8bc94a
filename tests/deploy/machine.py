"""A machine that is none: the operator's page typed in a folder, with stand-ins for what only a machine has.

Real are the shell, git, Python's packages, PostgreSQL, nginx, openssl and Exchange itself. Stand-ins:
apt-get, adduser, chown and runuser (the user exchange is nobody here), and systemctl (supervisor.py).
Paths and ports are moved into the folder, and nothing else of a command is changed.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from exchange.settings import ROOT
from tests.deploy.proxies import nginx_command
from tests.free_ports import free_port
from tests.postgres import NOBODY, PostgresServer, find_binaries, short_folder
from tests.required import unavailable

BLOCK_SECONDS = 600  # installing packages is the longest
SUPERVISOR = Path(__file__).with_name("supervisor.py")
_MOVED = (
    "/opt/exchange",
    "/etc/exchange",
    "/etc/systemd/system",
    "/etc/nginx",
    "/usr/local/bin",
    "/var/lib/exchange",
)


@dataclass(frozen=True)
class Machine:
    """The folder in which everything lies, and where each thing of the page went."""

    folder: Path
    places: Mapping[str, str]
    https: int
    outside: Mapping[str, str]  # the variables of whoever types

    def place(self, path: str) -> Path:
        """Where a path of the page lies."""
        return Path(self._moved(path))

    def type(self, block: str, **variables: str) -> str:
        """Type a block of the page, in the checkout; what it printed. Fails with its words when it fails."""
        done = subprocess.run(
            ["/bin/bash", "-euo", "pipefail", "-c", f"{self._chosen()}\n{self._moved(block)}"],
            cwd=ROOT,
            env=self._environment() | variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=BLOCK_SECONDS,
        )
        assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}\n{self.said()}"
        if block.startswith("# chosen"):
            (self.folder / "chosen").write_text(block)
        return done.stdout

    def said(self) -> str:
        """The ends of all logs, for whoever looks for a fault."""
        logs = sorted((self.folder / "units").glob("*.log"))
        return "\n".join(f"{log.name}: {log.read_text(errors='replace')[-1500:]}" for log in logs)

    def _chosen(self) -> str:
        """One shell for all blocks: what the first of them chose."""
        chosen = self.folder / "chosen"
        return chosen.read_text() if chosen.exists() else ""

    def _moved(self, text: str) -> str:
        for before, after in self.places.items():
            text = text.replace(before, after)
        return re.sub(r"\b(8000|8001|8100)\b", lambda found: self.places[found[0]], text)

    def _environment(self) -> dict[str, str]:
        ours = [self.folder / "bin", self.places["/usr/local/bin"]]
        path = [*ours, self.outside["PATH"], "/usr/sbin", find_binaries()]
        return self.outside | {"PATH": os.pathsep.join(map(str, path))}


@contextmanager
def fresh_machine(server: PostgresServer) -> Iterator[Machine]:
    """A machine without Exchange, its PostgreSQL empty; what it started has ended afterwards."""
    if shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") is None:
        unavailable("no nginx; install the Debian package nginx-light")
    with short_folder() as folder:
        folder.chmod(0o755)
        places = {path: f"{folder}/root{path}" for path in _MOVED}
        places |= {"/var/run/postgresql": str(server.folder)}
        places |= {port: str(free_port()) for port in ("8000", "8001", "8100")}
        theirs = ("EXCHANGE_", "PG")
        outside = {name: value for name, value in os.environ.items() if not name.startswith(theirs)}
        machine = Machine(folder, places, free_port(), outside)
        for path in ("/etc/systemd/system", "/etc/nginx/conf.d", "/usr/local/bin", "/opt"):
            (folder / f"root{path}").mkdir(parents=True)
        (folder / "units").symlink_to(places["/etc/systemd/system"])
        _put_stand_ins(machine, server)
        try:
            yield machine
        finally:
            _end_all(folder / "units")


def _put_stand_ins(machine: Machine, server: PostgresServer) -> None:
    moves = " ".join(f"-e 's#{before}#{after}#g'" for before, after in machine.places.items())
    nobody = "setpriv --reuid 65534 --regid 65534 --clear-groups" if os.geteuid() == 0 else "env"
    chown = "65534" if os.geteuid() == 0 else str(os.getuid())
    scripts = {
        "apt-get": "exit 0",
        "python3": f'exec {_python_of_all()} "$@"',
        "adduser": f'mkdir -p "$4"; chmod 700 "$4"; /bin/chown {chown} "$4"',
        "chown": f'/bin/chown ":{chown}" "$2"' if os.geteuid() == 0 else "exit 0",
        "id": "echo root",
        "runuser": (
            f"user=$2; shift 3; export PGHOST={server.folder} PGUSER=postgres\n"
            f'if [ "$user" = postgres ]; then exec "$@"; fi\nexec {nobody} env -u PGHOST -u PGUSER "$@"'
        ),
        # What a clone brings is moved, too: units, settings and scripts name places.
        "git": (
            '/usr/bin/git -c safe.directory="*" "$@"; for to; do :; done\n'
            f'for file in $(find "$to/deploy" -type f); do sed -i {moves} "$file"; done'
        ),
        "systemctl": f'exec {sys.executable} {SUPERVISOR} {machine.folder}/units "$@"',
        "nginx": f'exec {sys.executable} -c "{_NGINX_TEST}" {machine.folder} {machine.https}',
    }
    (machine.folder / "bin").mkdir()
    for name, text in scripts.items():
        file = machine.folder / "bin" / name
        file.write_text(f"#!/bin/sh\nset -e\n{text}\n")
        file.chmod(0o755)


def _python_of_all() -> str:
    """A Python that the user of the units may run, too: one in root's own folder is none."""
    as_user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    suits = "import ensurepip, sys; sys.exit(sys.version_info < (3, 11))"
    found = [
        one for one in (shutil.which("python3"), "/usr/bin/python3") if one and _runs(one, suits, as_user)
    ]
    if not found:
        unavailable("no Python 3.11 that others may run; install the Debian package python3-venv")
    return found[0]


def _runs(python: str, code: str, as_user: Mapping[str, object]) -> bool:
    try:
        return subprocess.run([python, "-c", code], check=False, cwd="/", **as_user).returncode == 0
    except OSError:
        return False


# The test of nginx's own, on the page's file within a configuration that a test may run.
_NGINX_TEST = (
    f"import sys; sys.path.insert(0, '{ROOT}'); from tests.deploy.machine import check_nginx; "
    "check_nginx(sys.argv[1], int(sys.argv[2]))"
)


def check_nginx(folder: str, https: int) -> None:
    """What `nginx -t` does here: the site in a configuration of its own, and nginx's verdict on it."""
    root, units = Path(folder) / "root", Path(folder) / "units"
    site = (root / "etc/nginx/conf.d/exchange.conf").read_text()
    own = Path(folder) / "nginx"
    own.mkdir(exist_ok=True)
    site = site.replace("/var/log/nginx", str(own))
    binary = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin") or "nginx"
    command = nginx_command(binary, site, own, http=free_port(), https=https)
    (units / "nginx.command").write_text(" ".join(command))
    subprocess.run([*command, "-t"], check=True)


def _end_all(units: Path) -> None:
    for note in units.glob("*.pid"):
        with suppress(ProcessLookupError):
            os.killpg(int(note.read_text()), signal.SIGTERM)
