"""Feeds beside a static file: granian with the fast path, nginx, a plain Flask route, Radicale.

"nginx" is as it comes, without a log; "nginx tuned" keeps its files open. "bare WSGI" is granian with
an application of constants: the most that any application can reach there.

The servers share one core and the load comes from the other; each round asks all of them in turn, so that
a busy moment hits all. What counts are the ratios of one run.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import requests

from exchange.feeds.content.feed_owners import all_feeds
from exchange.feeds.publishing.publish import publish_stale
from exchange.feeds.subscriptions.secret_addresses import current_address
from exchange.models import FeedKind
from exchange.settings import ROOT, Settings
from tests.bench.cores import other_core
from tests.bench.publishing import EVENTS, shared_programme
from tests.factories import MADE_AT
from tests.free_ports import free_port

ROUNDS = 5
SECONDS = 1
FILES_KEPT_OPEN = "open_file_cache max=10 inactive=60s;"  # no system call to find and look at the file
SERVED = "exchange.server.calendar_application:create_from_environment"  # as the Procfile has it
OURS = [
    "--interface",
    "wsgi",
    "--blocking-threads",
    "4",
    "--http",
    "1",
    "--http1-header-read-timeout",
    "10000",
    "--factory",
]
CONNECTIONS = 64  # one per city of the largest network thought of
PATIENCE_SECONDS = 60
BIN = Path(sys.executable).parent


@dataclass
class Served:
    """A server that answers with the feed at ``url``; ``pids`` are its processes."""

    name: str
    url: str
    pids: list[int]


@dataclass
class Question:
    """One kind of request, with the status it must get."""

    name: str
    status: int
    headers: dict[str, str]
    path: str = ""


def measure() -> None:
    """Print per server and kind of request: requests a second, CPU a request, both beside nginx."""
    _need_programs()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        Path(folder).chmod(0o755)  # nginx's workers read as another user
        settings = Settings(
            data_dir=Path(folder), database_url=f"sqlite:///{folder}/exchange.db", sample=False
        )
        path = _published(settings)
        ours = stack.enter_context(_granian(settings, "exchange", SERVED, path))
        content = requests.get(ours.url, headers={"Accept-Encoding": "identity"}, timeout=10).content
        (Path(folder) / "feed.ics").write_bytes(content)
        subprocess.run(["gzip", "-6", "-k", "-n", f"{folder}/feed.ics"], check=True)
        print(f"feed of {content.count(b'BEGIN:VEVENT')} events, {len(content):,} bytes")
        answer = requests.get(ours.url, timeout=10)
        nginx = stack.enter_context(_nginx(Path(folder), "nginx", answer))
        tuned = stack.enter_context(_nginx(Path(folder), "nginx tuned", answer, FILES_KEPT_OPEN))
        bare = stack.enter_context(_granian(settings, "bare WSGI", "tests.bench.bare:app", "/feed.ics"))
        flask = stack.enter_context(_granian(settings, "flask", "tests.bench.plain:app", "/feed.ics"))
        radicale = stack.enter_context(_radicale(Path(folder), content))
        _compare([nginx, tuned, ours, bare, flask, radicale])


def _compare(servers: list[Served]) -> None:
    print(f"{'request':18} {'server':12} {'req/s':>9} {'of nginx':>9} {'CPU us':>8} {'of nginx':>9}")
    for kind in ("304", "200", "200 gzip", "unknown"):
        asked = [(server, _question(server, kind)) for server in servers]
        rounds: dict[str, list[tuple[float, float]]] = {server.name: [] for server in servers}
        for _ in range(ROUNDS):
            for server, question in asked:
                rounds[server.name].append(_load(server, question))
        base = [median(values) for values in zip(*rounds["nginx"], strict=True)]
        for server in servers:
            rate, cpu = (median(values) for values in zip(*rounds[server.name], strict=True))
            print(
                f"{kind:18} {server.name:12} {rate:9.0f} {rate / base[0]:9.2f}"
                f" {cpu * 1e6:8.1f} {cpu / base[1]:9.2f}"
            )


def _question(server: Served, kind: str) -> Question:
    """The request, tried once: a server that does not do what is asked is measured as it is, and said."""
    if kind == "unknown":
        return Question(kind, 404, {}, path=server.url.rsplit("/", 1)[0] + "/" + "a" * 43 + ".ics")
    wanted = {"Accept-Encoding": "gzip" if "gzip" in kind else "identity"}
    answer = requests.get(server.url, headers=wanted, timeout=10)
    if kind == "304":
        wanted["If-None-Match"] = answer.headers.get("ETag", '"none"')
    found = requests.get(server.url, headers=wanted, timeout=10)
    expected = 304 if kind == "304" else 200
    if found.status_code != expected or ("gzip" in kind) != (found.headers.get("Content-Encoding") == "gzip"):
        told = found.headers.get("Content-Encoding", "identity")
        print(f"  {server.name} answers {kind!r} with {found.status_code}, {told}")
    return Question(kind, found.status_code, wanted)


def _load(server: Served, question: Question) -> tuple[float, float]:
    """Requests a second and CPU seconds a request, over SECONDS of wrk on the other core."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", question.path or server.url]
    for name, value in question.headers.items():
        command[1:1] = ["-H", f"{name}: {value}"]
    before = _cpu_seconds(server.pids)
    said = subprocess.run(
        ["taskset", "-c", str(other_core()), *command], capture_output=True, text=True, check=True
    ).stdout
    used = _cpu_seconds(server.pids) - before
    requests_done = int(said.split(" requests in ")[0].split()[-1])
    return requests_done / SECONDS, used / max(requests_done, 1)


def _published(settings: Settings) -> str:
    database = shared_programme(settings, feeds=3, events=EVENTS)
    publish_stale(database, settings, MADE_AT)
    with database.reading() as session:
        feed = next(feed for feed in all_feeds(session) if feed.kind == FeedKind.CITY)
        address = current_address(settings, feed) or ""
    database.dispose()
    return address.removeprefix(settings.base_url)


@contextmanager
def _granian(settings: Settings, name: str, target: str, path: str) -> Iterator[Served]:
    """Ours as the Procfile starts it, with one worker; a WSGI application with as many threads."""
    port = free_port()
    command = [str(BIN / "granian"), "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    command += ["--no-ws", "--log-level", "error"]
    is_ours = target.startswith("exchange")
    command += OURS if is_ours else ["--interface", "wsgi", "--blocking-threads", "4"]
    environment = os.environ | {
        "EXCHANGE_DATABASE_URL": settings.database_url,
        "EXCHANGE_DATA_DIR": str(settings.data_dir),
        "EXCHANGE_BENCH_FILE": str(settings.data_dir / "feed.ics"),
        "PYTHONPATH": str(ROOT),
    }
    name = {"exchange.server.calendar_application": "exchange", "tests.bench.bare": "bare WSGI"}.get(
        target.partition(":")[0], "flask"
    )
    with _process([*command, target], environment, f"http://127.0.0.1:{port}{path}") as pids:
        yield Served(name, f"http://127.0.0.1:{port}{path}", pids)


@contextmanager
def _nginx(folder: Path, name: str, ours: requests.Response, tuning: str = "") -> Iterator[Served]:
    """nginx with the same file, its gzip beside it, and the same headers that a feed needs."""
    port = free_port()
    same = ("Cache-Control", "Content-Disposition", "X-Content-Type-Options", "X-Robots-Tag")
    headers = "\n".join(f"add_header {name} {_quoted(ours.headers[name])};" for name in same)
    configuration = folder / f"{port}.conf"
    configuration.write_text(
        f"""daemon off; worker_processes 1; pid {folder}/{port}.pid; error_log stderr crit;
        events {{ worker_connections 1024; }}
        http {{ access_log off; sendfile on; keepalive_requests 100000000; client_body_temp_path {folder}/t;
          proxy_temp_path {folder}/t; fastcgi_temp_path {folder}/t; uwsgi_temp_path {folder}/t;
          scgi_temp_path {folder}/t; types {{ text/calendar ics; }} charset utf-8;
          gzip_static on; gzip_vary on; {tuning}
          server {{ listen 127.0.0.1:{port}; root {folder}; {headers} }} }}"""
    )
    url = f"http://127.0.0.1:{port}/feed.ics"
    with _process(["nginx", "-c", str(configuration)], dict(os.environ), url) as pids:
        yield Served(name, url, pids)


def _quoted(value: str) -> str:
    escaped = value.replace('"', r"\"")
    return f'"{escaped}"'


@contextmanager
def _radicale(folder: Path, content: bytes) -> Iterator[Served]:
    port = free_port()
    options = ["--server-hosts", f"127.0.0.1:{port}", "--auth-type", "none", "--logging-level", "error"]
    options += ["--storage-filesystem-folder", str(folder / "radicale")]
    url = f"http://127.0.0.1:{port}/bench/feed.ics/"
    command = [sys.executable, "-m", "radicale", *options, "--rights-type", "authenticated"]
    command[-1] = "owner_only"
    with _process([*command], dict(os.environ), f"http://127.0.0.1:{port}/") as pids:
        kept = requests.put(
            url,
            data=content.replace(b"METHOD:PUBLISH\r\n", b""),
            headers={"Content-Type": "text/calendar"},
            auth=("bench", "x"),
            timeout=60,
        )
        if not kept.ok:
            print(f"  Radicale took no calendar: {kept.status_code}")
        yield Served("radicale", url.replace("127", "bench:x@127"), pids)


@contextmanager
def _process(command: list[str], environment: dict[str, str], url: str) -> Iterator[list[int]]:
    process = subprocess.Popen(
        command,
        env=environment,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait_for(url, process)
        yield [process.pid]
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=PATIENCE_SECONDS)


def _wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    began = time.monotonic()
    while True:
        try:
            requests.get(url, timeout=2)
        except requests.ConnectionError:
            if process.poll() is not None or time.monotonic() - began > PATIENCE_SECONDS:
                raise RuntimeError(f"nothing answers at {url}") from None
            time.sleep(0.1)
        else:
            return


def _cpu_seconds(leaders: list[int]) -> float:
    """CPU of all processes of the sessions that these began."""
    ticks = 0
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended while we looked
        if int(fields[3]) in leaders:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _need_programs() -> None:
    """nginx and wrk, installed from the system's packages when they are absent."""
    absent = [
        package
        for program, package in (("nginx", "nginx-light"), ("wrk", "wrk"))
        if not shutil.which(program)
    ]
    if absent:
        subprocess.run(["apt-get", "install", "--yes", "--quiet", *absent], check=True)
