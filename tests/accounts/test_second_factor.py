"""Second factors: set up, used once, lost, reset; and what opens without one."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from exchange.accounts.totp import step_of, unseal
from exchange.accounts.views.blueprint import CODES_MOST
from exchange.db import Database
from exchange.errors import Conflict
from exchange.models import City, Person, RecoveryCode, Role, SecondFactor, WebSession
from exchange.models.people import ROLES_OF_TRUST
from exchange.settings import Settings
from exchange.web.access import permissions
from exchange.web.access.permissions import Permission
from tests.accounts.conftest import Factor, actions_of, set_up, texts_of
from tests.factories import make_person
from tests.hand_clock import HandClock
from tests.sign_in import SignIn


def is_in(client: FlaskClient) -> bool:
    return client.get("/account/sessions").status_code == 200


def second_step(client: FlaskClient, code: str) -> int:
    return client.post("/sign-in/second-step?next=/cycles", data={"code": code}).status_code


def test_link_alone_opens_nothing_once_there_is_a_second_factor(
    sign_in: SignIn, cora: Person, factor: Factor, database: Database
) -> None:
    client = sign_in(cora)
    assert client.get("/cycles").location == "/sign-in/second-step?next=/cycles"
    assert not is_in(client)
    assert second_step(client, "000000") == 400
    assert not is_in(client)
    with client.session_transaction() as cookie:
        before = cookie["token"]
    answer = client.post("/sign-in/second-step?next=/cycles", data={"code": factor.code()})
    assert (answer.status_code, answer.location) == (303, "/cycles")
    assert is_in(client)
    with client.session_transaction() as cookie:
        assert cookie["token"] != before
        cookie["token"] = before  # the token of before the second factor opens nothing
    assert not is_in(client)
    assert actions_of(database)[-3:] == ["use sign-in link", "refuse second factor", "sign in"]


def test_code_is_good_once_and_a_step_early_or_late(
    sign_in: SignIn, cora: Person, factor: Factor, clock: HandClock
) -> None:
    first, second = sign_in(cora), sign_in(cora)
    code = factor.code()
    assert second_step(first, code) == 303
    assert second_step(second, code) == 400
    clock.advance(seconds=60)
    present = clock()
    for off, status in ((-60, 400), (60, 400), (-30, 303), (30, 303)):
        clock.set(present)
        typed = factor.code(present.fromtimestamp(present.timestamp() + off, tz=present.tzinfo))
        assert second_step(sign_in(cora), typed) == status, off
    assert second_step(sign_in(cora), factor.code()) == 400  # an earlier step than one that was used


@pytest.mark.parametrize("off", range(-95, 96, 5))
def test_step_is_that_of_the_clock_or_its_neighbour(off: int, clock: HandClock) -> None:
    factor = Factor("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", [], clock)
    now = clock()
    made_at = now.fromtimestamp(now.timestamp() + off, tz=now.tzinfo)
    step = int(made_at.timestamp()) // 30
    is_near = abs(step - int(now.timestamp()) // 30) <= 1
    assert step_of(factor.code(made_at), factor.secret, now) == (step if is_near else None)


def test_recovery_codes_are_good_once_each_and_new_ones_end_the_old(
    sign_in: SignIn, cora: Person, factor: Factor, database: Database
) -> None:
    assert len(set(factor.codes)) == 10
    client = sign_in(cora)
    assert second_step(client, factor.codes[0].upper().replace("-", " ")) == 303
    assert "Unused codes on your paper: 9." in client.get("/account/sign-in").text
    assert second_step(sign_in(cora), factor.codes[0]) == 400
    assert "A recovery code was used" in texts_of(database, "account")[-1]
    page = client.post("/account/sign-in/recovery-codes").text
    assert factor.codes[1] not in page
    assert second_step(sign_in(cora), factor.codes[1]) == 400
    with database.reading() as session:
        for row in session.exec(select(RecoveryCode)):
            assert row.code_digest not in page


def test_secret_is_kept_encrypted_and_opens_for_its_person_alone(
    cora: Person, factor: Factor, database: Database, settings: Settings
) -> None:
    with database.reading() as session:
        kept = session.exec(select(SecondFactor)).one().totp_sealed
    assert factor.secret not in kept
    assert unseal(kept, cora, settings) == factor.secret
    for person, other in (
        (Person(id=999, name="", email="", city_id=1), settings),
        (cora, settings.model_copy(update={"secret_key": type(settings.secret_key)("another" * 9)})),
    ):
        with pytest.raises(Conflict):
            unseal(kept, person, other)


def test_guesses_at_codes_end_and_the_owner_gets_in_later(
    sign_in: SignIn, cora: Person, factor: Factor, clock: HandClock
) -> None:
    client = sign_in(cora)
    left = CODES_MOST - 1  # setting it up was a try, too
    assert [second_step(client, f"{number:06}") for number in range(left)] == [400] * left
    refused = client.post("/sign-in/second-step", data={"code": factor.code()})
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "840")
    clock.advance(minutes=15)
    assert second_step(sign_in(cora), factor.code()) == 303


def test_nothing_but_enrolment_opens_when_the_days_are_over(
    enforcing: None, sign_in: SignIn, cora: Person, clock: HandClock, database: Database
) -> None:
    client = sign_in(cora)
    assert "Your role needs a second factor by" in client.get("/cycles").text
    clock.advance(days=14)
    client = sign_in(cora)
    for path in ("/cycles", "/account/sessions", "/network/people", "/account/data"):
        assert client.get(path).location == "/account/sign-in", path
    assert client.post("/cycles/new").location == "/account/sign-in"
    assert "Cora" not in client.get("/library").text  # a public page: as a visitor sees it
    set_up(client, clock)
    assert client.get("/cycles").status_code == 200
    assert "Your role needs a second factor by" not in client.get("/cycles").text
    remove = client.post("/account/sign-in/app/remove", data={"do": "remove"})
    assert remove.status_code == 409
    assert "your role needs one" in remove.text


def test_signing_out_ends_a_session_that_waits_for_enrolment(
    enforcing: None, sign_in: SignIn, cora: Person, clock: HandClock, database: Database
) -> None:
    """The browser forgot it, and whoever had kept its cookie could go on with it."""
    sign_in(cora)
    clock.advance(days=14)
    client = sign_in(cora)
    assert client.get("/cycles").location == "/account/sign-in"
    with client.session_transaction() as cookie:
        kept = cookie["token"]
    client.post("/sign-out")
    with client.session_transaction() as cookie:
        cookie["token"] = kept
    assert client.get("/account/sign-in").location.startswith("/sign-in?")


def test_others_and_development_are_only_offered_one(
    sign_in: SignIn, cora: Person, clock: HandClock, database: Database, city: City
) -> None:
    clock.advance(days=100)
    client = sign_in(cora)
    assert client.get("/cycles").status_code == 200
    set_up(client, clock)
    assert client.post("/account/sign-in/app/remove", data={"do": "remove"}).status_code == 303
    assert is_in(sign_in(cora))
    told = texts_of(database, "account")
    assert "was set up" in told[0]
    assert "was removed" in told[1]


def test_role_given_later_begins_its_days_at_the_next_sign_in(
    enforcing: None, sign_in: SignIn, clock: HandClock, database: Database, city: City
) -> None:
    with database.transaction() as session:
        person = make_person(session, city=city, roles=[Role.AUDITOR])
    sign_in(person)
    clock.advance(days=13)
    assert sign_in(person).get("/cycles").status_code == 200
    clock.advance(days=1)
    assert sign_in(person).get("/cycles").status_code == 303


def test_who_administers_or_audits_needs_one() -> None:
    administering = {role for role, held in permissions._OF_ROLE.items() if Permission.ADMINISTER in held}
    assert administering | {Role.AUDITOR} == ROLES_OF_TRUST


def test_coordinator_resets_anothers_factor_and_they_are_told(
    sign_in: SignIn, cora: Person, factor: Factor, database: Database, city: City
) -> None:
    with database.transaction() as session:
        other = make_person(session, "Ada Help", city=city, roles=[Role.COORDINATOR])
    there = sign_in(cora)
    second_step(there, factor.code())
    client = sign_in(other)
    path = f"/network/people/{cora.id}/reset-second-factor"
    assert "all sessions end" in client.get(path).text
    assert client.post(path, data={"do": "reset"}).status_code == 303
    assert not is_in(there)
    assert is_in(sign_in(cora))
    assert "Your second factor was reset" in texts_of(database, "account")[-1]
    assert "reset second factor" in actions_of(database)
    assert client.post(path).status_code == 409
    assert client.post(f"/network/people/{other.id}/reset-second-factor").status_code == 403


def test_second_factor_of_nobody_else_can_be_removed(
    sign_in: SignIn, cora: Person, factor: Factor, database: Database, city: City
) -> None:
    with database.transaction() as session:
        other = make_person(session, city=city, roles=[Role.COORDINATOR])
    client = sign_in(other)
    assert client.post("/account/sign-in/app/remove").status_code == 404
    assert client.get("/account/sign-in/passkeys/1/remove").status_code == 404


def test_person_without_a_role_reaches_their_own_account(
    sign_in: SignIn, database: Database, city: City
) -> None:
    with database.transaction() as session:
        person = make_person(session, city=city, roles=[])
    client = sign_in(person)
    for path in ("/account/sessions", "/account/sign-in", "/account/sign-in/app", "/account/data"):
        assert client.get(path).status_code == 200, path
    assert client.get("/cycles").status_code == 403


def test_passkey_that_was_not_asked_for_is_refused(
    sign_in: SignIn, cora: Person, factor: Factor, app: Flask, database: Database
) -> None:
    client = sign_in(cora)
    for answer in ("{}", "no json", '{"id": "x", "rawId": "x", "type": "public-key", "response": {}}'):
        client.post("/sign-in/second-step/passkey")
        assert client.post("/sign-in/second-step", data={"passkey": answer}).status_code == 400
        with database.reading() as session:  # the challenge is gone, whatever the answer was
            assert set(session.exec(select(WebSession.challenge))) == {""}
    assert not is_in(client)
