"""What was typed into a form whose session ended, or whose token was old: kept and shown again."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from exchange.db import Database
from exchange.models import City, Person, Role, Theme
from exchange.web.http.kept_forms import KEPT_MAX_BYTES
from tests.accounts.test_recent_proof import hidden
from tests.factories import make_person
from tests.hand_clock import HandClock
from tests.sign_in import SignIn

FORM = "/network/themes/new"
TYPED = {"key": "T9", "name": "Typed <name>", "is_active": "y"}


@pytest.fixture
def protected(app: Flask) -> Iterator[None]:
    app.config["WTF_CSRF_ENABLED"] = True
    yield
    app.config["WTF_CSRF_ENABLED"] = False


def post(client: FlaskClient, path: str, page: str, **data: str) -> str:
    return client.post(path, data={"csrf_token": hidden(page, "csrf_token"), **data}).text


def themes(database: Database) -> int:
    with database.reading() as session:
        return len(session.exec(select(Theme)).all())


def ended(client: FlaskClient, clock: HandClock) -> str:
    """The sign-in page that a form which was filled too long leads to."""
    page = client.get(FORM).text
    clock.advance(hours=3)
    answer = client.post(FORM, data={"csrf_token": hidden(page, "csrf_token"), **TYPED})
    assert answer.status_code == 403
    return answer.text


def test_form_of_an_ended_session_comes_back_after_sign_in(
    sign_in: SignIn, cora: Person, clock: HandClock, database: Database, protected: None, app: Flask
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    client = sign_in(cora)
    app.config["WTF_CSRF_ENABLED"] = True
    page = ended(client, clock)
    assert "You were signed out while you were writing." in page
    assert "Typed" not in page
    kept = hidden(page, "kept")
    sent = post(client, "/sign-in", page, email=cora.email, kept=kept, next=FORM)
    assert hidden(sent, "kept") == kept
    assert f'action="{FORM}"' in sent
    early = client.post(FORM, data={"kept": kept})
    assert (early.status_code, hidden(early.text, "kept")) == (403, kept)

    app.config["WTF_CSRF_ENABLED"] = False
    fresh = sign_in(cora)
    app.config["WTF_CSRF_ENABLED"] = True
    form = fresh.post(FORM, data={"kept": kept})
    assert (form.status_code, 'value="Typed &lt;name&gt;"' in form.text) == (200, True)
    assert themes(database) == 0
    assert fresh.post(FORM, data=TYPED).status_code == 400  # CSRF holds
    assert themes(database) == 0
    post(fresh, FORM, form.text, **TYPED)
    assert themes(database) == 1


def test_what_was_kept_is_for_its_writer_its_page_and_one_day(
    sign_in: SignIn, cora: Person, clock: HandClock, database: Database, city: City
) -> None:
    kept = hidden(ended(sign_in(cora), clock), "kept")
    with database.transaction() as session:
        other = make_person(session, city=city, roles=[Role.COORDINATOR])
    for client, path in ((sign_in(other), FORM), (sign_in(cora), "/network/groups/new")):
        answer = client.post(path, data={"kept": kept})
        assert "Typed" not in answer.text
    spoilt = kept[:-9] + "AAAAAAAA="
    assert "Typed" not in sign_in(cora).post(FORM, data={"kept": spoilt}).text
    clock.advance(hours=25)
    assert "Typed" not in sign_in(cora).post(FORM, data={"kept": kept}).text
    assert themes(database) == 0


def test_too_much_and_strangers_text_are_not_kept(
    sign_in: SignIn, client: FlaskClient, cora: Person, clock: HandClock
) -> None:
    writer = sign_in(cora)
    clock.advance(hours=3)
    answer = writer.post(FORM, data=TYPED | {"name": "x" * KEPT_MAX_BYTES})
    assert (answer.status_code, hidden(answer.text, "kept")) == (403, "")
    assert "Nothing was saved." in answer.text
    answer = client.post(FORM, data=TYPED)
    assert (answer.status_code, hidden(answer.text, "kept")) == (403, "")


def test_old_form_is_shown_again_with_what_was_typed(
    sign_in: SignIn, cora: Person, database: Database, app: Flask
) -> None:
    client = sign_in(cora)
    app.config["WTF_CSRF_ENABLED"] = True
    answer = client.post(FORM, data=TYPED | {"csrf_token": "old"})
    assert answer.status_code == 400
    assert "This form was open for too long" in answer.text
    assert 'value="Typed &lt;name&gt;"' in answer.text
    assert themes(database) == 0
    token = re.search(r'name="csrf_token" value="([^"]+)"', answer.text)
    assert token
    assert client.post(FORM, data=TYPED | {"csrf_token": token[1]}).status_code == 303
    assert themes(database) == 1
    app.config["WTF_CSRF_ENABLED"] = False
