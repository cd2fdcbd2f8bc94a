"""Signing in at an identity provider: the way in, and every way in which nobody gets in."""

import html
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import OctKey
from sqlmodel import col, select
from werkzeug.test import TestResponse

from exchange.accounts.provider.documents import MOST_BYTES
from exchange.accounts.provider_actions import ATTEMPT_MINUTES
from exchange.accounts.views.sign_in import TRIES_PER_NETWORK
from exchange.app import create_app
from exchange.commands.doctor.examination import examine
from exchange.db import Database
from exchange.mail.outbox.letter_queue import ACCOUNT
from exchange.models import (
    AuditEntry,
    City,
    Letter,
    Person,
    ProviderAccount,
    ProviderAttempt,
    Role,
    WebSession,
)
from exchange.network.actions.people import edit_person
from exchange.network.drafts import draft_of_person
from exchange.settings import Settings
from tests.accounts.conftest import Factor, actions_of
from tests.accounts.identity_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    Handler,
    Provider,
    key_of,
    query_of,
    running,
    unsigned,
)
from tests.accounts.test_recent_proof import hidden
from tests.factories import make_person
from tests.hand_clock import HandClock
from tests.sign_in import SignIn

NOBODY = "Nobody in the network who takes part now"
NOT_BELIEVED = "could not be believed"
BEGIN_AGAIN = "begun in another browser or window"
AWAY = "cannot be asked now"
START, RETURN = "/sign-in/with-provider", "/sign-in/with-provider/return"


@pytest.fixture
def provider(authority: tuple[Path, Path], clock: HandClock) -> Iterator[Provider]:
    with running(authority[1], clock) as found:
        yield found


@pytest.fixture
def settings(settings: Settings, provider: Provider, authority: tuple[Path, Path]) -> Settings:
    """An installation that knows the provider, which lies in its own network."""
    given = {
        "oidc_issuer": provider.url,
        "oidc_client_id": CLIENT_ID,
        "oidc_client_secret": CLIENT_SECRET,
        "oidc_button": "Sign in with Ports of Example",
        "oidc_allow_private": True,
        "oidc_ca_file": authority[0],
        "oidc_seconds": 2,
    }
    return Settings(**(settings.model_dump() | given))


@pytest.fixture
def anna(database: Database, city: City) -> Person:
    with database.transaction() as session:
        return make_person(session, "Anna Ek", city=city, email="anna@example.org", roles=[Role.CITY_CONTACT])


class Browser:
    """A browser that goes to the provider and comes back, a step at a time."""

    def __init__(self, client: FlaskClient, authority: tuple[Path, Path]) -> None:
        self.client, self.ca_file = client, authority[0]

    def sign_in(self, leads_to: str = "/") -> TestResponse:
        return self.press(self.come_back(self.begin(leads_to)))

    def begin(self, leads_to: str = "/") -> str:
        """The address that the page at the start leads to."""
        page = self.client.post(START, data={"next": leads_to})
        assert page.status_code == 200, page.text
        found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page.text)
        assert found
        return html.unescape(found[1])

    def come_back(self, address: str) -> str:
        """What the provider sends the browser back to, once somebody signed in there."""
        answer = requests.get(address, verify=str(self.ca_file), allow_redirects=False, timeout=5)
        assert answer.status_code == 302
        return answer.headers["Location"]

    def press(self, location: str) -> TestResponse:
        """Read the page that the provider leads back to, and press its button."""
        path = location.removeprefix("http://127.0.0.1:8000")
        page = self.client.get(path)
        assert page.status_code == 200
        fields = re.findall(r'<input type="hidden" name="(code|state|error|iss)" value="([^"]*)"', page.text)
        return self.client.post(RETURN, data={name: html.unescape(value) for name, value in fields})

    @property
    def is_signed_in(self) -> bool:
        return self.client.get("/account/sessions").status_code == 200


@pytest.fixture
def browser(client: FlaskClient, authority: tuple[Path, Path]) -> Browser:
    return Browser(client, authority)


def refused(database: Database) -> list[str]:
    """Why sign-ins were refused, from the trail."""
    with database.reading() as session:
        found = select(AuditEntry).where(AuditEntry.action == "sign-in refused").order_by(AuditEntry.id)
        return [str((entry.after or {})["why"]) for entry in session.exec(found)]


def accounts(database: Database) -> list[tuple[int, str]]:
    with database.reading() as session:
        return [(one.person_id, one.subject) for one in session.exec(select(ProviderAccount))]


def assert_refused(browser: Browser, answer: TestResponse, words: str, status: int = 403) -> None:
    assert answer.status_code == status
    assert words in html.unescape(answer.text)
    assert not browser.is_signed_in


# ------------------------------------------------------------------------------------ the way in


def test_a_person_signs_in_and_is_led_where_they_wanted(
    browser: Browser, database: Database, anna: Person, provider: Provider
) -> None:
    assert "Sign in with Ports of Example" in browser.client.get("/sign-in").text
    address = browser.begin("/account/sessions?a=b")
    asked = query_of(address)
    assert asked["scope"] == "openid email"
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert asked["redirect_uri"] == "http://127.0.0.1:8000" + RETURN
    back = browser.come_back(address)
    assert not browser.is_signed_in
    answer = browser.press(back)
    assert (answer.status_code, answer.location) == (303, "/account/sessions?a=b")
    assert browser.is_signed_in
    assert accounts(database) == [(anna.id, "account 1")]
    assert actions_of(database) == ["remember provider account", "sign in"]
    with database.reading() as session:
        signed_in = session.exec(select(AuditEntry).where(AuditEntry.action == "sign in")).one()
        assert signed_in.after == {"with": "account at the identity provider"}
        assert session.exec(select(ProviderAttempt)).all() == []
    shown = browser.client.get("/account/sessions").text
    assert provider.url in shown


def letters(database: Database) -> list[tuple[int | None, str]]:
    with database.reading() as session:
        queued = session.exec(select(Letter).where(Letter.kind == ACCOUNT).order_by(col(Letter.id))).all()
        return [(one.person_id, one.text) for one in queued]


def test_the_first_sign_in_by_an_account_is_told_to_its_person_and_later_ones_are_not(
    browser: Browser, database: Database, anna: Person, provider: Provider, app: Flask, clock: HandClock
) -> None:
    browser.sign_in()
    clock.advance(days=1)
    Browser(app.test_client(), (browser.ca_file, browser.ca_file)).sign_in()
    [(reader, text)] = letters(database)
    assert reader == anna.id
    assert "for the first time. It signs you in from now on." in text
    assert "/account/sessions" in text


def test_nothing_is_told_where_nobody_was_signed_in(
    browser: Browser, database: Database, anna: Person, provider: Provider
) -> None:
    provider.email = "stranger@example.org"
    browser.sign_in()
    assert letters(database) == []


def test_an_address_is_known_however_it_is_written(
    browser: Browser, anna: Person, provider: Provider
) -> None:
    provider.email = "Anna@Example.ORG"
    browser.sign_in()
    assert browser.is_signed_in


def test_the_address_may_stand_in_the_userinfo_alone(
    browser: Browser, anna: Person, provider: Provider
) -> None:
    provider.tells_by = "userinfo"
    browser.sign_in()
    assert browser.is_signed_in
    assert "/userinfo" in provider.asked


def test_a_secret_goes_in_the_form_where_the_provider_wants_it_there(
    browser: Browser, anna: Person, provider: Provider
) -> None:
    provider.description = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    browser.sign_in()
    assert browser.is_signed_in


def test_an_account_is_known_by_its_subject_when_its_address_changes(
    browser: Browser, database: Database, anna: Person, provider: Provider, app: Flask, clock: HandClock
) -> None:
    browser.sign_in()
    provider.email, provider.is_verified = "anna.married@example.org", False
    clock.advance(days=1)
    later = Browser(app.test_client(), (browser.ca_file, browser.ca_file))
    later.sign_in()
    assert later.is_signed_in
    assert accounts(database) == [(anna.id, "account 1")]
    with database.reading() as session:
        assert session.exec(select(ProviderAccount.last_used_at)).one() == clock()


def test_keys_that_the_provider_changed_meanwhile_are_asked_for(
    browser: Browser, anna: Person, provider: Provider
) -> None:
    address = browser.begin()
    provider.key = key_of("second")
    browser.press(browser.come_back(address))
    assert browser.is_signed_in
    assert provider.asked.count("/keys") == 2


def test_what_the_provider_says_of_itself_is_remembered_for_an_hour(
    browser: Browser, anna: Person, provider: Provider, clock: HandClock
) -> None:
    for _ in range(2):
        browser.begin()
    assert provider.asked.count("/.well-known/openid-configuration") == 1
    clock.advance(hours=1)
    browser.begin()
    assert provider.asked.count("/.well-known/openid-configuration") == 2


def test_the_session_of_before_ends_and_the_browser_gets_another_token(
    browser: Browser, database: Database, anna: Person, cora: Person, sign_in: SignIn
) -> None:
    """Session fixation: nothing that a browser brought along means anything after a sign-in."""
    with browser.client.session_transaction() as cookie:
        cookie["token"], cookie["planted"] = "planted", "by somebody"
    browser.sign_in()
    with browser.client.session_transaction() as cookie:
        assert "planted" not in cookie
        assert cookie["token"] != "planted"
        assert "at provider" not in cookie
    mine = sign_in(cora)
    back = Browser(mine, (browser.ca_file, browser.ca_file))
    assert mine.post(START, data={"next": "/about"}).location == "/about"  # who is signed in needs nothing
    assert back.is_signed_in


def test_a_session_ends_by_disuse_and_by_its_limit(
    browser: Browser, database: Database, anna: Person, settings: Settings, clock: HandClock
) -> None:
    browser.sign_in()
    with database.reading() as session:
        made = session.exec(select(WebSession)).one()
        assert made.expires_at == clock() + timedelta(hours=settings.session_hours)
    clock.advance(minutes=settings.session_idle_minutes)
    assert not browser.is_signed_in


def test_what_was_typed_waits_while_its_writer_signs_in_in_another_window(
    browser: Browser, cora: Person, provider: Provider, clock: HandClock
) -> None:
    provider.email = cora.email
    browser.sign_in()
    clock.advance(hours=3)
    typed = {"key": "T9", "name": "Typed before", "is_active": "y"}
    signed_out = browser.client.post("/network/themes/new", data=typed)
    assert signed_out.status_code == 403
    start = {"next": "/network/themes/new", "kept": hidden(signed_out.text, "kept")}
    waiting = browser.client.post(START, data=start).text
    assert "What you typed waits here" in waiting
    assert "http-equiv" not in waiting
    address = re.search(r'href="(https://localhost[^"]+)" target="_blank"', waiting)
    assert address
    browser.press(browser.come_back(html.unescape(address[1])))
    shown = browser.client.post("/network/themes/new", data={"kept": hidden(waiting, "kept")})
    assert 'value="Typed before"' in shown.text


def test_the_page_on_the_way_there_read_again_leads_to_the_button(browser: Browser, app: Flask) -> None:
    """Its address reads like that of a link in a letter, and was answered as a spent one."""
    assert browser.client.get(START).location == "/sign-in?next=/"
    app.config["WTF_CSRF_ENABLED"] = True
    stale = browser.client.post(START, data={"next": "/"})
    assert stale.status_code == 400
    assert "open for too long" in stale.text
    assert browser.client.get("/sign-in").status_code == 200


# ---------------------------------------------------------------------------- the second factor


def test_the_second_factor_is_owed_as_after_a_link(
    browser: Browser, cora: Person, factor: Factor, provider: Provider
) -> None:
    provider.email, provider.changes = "cora@example.org", {"amr": ["pwd", "mfa"], "acr": "high"}
    answer = browser.sign_in("/programme")
    assert answer.location == "/sign-in/second-step?next=/programme"
    assert not browser.is_signed_in
    browser.client.post(answer.location, data={"code": factor.code()})
    assert browser.is_signed_in


@pytest.mark.parametrize(
    ("claims", "is_enough"),
    [
        ({"amr": ["pwd", "mfa"]}, True),
        ({"acr": "urn:example:high"}, True),
        ({"amr": ["pwd"], "acr": "1"}, False),
        ({"amr": ["pwd mfa"]}, False),
        ({"acr": ["mfa"]}, True),
        ({}, False),
    ],
)
def test_a_second_factor_used_at_the_provider_counts_when_a_setting_says_so(
    browser: Browser,
    app: Flask,
    database: Database,
    cora: Person,
    factor: Factor,
    provider: Provider,
    settings: Settings,
    claims: dict[str, object],
    is_enough: bool,
) -> None:
    believing = settings.model_copy(
        update={"oidc_second_factor": "mfa urn:example:high", "second_factor": "always"}
    )
    object.__setattr__(app.extensions["exchange"], "settings", believing)
    provider.email, provider.changes = "cora@example.org", claims
    browser.sign_in()
    assert browser.is_signed_in is is_enough
    if is_enough:
        with database.reading() as session:
            last = session.exec(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
            assert last.action == "sign in"
            assert last.after["second factor"] in ("mfa", "urn:example:high")


@pytest.mark.parametrize(
    ("signed_in_ago", "is_recent"), [(60, True), (601, False), (None, False), (-60, False)]
)
def test_what_is_dangerous_asks_unless_the_provider_says_that_they_just_signed_in(
    browser: Browser,
    app: Flask,
    cora: Person,
    provider: Provider,
    clock: HandClock,
    signed_in_ago: int | None,
    is_recent: bool,
) -> None:
    """A provider lets people in for hours without a question: that is no proof that it is they."""
    auth_time = None if signed_in_ago is None else int(clock().timestamp()) - signed_in_ago
    provider.email, provider.changes = "cora@example.org", {"auth_time": auth_time}
    browser.sign_in()
    answer = browser.client.post("/account/sign-in/app/remove", data={"do": "remove"})
    assert ("Is it you?" in answer.text) is not is_recent


def test_who_must_set_up_a_factor_has_used_one_at_the_provider(
    browser: Browser, app: Flask, cora: Person, provider: Provider, settings: Settings
) -> None:
    must_now = {"second_factor": "always", "second_factor_days": 0}
    for believed, status in (("", 303), ("mfa", 200)):
        changed = settings.model_copy(update=must_now | {"oidc_second_factor": believed})
        object.__setattr__(app.extensions["exchange"], "settings", changed)
        provider.email, provider.changes = "cora@example.org", {"amr": ["mfa"]}
        again = Browser(app.test_client(), (browser.ca_file, browser.ca_file))
        again.sign_in()
        assert again.client.get("/cycles").status_code == status


# ------------------------------------------------------------------------------------ refused


def test_nobody_is_made_and_who_left_is_told_the_same(
    browser: Browser, app: Flask, database: Database, anna: Person, city: City, provider: Provider
) -> None:
    with database.transaction() as session:
        make_person(session, "Lea Left", city=city, email="lea@example.org", is_active=False)
    pages = []
    for email in ("stranger@example.org", "lea@example.org"):
        provider.email = provider.subject = email
        visitor = Browser(app.test_client(), (browser.ca_file, browser.ca_file))
        answer = visitor.sign_in()
        assert_refused(visitor, answer, NOBODY)
        pages.append(re.sub(r'(name="csrf_token" value=)"[^"]*"', r"\1", answer.text))
    assert pages[0] == pages[1]
    assert accounts(database) == []
    assert refused(database) == ["identity provider: nobody of the network"]
    with database.reading() as session:
        assert len(session.exec(select(Person)).all()) == 2


def test_who_left_or_was_given_another_address_is_matched_anew(
    browser: Browser, app: Flask, database: Database, anna: Person, settings: Settings, clock: HandClock
) -> None:
    """The account was of the old address; whoever keeps it there must not sign in as them here."""
    browser.sign_in()

    def edit(**changes: object) -> None:
        with database.transaction() as session:
            person = session.get(Person, anna.id)
            draft = replace(draft_of_person(person), **changes)
            edit_person(session, person, draft, actor=None, settings=settings, now=clock())

    edit(is_active=False)
    assert accounts(database) == []
    left = Browser(app.test_client(), (browser.ca_file, browser.ca_file))
    assert_refused(left, left.sign_in(), NOBODY)
    edit(is_active=True)
    left.sign_in()
    assert left.is_signed_in
    edit(email="anna@elsewhere.example")
    assert accounts(database) == []
    moved = Browser(app.test_client(), (browser.ca_file, browser.ca_file))
    assert_refused(moved, moved.sign_in(), NOBODY)


@pytest.mark.parametrize("verified", [False, None, "true", 1, "false"])
def test_an_address_that_is_not_verified_matches_nobody(
    browser: Browser, database: Database, anna: Person, provider: Provider, verified: object
) -> None:
    provider.is_verified = verified
    assert_refused(browser, browser.sign_in(), "has not verified the address")
    assert refused(database) == ["identity provider: address not verified"]


def test_no_address_at_all_matches_nobody(browser: Browser, anna: Person, provider: Provider) -> None:
    provider.tells_by, provider.userinfo = "userinfo", {"email": None}
    assert_refused(browser, browser.sign_in(), "has not verified the address")
    provider.description = {"userinfo_endpoint": f"{provider.url}/none"}
    browser.client.application.extensions["identity provider"].check(provider.now())
    assert_refused(browser, browser.sign_in(), AWAY, 503)


def test_an_address_that_was_given_to_somebody_else_there_opens_nothing(
    browser: Browser, app: Flask, database: Database, anna: Person, provider: Provider
) -> None:
    browser.sign_in()
    provider.subject = "account 2"
    other = Browser(app.test_client(), (browser.ca_file, browser.ca_file))
    assert_refused(other, other.sign_in(), "by another account at the identity provider before")
    with database.reading() as session:
        account_id = session.exec(select(ProviderAccount.id)).one()
    answer = browser.client.post(f"/account/accounts-elsewhere/{account_id}/forget")
    assert answer.status_code == 303
    assert "no longer signs you in" in letters(database)[-1][1]
    other.sign_in()
    assert other.is_signed_in
    assert accounts(database) == [(anna.id, "account 2")]


def test_nobody_takes_away_an_account_of_others(
    browser: Browser, database: Database, anna: Person, cora: Person, sign_in: SignIn
) -> None:
    browser.sign_in()
    with database.reading() as session:
        account_id = session.exec(select(ProviderAccount.id)).one()
    assert sign_in(cora).post(f"/account/accounts-elsewhere/{account_id}/forget").status_code == 404
    assert len(accounts(database)) == 1


MINUTE = 60
LIES: dict[str, tuple[dict[str, object], str]] = {
    "wrong issuer": ({"iss": "https://other.example"}, "iss of the ID token"),
    "no issuer": ({"iss": None}, "iss of the ID token"),
    "wrong audience": ({"aud": "another client"}, "aud of the ID token"),
    "no audience": ({"aud": None}, "aud of the ID token"),
    "audiences without us": ({"aud": ["one", "two"]}, "aud of the ID token"),
    "audiences for another party": ({"aud": [CLIENT_ID, "two"], "azp": "two"}, "azp of the ID token"),
    "audiences for no party": ({"aud": [CLIENT_ID, "two"]}, "azp of the ID token"),
    "wrong nonce": ({"nonce": "of another sign-in"}, "nonce of the ID token"),
    "no nonce": ({"nonce": None}, "nonce of the ID token"),
    "expired": ({"exp": 1}, "ID token expired"),
    "never expires": ({"exp": None}, "exp of the ID token"),
    "time in words": ({"exp": "tomorrow"}, "exp of the ID token"),
    "no subject": ({"sub": None}, "sub of the ID token"),
    "empty subject": ({"sub": ""}, "sub of the ID token"),
    "subject that is a number": ({"sub": 7}, "sub of the ID token"),
    "endless subject": ({"sub": "x" * 256}, "sub of the ID token"),
    "wrong access token": ({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}, "at_hash of the ID token"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_says_something_wrong_is_not_believed(
    browser: Browser, database: Database, anna: Person, provider: Provider, lie: str
) -> None:
    provider.changes, why = LIES[lie]
    assert_refused(browser, browser.sign_in(), NOT_BELIEVED)
    assert refused(database) == [f"identity provider: {why}"]
    assert accounts(database) == []


def test_a_token_from_the_future_or_just_expired_is_not_believed(
    browser: Browser, anna: Person, provider: Provider, clock: HandClock
) -> None:
    now = int(clock().timestamp())
    for changes in ({"iat": now + 2 * MINUTE}, {"nbf": now + 2 * MINUTE}, {"exp": now - MINUTE}):
        provider.changes = changes
        assert_refused(browser, browser.sign_in(), NOT_BELIEVED)
    provider.changes = {"exp": now - MINUTE + 1}  # clocks differ by less than a minute
    browser.sign_in()
    assert browser.is_signed_in


def _by_secret(claims: dict[str, object]) -> str:
    """Signed with what both know: whoever registered the client could sign as the provider."""
    key = OctKey.import_key(CLIENT_SECRET + " long enough for HS256 by far")
    return jwt.encode({"alg": "HS256"}, claims, key, algorithms=["HS256"])


FORGED = {
    "another's key": lambda claims: jwt.encode(
        {"alg": "RS256", "kid": "first"}, claims, key_of("first", "a stranger")
    ),
    "unknown key": lambda claims: jwt.encode(
        {"alg": "RS256", "kid": "never seen"}, claims, key_of("first", "a stranger")
    ),
    "no signature": unsigned,
    "signature cut": lambda claims: jwt.encode(
        {"alg": "RS256", "kid": "first"}, claims, key_of("first", "a stranger")
    )[:-40],
    "shared secret": _by_secret,
    "nonsense": lambda _claims: "a.b.c",
    "empty": lambda _claims: "",
}


@pytest.mark.parametrize("forgery", FORGED)
def test_a_token_with_another_signature_or_none_is_not_believed(
    browser: Browser, database: Database, anna: Person, provider: Provider, forgery: str
) -> None:
    provider.token_of = FORGED[forgery]
    assert_refused(browser, browser.sign_in(), NOT_BELIEVED)
    assert refused(database) == ["identity provider: signature of the ID token"]


def test_a_userinfo_about_somebody_else_is_not_believed(
    browser: Browser, anna: Person, provider: Provider
) -> None:
    provider.tells_by, provider.userinfo = "userinfo", {"sub": "account 2"}
    assert_refused(browser, browser.sign_in(), NOT_BELIEVED)


def test_a_sign_in_that_another_browser_began_is_refused(
    browser: Browser, app: Flask, database: Database, anna: Person
) -> None:
    """Somebody who sends their own half-finished sign-in to another signs nobody in as themselves."""
    back = browser.come_back(browser.begin())
    fresh = Browser(app.test_client(), (browser.ca_file, browser.ca_file))
    assert_refused(fresh, fresh.press(back), BEGIN_AGAIN)
    busy = Browser(app.test_client(), (browser.ca_file, browser.ca_file))
    own_way = busy.begin()
    assert_refused(busy, busy.press(back), BEGIN_AGAIN)
    busy.press(busy.come_back(own_way))  # which ended nothing of its own
    assert busy.is_signed_in
    browser.press(back)
    assert browser.is_signed_in
    assert refused(database) == ["identity provider: state of another browser"]


def test_a_sign_in_works_once_and_not_too_late(
    browser: Browser, app: Flask, database: Database, anna: Person, clock: HandClock
) -> None:
    back = browser.come_back(browser.begin())
    with browser.client.session_transaction() as cookie:
        secret = cookie["at provider"]
    browser.press(back)
    replayed = Browser(app.test_client(), (browser.ca_file, browser.ca_file))
    with replayed.client.session_transaction() as cookie:
        cookie["at provider"] = secret  # the same browser, put back to what it was
    assert_refused(replayed, replayed.press(back), BEGIN_AGAIN)
    late = replayed.come_back(replayed.begin())
    clock.advance(minutes=ATTEMPT_MINUTES)
    assert_refused(replayed, replayed.press(late), BEGIN_AGAIN)
    assert refused(database) == ["identity provider: state used before, or too late"]


def test_a_code_that_was_used_elsewhere_is_refused(
    browser: Browser, database: Database, anna: Person, provider: Provider
) -> None:
    """Codes stay bound to the sign-in they were made for, by PKCE: another's code ends here."""
    other_way = browser.come_back(browser.begin())
    own_way = browser.come_back(browser.begin())
    mixed = own_way.replace(query_of(own_way)["code"], query_of(other_way)["code"])
    assert_refused(browser, browser.press(mixed), NOT_BELIEVED)
    assert refused(database) == ["identity provider: code used before, or another's"]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"code": ""}, "did not sign you in"),
        ({"code": "\x00" * 3}, "did not sign you in"),
        ({"code": "x" * 5000}, "did not sign you in"),
        ({"error": "access_denied"}, "did not sign you in"),
        ({"state": ""}, BEGIN_AGAIN),
        ({"state": "ä" * 43}, BEGIN_AGAIN),
        ({"iss": "https://other.example"}, "Another identity provider answered"),
    ],
)
def test_what_comes_back_spoilt_is_refused_in_words(
    browser: Browser, anna: Person, changed: dict[str, str], words: str
) -> None:
    given = query_of(browser.come_back(browser.begin())) | changed
    assert_refused(browser, browser.client.post(RETURN, data=given), words)


def test_who_gave_up_at_the_provider_is_told_so(
    browser: Browser, database: Database, anna: Person, provider: Provider
) -> None:
    provider.error = "access_denied"
    assert_refused(browser, browser.sign_in(), "did not sign you in")
    assert refused(database) == ["identity provider: refused at the identity provider"]


@pytest.mark.parametrize(
    "next_page",
    ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "\t//e"],
)
def test_a_sign_in_leads_nowhere_else(browser: Browser, anna: Person, next_page: str) -> None:
    assert browser.sign_in(next_page).location == "/"
    assert browser.is_signed_in


def test_a_network_begins_so_many_sign_ins_and_no_more(browser: Browser, anna: Person) -> None:
    for _ in range(TRIES_PER_NETWORK):
        browser.begin()
    answer = browser.client.post(START, data={"next": "/"})
    assert (answer.status_code, "Retry-After" in answer.headers) == (429, True)


# ------------------------------------------------------------------------------- the provider away


def _trickle(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    for _ in range(40):
        handler.wfile.write(b" ")
        time.sleep(0.1)


BROKEN = {
    "fault of its own": lambda handler: handler.say({}, 500),
    "leads elsewhere": lambda handler: handler.say({}, 302, location="https://elsewhere.example/"),
    "no object": lambda handler: handler.say(["a list"]),
    "too much": lambda handler: handler.say("x" * (MOST_BYTES + 1)),
    "too slow": _trickle,
    "hangs up": lambda handler: setattr(handler, "close_connection", True),
}


@pytest.mark.parametrize("fault", BROKEN)
@pytest.mark.parametrize("when", ["on the way there", "on the way back"])
def test_a_provider_that_is_away_is_said_in_words(
    browser: Browser, anna: Person, provider: Provider, fault: str, when: str
) -> None:
    back = browser.come_back(browser.begin()) if when == "on the way back" else ""
    provider.broken = BROKEN[fault]
    if back:
        answer = browser.press(back)
    else:
        answer = browser.client.post(START, data={"next": "/"})
    assert_refused(browser, answer, AWAY, 503)


@pytest.mark.parametrize(
    "description",
    [
        {"issuer": "https://other.example"},
        {"authorization_endpoint": "http://insecure.example/authorize"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"token_endpoint": None},
        {"jwks_uri": ["https://localhost"]},
        {"userinfo_endpoint": "https://[::1"},
    ],
)
def test_a_description_that_cannot_be_is_not_followed(
    browser: Browser, anna: Person, provider: Provider, description: dict[str, object]
) -> None:
    provider.description = description
    answer = browser.client.post(START, data={"next": "/"})
    assert_refused(browser, answer, AWAY, 503)


def test_a_provider_that_was_away_is_left_alone_for_a_moment(
    browser: Browser, anna: Person, provider: Provider, clock: HandClock
) -> None:
    """Whoever presses the button again and again would keep every thread waiting."""
    provider.broken = BROKEN["fault of its own"]
    for _ in range(3):
        assert browser.client.post(START).status_code == 503
    assert len(provider.asked) == 1
    provider.broken = None
    assert browser.client.post(START).status_code == 503
    clock.advance(seconds=15)
    browser.sign_in()
    assert browser.is_signed_in


def test_a_client_that_the_provider_does_not_know_is_our_fault_and_nobody_elses(
    browser: Browser, app: Flask, anna: Person, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    other = settings.model_copy(update={"oidc_client_id": "nobody it knows"})
    object.__setattr__(app.extensions["identity provider"], "_settings", other)
    assert_refused(browser, browser.sign_in(), AWAY, 503)


def test_a_provider_in_a_private_network_is_asked_only_when_a_setting_says_so(
    browser: Browser, app: Flask, anna: Person, provider: Provider, settings: Settings
) -> None:
    closed = settings.model_copy(update={"oidc_allow_private": False})
    object.__setattr__(app.extensions["identity provider"], "_settings", closed)
    answer = browser.client.post(START, data={"next": "/"})
    assert_refused(browser, answer, AWAY, 503)
    assert provider.asked == []


def test_a_certificate_that_nobody_vouches_for_is_not_taken(
    browser: Browser, app: Flask, anna: Person, provider: Provider, settings: Settings
) -> None:
    strict = settings.model_copy(update={"oidc_ca_file": None})
    object.__setattr__(app.extensions["identity provider"], "_settings", strict)
    assert_refused(browser, browser.client.post(START, data={"next": "/"}), AWAY, 503)
    assert provider.asked == []


def test_doctor_asks_the_provider(
    settings: Settings, provider: Provider, authority: tuple[Path, Path]
) -> None:
    def said() -> str:
        return next(str(one) for one in examine(settings) if one.part == "identity provider")

    assert said() == (
        "ok      identity provider: answers; it must know"
        " http://127.0.0.1:8000/sign-in/with-provider/return as ours"
    )
    provider.description = {"issuer": "https://other.example"}
    assert "calls itself https://other.example: set EXCHANGE_OIDC_ISSUER to exactly that" in said()
    provider.broken = BROKEN["fault of its own"]
    assert re.search(r"not ok +identity provider: .*openid-configuration .* answers 500", said())


# ------------------------------------------------------------------------------------ not configured


def test_without_a_provider_there_is_neither_button_nor_page(
    database: Database, settings: Settings, clock: HandClock
) -> None:
    plain = Settings(**{k: v for k, v in settings.model_dump().items() if not k.startswith("oidc_")})
    app = create_app(plain, now=clock)
    app.config.update(WTF_CSRF_ENABLED=False)
    client = app.test_client()
    try:
        assert START not in client.get("/sign-in").text
        for answer in (client.get(START), client.post(START), client.get(RETURN), client.post(RETURN)):
            assert answer.status_code == 404
    finally:
        app.extensions["exchange"].database.dispose()
