"""What every answer says in production, behind a proxy with TLS, and to whom it says nothing."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from exchange import clock
from exchange.accounts.actions import make_sign_in_link
from exchange.db import Database
from exchange.feeds.publishing.publish import ensure_feeds, publish_stale
from exchange.models import Person, Role
from exchange.settings import Settings
from exchange.tokens import new_token
from tests.attacks.tls_proxy import TlsProxy, tls_proxy
from tests.audit_key import CARRIED
from tests.factories import make_city, make_person
from tests.served import served

HOST, FURTHER = "exchange.example.org", "exchange.internal.example.org"
PRODUCTION = {
    "EXCHANGE_ENVIRONMENT": "production",
    "EXCHANGE_SECRET_KEY": "a-secret-of-tests-that-is-long-enough",
    "EXCHANGE_BASE_URL": f"https://{HOST}",
    "EXCHANGE_FURTHER_HOSTS": FURTHER,
    "EXCHANGE_SMTP_URL": "smtp://127.0.0.1:9",
    "EXCHANGE_MAIL_FROM": "Exchange <exchange@cities.test>",
    "EXCHANGE_TRUSTED_PROXIES": "1",
    "GRANIAN_LOG_ACCESS_ENABLED": "true",  # somebody may want it
}
TOKEN = new_token()
PRIVATE = ("/sign-in", f"/sign-in/{TOKEN}", f"/answer/{TOKEN}", f"/review/{TOKEN}", f"/attend/{TOKEN}")
PRIVATE += (f"/letters/preferences/{TOKEN}", f"/letters/stop/{TOKEN}", "/", "/status", "/no-such-page")
FEEDS = ("/feeds/network.ics", f"/feeds/{TOKEN}.ics")
ALL = (*PRIVATE, *FEEDS, "/healthz", "/static/base.css")


@dataclass
class Production:
    """A served installation, the proxy in front of it, and what it logged."""

    direct: str
    proxy: TlsProxy
    log: Path
    settings: Settings
    database: Database

    def ask(self, path: str, method: str = "GET", **more: object) -> requests.Response:
        return self.proxy.ask(method, path, host=HOST, **more)


@pytest.fixture(scope="module")
def production(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Production]:
    folder = tmp_path_factory.mktemp("production")
    shutil.copy(sqlite_template, folder / "exchange.db")
    settings = Settings(
        data_dir=folder,
        database_url=f"sqlite:///{folder}/exchange.db",
        base_url=PRODUCTION["EXCHANGE_BASE_URL"],
        secret_key=PRODUCTION["EXCHANGE_SECRET_KEY"],
    )
    database = Database(settings.database_url, carries=CARRIED)
    with database.transaction() as session:
        make_person(session, city=make_city(session), roles=[Role.COORDINATOR])
        ensure_feeds(session, settings, clock.utc_now())
    publish_stale(database, settings, clock.utc_now())
    log = folder / "log"
    with served(settings, log=log, **PRODUCTION) as direct, tls_proxy(direct, folder) as proxy:
        yield Production(direct, proxy, log, settings, database)
    database.dispose()


@pytest.fixture
def signed_in(production: Production) -> dict[str, str]:
    """The cookies of a coordinator who has signed in, by the names and values that the browser got."""
    with production.database.transaction() as session:
        person = session.get_one(Person, 1)
        url = make_sign_in_link(session, person, settings=production.settings, now=clock.utc_now())
    path = url.removeprefix(production.settings.base_url)
    page = production.ask(path)
    form = {"csrf_token": _token_of(page)}
    answer = production.ask(path, "POST", data=form, cookies=_cookies(page))
    assert answer.status_code == 303
    return _cookies(answer)


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS"])
def test_every_answer_keeps_browsers_to_tls(production: Production, method: str) -> None:
    for path in ALL:
        told = production.ask(path, method).headers.get("Strict-Transport-Security", "")
        assert told.startswith("max-age=31536000"), path


def test_calendar_that_is_known_already_keeps_to_tls_too(production: Production) -> None:
    tag = production.ask(FEEDS[0]).headers["ETag"]
    answer = production.ask(FEEDS[0], headers={"If-None-Match": tag})
    assert answer.status_code == 304
    assert "Strict-Transport-Security" in answer.headers


def test_private_pages_are_kept_by_nobody_and_tell_nobody_where_one_was(production: Production) -> None:
    for path in PRIVATE:
        headers = production.ask(path).headers
        assert headers["Cache-Control"] == "no-store", path
        assert headers["Referrer-Policy"] == "no-referrer", path


def test_pages_and_files_of_a_reader_are_kept_by_nobody(
    production: Production, signed_in: dict[str, str]
) -> None:
    for path in ("/", "/status", "/cycles", "/export", "/export/cycles.csv", "/account/sessions"):
        assert production.ask(path, cookies=signed_in).headers["Cache-Control"] == "no-store", path


def test_cookie_can_be_set_by_this_host_alone(production: Production) -> None:
    cookie = production.ask("/sign-in").headers["Set-Cookie"]
    assert cookie.startswith("__Host-exchange=")
    parts = {part.strip() for part in cookie.split(";")[1:]}
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= parts
    assert not any(part.startswith("Domain") for part in parts)


def test_sign_out_clears_what_the_browser_kept(production: Production, signed_in: dict[str, str]) -> None:
    page = production.ask("/account/sessions", cookies=signed_in)
    form = {"csrf_token": _token_of(page)}
    answer = production.ask("/sign-out", "POST", data=form, cookies=signed_in | _cookies(page))
    assert answer.status_code == 303
    assert '"cache"' in answer.headers["Clear-Site-Data"]
    assert production.ask("/account/sessions", cookies=signed_in).status_code == 303


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        f"evil.{HOST}",
        f"{HOST}.evil.example",
        f"{HOST},evil.example",
        "127.0.0.1",
        "localhost",
    ],
)
def test_other_names_are_refused(production: Production, host: str) -> None:
    for path in ("/sign-in", "/no-such-page", "/static/base.css", *FEEDS):
        answer = production.proxy.ask("GET", path, host=host)
        assert answer.status_code == 421, path
        assert host not in answer.text


def test_names_of_this_installation_are_served_on_any_port(production: Production) -> None:
    for host in (HOST, HOST.upper(), f"{HOST}:443", FURTHER):
        assert production.proxy.ask("GET", "/sign-in", host=host).status_code == 200
        assert production.proxy.ask("GET", FEEDS[0], host=host).status_code == 200


def test_supervisor_asks_for_health_at_a_bare_address(production: Production) -> None:
    assert requests.get(f"{production.direct}/healthz", timeout=10).status_code == 200
    evil = requests.get(f"{production.direct}/healthz", headers={"Host": "evil.example"}, timeout=10)
    assert evil.status_code == 421


def test_header_with_an_underscore_passes_for_none_of_the_proxy(production: Production) -> None:
    """X_Forwarded_Proto and X-Forwarded-Proto have one name in CGI."""
    answer = requests.get(
        f"{production.direct}/sign-in", headers={"Host": HOST, "X_Forwarded_For": "192.0.2.1"}, timeout=10
    )
    assert answer.status_code == 200


def test_access_log_of_the_web_server_holds_no_token(production: Production) -> None:
    for path in (*PRIVATE, *FEEDS):
        production.ask(path)
    said = production.log.read_text()
    assert said.count("GET /") >= len(PRIVATE)
    assert TOKEN not in said


def _token_of(page: requests.Response) -> str:
    found = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page.text)
    assert found
    return found[1]


def _cookies(answer: requests.Response) -> dict[str, str]:
    return {cookie.name: cookie.value or "" for cookie in answer.cookies}
