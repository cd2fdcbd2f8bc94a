"""Signing in by letter: the way in, the ways that stay shut, and what is left in the trail."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, select

from exchange.accounts.actions import make_sign_in_link
from exchange.accounts.views.sign_in import LETTERS_PER_DAY, TRIES_PER_ADDRESS, TRIES_PER_NETWORK
from exchange.app import create_app
from exchange.db import Database
from exchange.models import AuditEntry, Letter, Person, Role, SignInLink, WebSession
from exchange.settings import Settings
from exchange.tokens import digest
from exchange.web.access.guess_limits import GUESSES
from tests.factories import make_city, make_person
from tests.hand_clock import HandClock
from tests.sign_in import answer_asked

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"


@pytest.fixture
def anna(database: Database) -> Person:
    with database.transaction() as session:
        return make_person(
            session, "Anna Ek", city=make_city(session), email="anna@example.org", roles=[Role.COORDINATOR]
        )


@pytest.fixture(autouse=True)
def answering(database: Database, settings: Settings, clock: HandClock) -> None:
    """Whoever looks at the letters finds the requests for links answered."""
    _ANSWERING["now"] = lambda: answer_asked(database, settings, clock)


_ANSWERING: dict[str, Callable[[], None]] = {}


def letters(database: Database) -> list[Letter]:
    _ANSWERING["now"]()
    with database.reading() as session:
        return list(session.exec(select(Letter)))


def link_in(letter: Letter) -> str:
    """The path of the sign-in link that a person would follow."""
    found = re.search(r"http://\S+(/sign-in/\S+)", letter.text)
    assert found
    return found[1]


def made_link(database: Database, person: Person, settings: Settings, clock: HandClock, **more: str) -> str:
    with database.transaction() as session:
        url = make_sign_in_link(session, person, settings=settings, now=clock(), **more)
    return url.removeprefix(settings.base_url)


def actions_of(database: Database) -> list[str]:
    with database.reading() as session:
        return [entry.action for entry in session.exec(select(AuditEntry).order_by(AuditEntry.id))]


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/account/sessions").status_code == 200


def test_letter_with_a_link_signs_in_once(
    client: FlaskClient, database: Database, anna: Person, app: Flask
) -> None:
    answer = client.post("/sign-in", data={"email": " Anna@Example.org "})
    assert (answer.status_code, answer.location) == (303, "/sign-in/sent")
    (letter,) = letters(database)
    assert (letter.person_id, letter.kind) == (anna.id, "sign-in")
    path = link_in(letter)

    assert "Sign me in" in client.get(path).text
    assert not is_signed_in(client)
    answer = client.post(path, headers={"User-Agent": FIREFOX})
    assert (answer.status_code, answer.location) == (303, "/")
    assert is_signed_in(client)

    other = app.test_client()
    for again in (other.get(path), other.post(path)):
        assert again.status_code == 410
        assert "Ask for a new link" in again.text
    assert not is_signed_in(other)
    assert actions_of(database) == ["make sign-in link", "sign in", "sign-in refused"]


def test_unknown_and_known_addresses_get_the_same_answer(
    client: FlaskClient, database: Database, anna: Person
) -> None:
    known = client.post("/sign-in", data={"email": anna.email})
    unknown = client.post("/sign-in", data={"email": "nobody@example.org"})
    assert (known.status_code, known.location, known.data) == (
        unknown.status_code,
        unknown.location,
        unknown.data,
    )
    assert [letter.to_address for letter in letters(database)] == ["anna@example.org"]


@pytest.mark.parametrize(
    "typed",
    ["åsa@bücher.example", "ÅSA@Bücher.example", "a\u030asa@xn--bcher-kva.example", " åsa@bücher.example "],
)
def test_international_address_signs_in_however_it_is_written(
    client: FlaskClient, database: Database, typed: str
) -> None:
    """Mail programs fill in "xn--", and some keyboards write a letter and its ring apart."""
    with database.transaction() as session:
        make_person(session, "Åsa", city=make_city(session), email="åsa@bücher.example")
    client.post("/sign-in", data={"email": typed})
    (letter,) = letters(database)
    assert letter.to_address == "åsa@bücher.example"
    client.post(link_in(letter))
    assert is_signed_in(client)


def test_person_who_left_gets_no_letter_and_no_way_in(
    client: FlaskClient, database: Database, anna: Person, settings: Settings, clock: HandClock
) -> None:
    path = made_link(database, anna, settings, clock)
    with database.transaction() as session:
        session.merge(anna).is_active = False
    client.post("/sign-in", data={"email": anna.email})
    assert letters(database) == []
    assert client.post(path).status_code == 410


def test_link_expires(
    client: FlaskClient, database: Database, anna: Person, settings: Settings, clock: HandClock
) -> None:
    path = made_link(database, anna, settings, clock)
    clock.advance(minutes=settings.sign_in_minutes)
    assert client.get(path).status_code == 410
    assert client.post(path).status_code == 410
    assert not is_signed_in(client)


def test_unknown_link_is_refused_like_a_used_one(client: FlaskClient) -> None:
    assert client.get("/sign-in/nonsense").status_code == 410
    assert client.post("/sign-in/nonsense").status_code == 410


def test_only_digests_are_stored(
    client: FlaskClient, database: Database, anna: Person, settings: Settings, clock: HandClock
) -> None:
    path = made_link(database, anna, settings, clock)
    client.post(path)
    with client.session_transaction() as cookie:
        token = cookie["token"]
    with database.reading() as session:
        assert session.exec(select(SignInLink)).one().token_digest == digest(path.rpartition("/")[2])
        assert session.exec(select(WebSession)).one().token_digest == digest(token)
    assert len(token) == 43  # 256 bits


def test_sign_in_empties_what_the_browser_brought(
    client: FlaskClient, database: Database, anna: Person, settings: Settings, clock: HandClock
) -> None:
    with client.session_transaction() as cookie:
        cookie["planted"] = "by somebody else"
        cookie["token"] = "known to somebody else"
    client.post(made_link(database, anna, settings, clock))
    with client.session_transaction() as cookie:
        assert "planted" not in cookie
        assert cookie["token"] != "known to somebody else"


def test_sign_in_over_a_session_ends_that_session(
    client: FlaskClient, database: Database, anna: Person, settings: Settings, clock: HandClock
) -> None:
    client.post(made_link(database, anna, settings, clock))
    client.post(made_link(database, anna, settings, clock))
    assert is_signed_in(client)
    with database.reading() as session:
        ended = [row.revoked_at for row in session.exec(select(WebSession).order_by(WebSession.id))]
    assert ended == [clock(), None]


def test_session_ends_by_itself(
    client: FlaskClient, database: Database, anna: Person, settings: Settings, clock: HandClock
) -> None:
    client.post(made_link(database, anna, settings, clock))
    for _ in range(settings.session_hours - 1):
        clock.advance(hours=1)
        with client.get("/account/sessions") as answer:
            assert answer.status_code == 200
    clock.advance(hours=1, seconds=-1)
    assert is_signed_in(client)
    clock.advance(seconds=1)
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    ("role", "minutes"), [(Role.CITY_CONTACT, 720), (Role.COORDINATOR, 120), (Role.AUDITOR, 120)]
)
def test_session_that_nobody_uses_ends(
    client: FlaskClient, database: Database, settings: Settings, clock: HandClock, role: Role, minutes: int
) -> None:
    """Each request keeps it, to the minute; the more a session opens, the sooner it ends."""
    with database.transaction() as session:
        person = make_person(session, city=make_city(session), roles=[role])
    client.post(made_link(database, person, settings, clock)).close()
    for _ in range(3):
        clock.advance(minutes=minutes, seconds=-1)
        with client.get("/account/sessions") as answer:  # the note is made when the answer has left
            assert answer.status_code == 200
    clock.advance(minutes=minutes)
    assert not is_signed_in(client)


def test_use_is_noted_once_a_minute(
    client: FlaskClient, database: Database, anna: Person, settings: Settings, clock: HandClock
) -> None:
    client.post(made_link(database, anna, settings, clock)).close()
    began, seen = clock(), []
    for _ in range(6):
        clock.advance(seconds=20)
        client.get("/account/sessions").close()
        with database.reading() as session:
            seen.append(session.exec(select(WebSession.last_seen_at)).one())
    assert [(at - began).seconds for at in seen if at] == [0, 0, 60, 60, 60, 120]


def test_closed_page_leads_through_the_letter_back_to_itself(
    client: FlaskClient, database: Database, anna: Person
) -> None:
    to_sign_in = client.get("/account/sessions?from=letter").location
    assert to_sign_in == "/sign-in?next=/account/sessions?from%3Dletter"
    page = client.get(to_sign_in).text
    leads_to = re.search(r'name="next"[^>]* value="([^"]+)"', page)
    assert leads_to
    client.post("/sign-in", data={"email": anna.email, "next": leads_to[1]})
    answer = client.post(link_in(letters(database)[0]))
    assert answer.location == "/account/sessions?from=letter"
    assert client.get(to_sign_in).location == "/account/sessions?from=letter"


@pytest.mark.parametrize(
    "elsewhere", ["https://example.com/", "//example.com", "/\\example.com", "javascript:x"]
)
def test_link_leads_nowhere_but_here(
    elsewhere: str,
    client: FlaskClient,
    database: Database,
    anna: Person,
    settings: Settings,
    clock: HandClock,
) -> None:
    path = made_link(database, anna, settings, clock, leads_to=elsewhere)
    assert client.post(path).location == "/"


@pytest.mark.parametrize(
    "email", ["", "anna", "anna@", "@example.org", "an na@example.org", "a@b\r\nBcc: c@d"]
)
def test_what_is_no_address_is_said_at_the_field(email: str, client: FlaskClient) -> None:
    answer = client.post("/sign-in", data={"email": email})
    assert answer.status_code == 400
    assert 'href="#email"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert 'aria-describedby="email-help email-error"' in answer.text


def test_overlong_address_is_refused_and_kept(client: FlaskClient) -> None:
    email = "a" * 300 + "@example.org"
    answer = client.post("/sign-in", data={"email": email})
    assert answer.status_code == 400
    assert f'value="{email}"' in answer.text


def test_one_mailbox_is_not_flooded(
    client: FlaskClient, database: Database, anna: Person, clock: HandClock
) -> None:
    for _ in range(TRIES_PER_ADDRESS):
        assert client.post("/sign-in", data={"email": anna.email}).status_code == 303
    for email in (anna.email, "ANNA@example.org", "\uff41nna@example.org"):  # a wide a
        refused = client.post("/sign-in", data={"email": email})
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "900")
    assert len(letters(database)) == TRIES_PER_ADDRESS
    clock.advance(minutes=15)
    assert client.post("/sign-in", data={"email": anna.email}).status_code == 303


def test_nobody_locks_an_owner_out_by_asking(
    client: FlaskClient, database: Database, anna: Person, clock: HandClock
) -> None:
    """From another network the owner still gets a link, also when the mailbox had its letters of a day.

    Thirty requests within some minutes had kept the owner out for the rest of the day.
    """
    answers: list[int] = []
    for number in range(LETTERS_PER_DAY // TRIES_PER_ADDRESS + 1):
        network = {"REMOTE_ADDR": f"2001:db8:0:{number:x}::1"}
        neighbour = {"REMOTE_ADDR": f"2001:db8:0:{number:x}:ffff::9"}
        answers += [
            client.post("/sign-in", data={"email": anna.email}, environ_base=network).status_code
            for _ in range(TRIES_PER_ADDRESS)
        ]
        assert client.post("/sign-in", data={"email": anna.email}, environ_base=neighbour).status_code == 429
        clock.advance(minutes=1)
    beyond = [303] + [429] * (TRIES_PER_ADDRESS - 1)
    assert answers == [303] * LETTERS_PER_DAY + beyond
    owner = {"REMOTE_ADDR": "192.0.2.9"}
    for _ in range(3):
        assert client.post(link_in(letters(database)[-1])).status_code == 303  # whoever asked for it
        client.post("/sign-out")
        refused = client.post("/sign-in", data={"email": anna.email}, environ_base=owner)
        assert refused.status_code == 429
        clock.advance(seconds=int(refused.headers["Retry-After"]))
        assert client.post("/sign-in", data={"email": anna.email}, environ_base=owner).status_code == 303
    assert len(letters(database)) == LETTERS_PER_DAY + 4


def test_guesses_at_links_are_limited_and_a_known_one_opens(
    client: FlaskClient, database: Database, anna: Person, settings: Settings, clock: HandClock
) -> None:
    path = made_link(database, anna, settings, clock)
    answers = [client.get(f"/sign-in/guess{number}").status_code for number in range(GUESSES)]
    assert answers == [410] * GUESSES
    for address in ("/sign-in/guess", "/answer/guess", "/review/guess", "/attend/guess", "/feeds/guess.ics"):
        refused = client.get(address)
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "600"), address
    assert client.get(path).status_code == 200
    assert client.get("/sign-in/guess", environ_base={"REMOTE_ADDR": "192.0.2.9"}).status_code == 410
    clock.advance(minutes=10)
    assert client.get("/sign-in/guess").status_code == 410
    assert client.post(path).status_code == 303


def test_unknown_address_meets_the_same_limit(client: FlaskClient) -> None:
    answers = [client.post("/sign-in", data={"email": "nobody@example.org"}).status_code for _ in range(6)]
    assert answers == [303] * TRIES_PER_ADDRESS + [429]


def test_one_ip_cannot_try_many_addresses(client: FlaskClient) -> None:
    answers = [
        client.post("/sign-in", data={"email": f"person{number}@example.org"}).status_code
        for number in range(TRIES_PER_NETWORK + 1)
    ]
    assert answers[-2:] == [303, 429]
    answer = client.post(
        "/sign-in", data={"email": "other@example.org"}, environ_base={"REMOTE_ADDR": "192.0.2.7"}
    )
    assert answer.status_code == 303


@pytest.mark.parametrize(("trusted_proxies", "last"), [(0, 429), (1, 303)])
def test_address_before_the_proxy_counts_only_when_the_proxy_is_ours(
    trusted_proxies: int, last: int, settings: Settings
) -> None:
    """Whoever may write X-Forwarded-For could otherwise be a new visitor at each try."""
    app = create_app(settings.model_copy(update={"trusted_proxies": trusted_proxies}))
    app.config["WTF_CSRF_ENABLED"] = False
    answers = [
        app.test_client()
        .post(
            "/sign-in",
            data={"email": f"person{number}@example.org"},
            headers={"X-Forwarded-For": f"192.0.2.{number}"},
        )
        .status_code
        for number in range(1, TRIES_PER_NETWORK + 2)
    ]
    assert answers[-1] == last
    app.extensions["exchange"].database.dispose()


def test_forms_of_accounts_need_their_csrf_token(
    app: Flask, client: FlaskClient, database: Database, anna: Person, settings: Settings, clock: HandClock
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    path = made_link(database, anna, settings, clock)
    assert client.post("/sign-in", data={"email": anna.email}).status_code == 400
    assert client.post(path).status_code == 400
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    assert token
    assert client.post(path, data={"csrf_token": token[1]}).status_code == 303
    assert client.post("/sign-out").status_code == 400


def test_sign_in_pages_are_not_kept_by_caches(
    client: FlaskClient, database: Database, anna: Person, settings: Settings, clock: HandClock
) -> None:
    assert client.get(made_link(database, anna, settings, clock)).headers["Cache-Control"] == "no-store"
    assert client.get("/sign-in").headers["Cache-Control"] == "no-store"


def test_two_that_use_one_link_at_once_make_one_session(
    database: Database, anna: Person, settings: Settings, clock: HandClock, app: Flask
) -> None:
    """The claim is one conditional UPDATE: whoever comes second finds the link used."""
    path = made_link(database, anna, settings, clock)
    first, second = app.test_client(), app.test_client()
    assert "Sign me in" in first.get(path).text
    assert "Sign me in" in second.get(path).text
    assert [first.post(path).status_code, second.post(path).status_code] == [303, 410]
    with database.reading() as session:
        assert _count(session) == 1


def test_letter_is_useless_when_its_link_is(
    client: FlaskClient, database: Database, anna: Person, clock: HandClock
) -> None:
    client.post("/sign-in", data={"email": anna.email})
    (letter,) = letters(database)
    assert letter.useless_after == clock() + timedelta(minutes=20)


def _count(session: Session) -> int:
    return len(session.exec(select(WebSession)).all())
