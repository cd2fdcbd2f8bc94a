"""Logs tell what went wrong without the values it went wrong with, and no process logs addresses."""

import io
import sys
from collections.abc import Iterator

import pytest
import structlog
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from exchange.db import Database
from exchange.settings import ROOT
from exchange.web.http.hidden_secrets import hide_secrets
from exchange.web.http.request_logs import configure_logs

SECRET = "zanzibar-token"


class Terminal(io.StringIO):
    """A standard error that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def own_logs() -> Iterator[None]:
    """The configuration of logs put back afterwards."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


@pytest.mark.usefixtures("own_logs")
@pytest.mark.parametrize("kind", [Terminal, io.StringIO])
def test_traceback_shows_no_local_variables(kind: type[io.StringIO], monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal with rich installed, a traceback printed each frame's variables, tokens included."""
    standard_error = kind()
    monkeypatch.setattr(sys, "stderr", standard_error)
    configure_logs("info")
    try:
        _fail(SECRET)
    except ValueError:
        structlog.get_logger("exchange").error("request failed", exc_info=True)
    said = standard_error.getvalue()
    assert "nothing to be said" in said
    assert SECRET not in said


def test_fault_of_the_database_shows_no_values(database: Database) -> None:
    """The text of a refused INSERT held the row: an address, the digest of a token."""
    with pytest.raises(IntegrityError) as refused, database.transaction() as session:
        for key in ("a", "b"):
            session.execute(
                text("INSERT INTO board (key, name, description) VALUES (:key, :name, '')"),
                {"key": key, "name": SECRET},
            )
    said = str(refused.value)
    assert "parameters hidden" in said
    assert SECRET not in said.partition("[SQL")[2]


def test_what_an_identity_provider_gave_is_hidden_and_a_short_word_hides_nothing(app: Flask) -> None:
    """Codes are of any shape; one letter given as a code would take that letter out of every line."""
    code, state = "spl.xlo/beZQQ YbYS", "a-state-in-small-letters-alone"
    with app.test_request_context("/", query_string={"code": code, "state": state}):
        assert hide_secrets(f"failed at {code} with {state}") == "failed at … with …"
    with app.test_request_context("/?code=e&state=failed"):
        assert hide_secrets("failed at e") == "failed at e"


def test_web_server_is_told_to_log_no_requests() -> None:
    """granian's access log, off unless asked for, would hold the secret addresses of feeds."""
    assert "access-log" not in (ROOT / "Procfile").read_text(encoding="utf-8")


def _fail(token: str) -> None:
    raise ValueError("nothing to be said" if token else "")
