"""Nothing that is logged holds the token of an address, whatever fails: every route, found in the map."""

import io
import logging
import sys
from collections.abc import Iterator

import pytest
import structlog
from flask import Flask, request
from pydantic import SecretStr
from werkzeug.routing import Rule, UnicodeConverter

from exchange.models import Role
from exchange.tokens import derived_token, new_token
from exchange.web.http.hidden_secrets import hide_secrets
from exchange.web.http.request_logs import configure_logs
from tests.factories import make_city, make_cycle, make_person
from tests.sign_in import SignIn

SIGNED = "eyJpZCI6MX0.aw0B-w.h8fomuiPjL3VtcT0TLQM1lYN60E"  # as itsdangerous makes them


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """All that a process writes to its log, its own lines and those of libraries."""
    written = io.StringIO()
    before, factory = structlog.get_config(), logging.getLogRecordFactory()
    monkeypatch.setattr(sys, "stderr", written)
    configure_logs("debug")
    handler = logging.StreamHandler(written)
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)
    logging.setLogRecordFactory(factory)
    structlog.configure(**before)


def test_no_route_that_fails_logs_a_token(app: Flask, sign_in: SignIn, said: io.StringIO) -> None:
    """Flask's own "Exception on /answer/TOKEN [GET]" did."""
    with sign_in.database.transaction() as session:
        city = make_city(session)
        person = make_person(session, city=city, roles=[Role.COORDINATOR])
        assert (
            make_cycle(session, lead_city=city).id == 1
        )  # what is not there is refused before a view can fail
    browser = sign_in(person)
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    rules = [rule for rule in app.url_map.iter_rules() if _text_arguments(rule)]
    assert {"accounts.use_link", "contributions.answer"} <= {rule.endpoint for rule in rules}
    for rule in rules:
        _let_fail(app, rule.endpoint)
        for method in (rule.methods or set()) & {"GET", "POST"}:
            for token in (new_token(), SIGNED, f"short{rule.endpoint.replace('.', '')}"):
                said.truncate(0)
                values = {
                    name: token if name in _text_arguments(rule) else _any(rule, name)
                    for name in rule.arguments
                }
                answer = browser.open(_path(app, rule, values), method=method)
                assert answer.status_code == 500, rule
                assert "nothing to be said" in said.getvalue()
                assert "asked by a library" in said.getvalue()
                is_short = token.startswith("short") and "token" not in rule.arguments
                assert is_short or token not in said.getvalue(), rule


TOKENS = [derived_token(SecretStr("secret"), f"log:{number}") for number in range(20)]  # the same in each run


@pytest.mark.parametrize("token", [*TOKENS, SIGNED])
def test_addresses_are_hidden_outside_requests(token: str) -> None:
    for text in (
        f"GET /feeds/{token}.ics",
        f"https://a.example.org/answer/{token}/pass",
        f"next=%2Fanswer%2F{token}",
    ):
        assert token not in hide_secrets(text)
        assert hide_secrets(text)[:4] == text[:4]


def test_what_helps_to_find_a_fault_stays() -> None:
    for text in (
        'File "/srv/exchange/feeds/serving/conditional_requests.py", line 20, in status_for',
        'File "/srv/exchange/migrations/versions/0007_add_outbox_once_key.py", line 3',
        "test_revocation_reaches_every_worker_within_two_seconds",
        "request_id=378e37ef5b4b5363 " + "a" * 64,
    ):
        assert hide_secrets(text) == text


def _let_fail(app: Flask, endpoint: str) -> None:
    permission = app.view_functions[endpoint].exchange_permission  # type: ignore[attr-defined]  # as @requires marks it

    def failing(**values: object) -> str:
        logging.getLogger("library").warning("asked by a library: %s %s", request.url, values)
        structlog.get_logger("exchange").warning("asked", url=request.url)
        raise RuntimeError(f"nothing to be said of {values} at {request.full_path}")

    failing.exchange_permission = permission  # type: ignore[attr-defined]  # as @requires marks it
    app.view_functions[endpoint] = failing


def _text_arguments(rule: Rule) -> set[str]:
    return {name for name, kind in rule._converters.items() if type(kind) is UnicodeConverter}


def _any(rule: Rule, name: str) -> object:
    kind = rule._converters[name]
    return min(getattr(kind, "items", ()), default=1)


def _path(app: Flask, rule: Rule, values: dict[str, object]) -> str:
    with app.test_request_context():
        return app.url_map.bind("localhost").build(
            rule.endpoint, values, method=next(iter(rule.methods - {"HEAD", "OPTIONS"}))
        )
