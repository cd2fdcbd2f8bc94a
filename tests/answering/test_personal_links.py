from datetime import timedelta

from sqlmodel import Session, select

from exchange.answering.personal_links import LINK_MAX_AGE_DAYS, Task, found_link, link_for, revoke_links
from exchange.db import Database
from exchange.models import Person, PersonalLink
from exchange.rules.programme.stage_plan import CycleAsk
from exchange.settings import Settings
from tests.answering.asked import ASKED_AT, make_round

SETTINGS = Settings(base_url="https://exchange.example.org", sample=False)


def asked(session: Session) -> tuple[Task, Person, Person]:
    round_ = make_round(session)
    addressee = round_.asked(session, round_.anna, CycleAsk.CITIES)
    return Task(addressee_id=addressee.id), round_.anna, round_.bea


def test_link_is_the_same_in_every_letter_and_stored_as_a_digest_only(database: Database) -> None:
    with database.transaction() as session:
        task, anna, _ = asked(session)
        first = link_for(session, task, to=anna, settings=SETTINGS, now=ASKED_AT)
        again = link_for(session, task, to=anna, settings=SETTINGS, now=ASKED_AT + timedelta(days=9))
        (row,) = session.exec(select(PersonalLink)).all()
    token = first.removeprefix("https://exchange.example.org/answer/")
    assert first == again
    assert len(token) == 43
    assert token not in row.model_dump_json()


def test_link_is_found_by_its_token_whatever_became_of_it(database: Database) -> None:
    with database.transaction() as session:
        task, anna, bea = asked(session)
        first = link_for(session, task, to=anna, settings=SETTINGS, now=ASKED_AT)
        assert revoke_links(session, task, why="passed on", now=ASKED_AT) == 1
        second = link_for(session, task, to=bea, settings=SETTINGS, now=ASKED_AT)
        old, new = (found_link(session, link.rpartition("/")[2]) for link in (first, second))
        assert old
        assert old.revoked_at == ASKED_AT
        assert new
        assert (new.revoked_at, new.person_id) == (None, bea.id)
        assert found_link(session, "forged") is None
        assert found_link(session, "") is None


def test_expired_link_and_one_of_another_key_are_followed_by_a_new_one(database: Database) -> None:
    other = Settings(base_url=SETTINGS.base_url, sample=False, secret_key="another-secret-key-of-the-system")
    late = ASKED_AT + timedelta(days=LINK_MAX_AGE_DAYS)
    with database.transaction() as session:
        task, anna, _ = asked(session)
        first = link_for(session, task, to=anna, settings=SETTINGS, now=ASKED_AT)
        second = link_for(session, task, to=anna, settings=SETTINGS, now=late)
        third = link_for(session, task, to=anna, settings=other, now=ASKED_AT)
        assert len({first, second, third}) == 3
        kept = found_link(session, first.rpartition("/")[2])
        assert kept
        assert kept.revoked_at is None
