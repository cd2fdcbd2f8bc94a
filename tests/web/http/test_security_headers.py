"""What every answer says to the browser about itself."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from exchange.app import create_app
from exchange.models import Person, Role
from exchange.settings import Settings
from tests.factories import make_city, make_person
from tests.sign_in import SignIn

PATHS = ("/sign-in", "/no-such-page", "/healthz", "/status", "/static/base.css")


@pytest.fixture
def anna(sign_in: SignIn) -> Person:
    with sign_in.database.transaction() as session:
        return make_person(session, city=make_city(session), roles=[Role.COORDINATOR])


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_security_headers(path: str, client: FlaskClient) -> None:
    with client.get(path) as answer:  # a file is closed with its answer
        headers = answer.headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert len(headers["X-Request-ID"]) == 16


def test_https_is_kept_to_where_it_is_used(settings: Settings, client: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/healthz").headers
    secure = create_app(settings.model_copy(update={"base_url": "https://exchange.example.org"}))
    answer = secure.test_client().get("/sign-in", base_url="https://exchange.example.org")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    cookie = answer.headers["Set-Cookie"]
    assert "Secure" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    secure.extensions["exchange"].database.dispose()


def test_pages_of_a_reader_are_not_kept_by_caches(sign_in: SignIn, anna: Person) -> None:
    browser = sign_in(anna)
    assert browser.get("/status").headers["Cache-Control"] == "no-store"
    with browser.get("/static/base.css") as answer:
        assert "no-store" not in answer.headers.get("Cache-Control", "")


def test_pages_hold_nothing_inline_and_nothing_from_elsewhere(sign_in: SignIn, anna: Person) -> None:
    for page in (sign_in(anna).get("/status").text, sign_in.app.test_client().get("/sign-in").text):
        assert " style=" not in page
        assert "<style" not in page
        assert "<script>" not in page
        assert " onclick=" not in page
        assert "//" not in page.replace("http://www.w3.org/2000/svg", "")


def test_wrong_method_names_the_right_ones(client: FlaskClient) -> None:
    answer = client.post("/healthz")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert "This address cannot be used that way." in answer.text


def test_fault_shows_no_detail(app: Flask) -> None:
    @app.get("/broken")
    def broken() -> str:
        raise RuntimeError("secret detail")

    broken.exchange_permission = "public"  # type: ignore[attr-defined]  # as @public marks it
    app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = app.test_client().get("/broken")
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert answer.headers["X-Request-ID"] in answer.text
