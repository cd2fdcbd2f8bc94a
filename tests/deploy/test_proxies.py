"""nginx and Caddy from deploy/, really running: what they hand on, refuse, survive and write down."""

import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from http.client import HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests

from exchange.settings import ROOT, Settings
from exchange.tokens import new_token
from exchange.web.http.upload_limits import BESIDE_FILES, MEGABYTE
from tests.deploy.proxies import PROXIES, Proxy, running_proxy
from tests.served import served

LONGEST = Settings.model_fields["upload_max_mb"].default * MEGABYTE + BESIDE_FILES
TOKEN = new_token()
PRODUCTION = {
    "EXCHANGE_ENVIRONMENT": "production",
    "EXCHANGE_SECRET_KEY": "a-secret-of-tests-that-is-long-enough",
    "EXCHANGE_BASE_URL": "https://localhost",
    "EXCHANGE_SMTP_URL": "smtp://127.0.0.1:9",
    "EXCHANGE_MAIL_FROM": "Exchange <exchange@cities.test>",
    "EXCHANGE_TRUSTED_PROXIES": "1",
}


class Web:
    """Stands in for a web process: says which it is, and remembers what it was asked."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.asked: list[tuple[str, dict[str, str], int]] = []
        self.open: set[socket.socket] = set()
        self.waits: threading.Event | None = None  # until when it keeps its answers back
        web = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                web.open.add(self.request)
                super().setup()

            def finish(self) -> None:
                with suppress(OSError):  # ended from outside
                    super().finish()
                web.open.discard(self.request)

            def do_GET(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                left = length
                while left and (read := len(self.rfile.read(min(left, 65536)))):
                    left -= read
                web.asked.append((self.path, dict(self.headers.items()), length - left))
                if web.waits:
                    web.waits.wait(30)
                body = web.name.encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET  # noqa: N815  # the name that http.server asks for

            def log_message(self, *_words: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def end(self) -> None:
        """Be away: connections end, and whoever connects is refused."""
        self.server.shutdown()
        self.server.server_close()
        for connection in list(self.open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def two_webs() -> Iterator[tuple[Web, Web]]:
    webs = Web("one"), Web("two")
    try:
        yield webs
    finally:
        for web in webs:
            web.end()


@pytest.fixture(params=PROXIES)
def front(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Proxy, Web, Web]]:
    with two_webs() as (one, two):
        behind = (one.address, two.address)
        with running_proxy(request.param, behind, tmp_path) as proxy:
            yield proxy, one, two


def ask(proxy: Proxy, path: str, method: str = "GET", **more: object) -> requests.Response:
    return requests.request(
        method, proxy.https + path, verify=str(proxy.authority), timeout=30, allow_redirects=False, **more
    )


def announced(proxy: Proxy, length: int) -> int:
    """The answer to who says that so many bytes will come, and sends none yet."""
    context = ssl.create_default_context(cafile=proxy.authority)
    connection = HTTPSConnection(proxy.https.removeprefix("https://"), context=context, timeout=30)
    with closing(connection):
        connection.putrequest("POST", f"/answer/{TOKEN}")
        connection.putheader("Content-Length", str(length))
        connection.endheaders()
        return connection.getresponse().status


def test_visitor_is_named_by_the_proxy_alone(front: tuple[Proxy, Web, Web]) -> None:
    """One who says to come from elsewhere would have a sign-in limit of their own for each lie."""
    proxy, *webs = front
    lies = {
        "X-Forwarded-For": "6.6.6.6, 7.7.7.7",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Host": "evil.example.org",
        "Forwarded": "for=6.6.6.6;host=evil.example.org",
    }
    assert ask(proxy, "/sign-in?next=/a%20b", headers=lies).status_code == 200
    [(path, headers, _)] = [one for web in webs for one in web.asked]
    assert path == "/sign-in?next=/a%20b"
    assert headers["Host"].partition(":")[0] == "localhost"
    assert headers["X-Forwarded-For"] == "127.0.0.1"
    assert headers["X-Forwarded-Proto"] == "https"
    assert "evil" not in str(headers)


def test_longest_upload_passes_and_what_is_longer_is_refused_here(front: tuple[Proxy, Web, Web]) -> None:
    proxy, *webs = front
    assert ask(proxy, f"/answer/{TOKEN}", "POST", data=b"x" * LONGEST).status_code == 200
    assert [length for web in webs for _, _, length in web.asked] == [LONGEST]
    assert announced(proxy, LONGEST + 2 * MEGABYTE) == 413
    assert len([one for web in webs for one in web.asked if one[2] > LONGEST]) == 0


def test_one_process_that_is_away_is_not_noticed(front: tuple[Proxy, Web, Web]) -> None:
    proxy, one, _two = front
    assert {ask(proxy, "/").text for _ in range(6)} == {"one", "two"}
    one.end()
    answers = [ask(proxy, "/", method) for method in ("GET", "POST") * 10]
    assert {(answer.status_code, answer.text) for answer in answers} == {(200, "two")}


@pytest.mark.parametrize("name", PROXIES)
def test_calendars_have_a_process_of_their_own_and_web_while_it_is_away(name: str, tmp_path: Path) -> None:
    calendars = Web("calendars")
    with two_webs() as (one, two):
        behind = (one.address, two.address)
        with running_proxy(name, behind, tmp_path, calendars=calendars.address) as proxy:
            path = f"/feeds/{TOKEN}.ics"
            assert {ask(proxy, path).text for _ in range(4)} == {"calendars"}
            assert ask(proxy, f"{path}?theme=T01").text == "calendars"
            assert {ask(proxy, other).text for other in ("/feeds", "/feeds/a/b.ics", "/x.ics")} <= {
                "one",
                "two",
            }
            [headers, *_] = [headers for _path, headers, _length in calendars.asked]
            assert headers["X-Forwarded-For"] == "127.0.0.1"
            calendars.end()
            answers = [ask(proxy, path) for _ in range(6)]
            assert {answer.status_code for answer in answers} == {200}
            assert {answer.text for answer in answers} <= {"one", "two"}


def test_plain_http_is_sent_on_to_tls(front: tuple[Proxy, Web, Web]) -> None:
    proxy, *webs = front
    answer = requests.get(f"{proxy.http}/programme/2027?x=1", timeout=30, allow_redirects=False)
    assert answer.status_code in (301, 308)
    assert re.fullmatch(r"https://localhost(:\d+)?/programme/2027\?x=1", answer.headers["Location"])
    assert [one for web in webs for one in web.asked] == []


def test_nginx_lets_one_address_have_fifty_requests_under_way(tmp_path: Path) -> None:
    with two_webs() as (one, two), running_proxy("nginx", (one.address, two.address), tmp_path) as proxy:
        one.waits = two.waits = threading.Event()
        codes: list[int] = []
        threads = [
            threading.Thread(target=lambda: codes.append(ask(proxy, "/").status_code)) for _ in range(60)
        ]
        for thread in threads:
            thread.start()
        until = time.monotonic() + 30
        while len(codes) < 10:
            assert time.monotonic() < until, codes
            time.sleep(0.05)
        assert set(codes) == {503}
        one.waits.set()
        for thread in threads:
            thread.join()
        assert sorted(codes) == [200] * 50 + [503] * 10


def test_logs_hold_no_address(front: tuple[Proxy, Web, Web]) -> None:
    proxy, one, two = front
    for path in (f"/feeds/{TOKEN}.ics", f"/answer/{TOKEN}"):
        ask(proxy, path)
    for web in (one, two):
        web.end()
    assert ask(proxy, f"/feeds/{TOKEN}.ics").status_code in (502, 503, 504)
    files = [path for path in proxy.folder.rglob("*") if path.is_file()]
    assert files
    assert [path for path in files if TOKEN.encode() in path.read_bytes()] == []


def test_connections_rest_for_less_than_web_keeps_them() -> None:
    header = re.search(r"WEB_HEADER_SECONDS:-(\d+)", (ROOT / "Procfile").read_text())
    assert header
    nginx = re.search(r"keepalive_timeout (\d+)s; # below", (ROOT / "deploy/nginx.conf").read_text())
    caddy = re.search(r"\n\s+keepalive (\d+)s", (ROOT / "deploy/Caddyfile").read_text())
    assert nginx
    assert caddy
    assert int(nginx[1]) < int(header[1])
    assert int(caddy[1]) < int(header[1])


def test_process_settles_for_longer_than_a_proxy_leaves_it_out() -> None:
    """Both were away for the proxy, one after the other too soon: a page in an upgrade was a 502."""
    settle = re.search(
        r"^SETTLE_SECONDS = (\d+)", (ROOT / "deploy/wait_for_web.py").read_text(), re.MULTILINE
    )
    assert settle
    nginx = re.findall(r"fail_timeout=(\d+)s", (ROOT / "deploy/nginx.conf").read_text())
    caddy = re.findall(r"fail_duration (\d+)s", (ROOT / "deploy/Caddyfile").read_text())
    assert len(nginx) == 5  # two for pages, three for calendars
    assert len(caddy) == 1
    assert max(map(int, nginx + caddy)) < int(settle[1])


@pytest.mark.slow
@pytest.mark.parametrize("name", PROXIES)
def test_installation_behind_it_is_reached_by_tls_with_everything_that_hangs_on_it(
    name: str, sqlite_template: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "exchange.db").write_bytes(sqlite_template.read_bytes())
    settings = Settings(data_dir=data, database_url=f"sqlite:///{data}/exchange.db")
    with ExitStack() as stack:
        base = stack.enter_context(served(settings, **PRODUCTION)).removeprefix("http://")
        proxy = stack.enter_context(running_proxy(name, (base, base), tmp_path))
        page = ask(proxy, "/sign-in")
        assert page.status_code == 200
        assert page.headers["Strict-Transport-Security"].startswith("max-age=31536000")
        assert page.headers["Set-Cookie"].startswith("__Host-exchange=")
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        assert token
        typed = {"csrf_token": token[1], "email": "anna@example.org"}
        sent = ask(proxy, "/sign-in", "POST", data=typed, cookies=page.cookies.get_dict())
        assert (sent.status_code, sent.headers["Location"]) == (303, "/sign-in/sent")
        assert ask(proxy, "/", headers={"Host": "evil.example.org"}).text.find("Exchange") == -1
