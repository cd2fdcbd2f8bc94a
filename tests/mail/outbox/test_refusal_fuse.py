"""A server that refuses nearly every letter alike tells of us: delivery stops, and nobody is marked."""

import itertools
from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlmodel import select

from exchange.db import Database
from exchange.mail.outbox.delivered import Delivered
from exchange.mail.outbox.delivery import deliver_due, transport_for
from exchange.mail.outbox.delivery_outcomes import WAITS
from exchange.mail.outbox.letter_queue import queue
from exchange.mail.outbox.refusal_fuse import ALIKE_LEAST, REST
from exchange.mail.outbox.refused_addresses import count_marks
from exchange.mail.outbox.unfinished import Unfinished
from exchange.models import City, JobRun, LetterState, Role
from exchange.settings import Settings
from jobs.context import Context
from jobs.deliver_mail import deliver_mail
from tests.factories import make_person, stage_plan
from tests.hand_clock import HandClock
from tests.mail.letters import LETTER, NOW, all_letters, person, queue_letters
from tests.mail.outbox.test_delivery import deliver
from tests.mail.sink import Sink, running
from tests.pages import text_of
from tests.sign_in import SignIn

NUMBERS = itertools.count(1)
UNKNOWN = "550 5.1.1 <{to}>: Recipient address rejected: User unknown (queue id 4F{n}A)"


def refusing(is_refused: object = None) -> Sink:
    """A server that refuses readers by their number among all, all of them when nothing is said."""
    seen: list[object] = []

    def answer(to: object) -> str:
        seen.append(to)
        refuses = is_refused is None or len(seen) in is_refused  # type: ignore[operator]
        return UNKNOWN.format(to=to, n=len(seen)) if refuses else "250 OK"

    return Sink(at_recipient=answer)


def marks_of(database: Database) -> int:
    with database.reading() as session:
        return count_marks(session)


def test_most_of_a_run_refused_alike_stops_delivery_and_marks_nobody(database: Database) -> None:
    queue_letters(database, 12)
    with running(refusing()) as at:
        done = deliver(database, at)
    assert "550 5.1.1" in done.stopped
    assert (done.refused, done.put_off, marks_of(database)) == (0, ALIKE_LEAST, 0)
    letters = all_letters(database)
    assert {letter.state for letter in letters} == {LetterState.QUEUED}
    tried = [letter for letter in letters if letter.attempts]
    assert [letter.next_try_at for letter in tried] == [NOW + WAITS[0]] * ALIKE_LEAST
    assert not any(letter.may_have_arrived for letter in letters)


@pytest.mark.parametrize("refused", [range(1, ALIKE_LEAST), range(7, 13)])
def test_a_few_or_the_lesser_part_of_a_run_are_refused_and_marked(database: Database, refused: range) -> None:
    queue_letters(database, 12)
    with running(refusing(refused)) as at:
        done = deliver(database, at)
    assert (done.stopped, done.refused, marks_of(database)) == ("", len(refused), len(refused))


def test_refusals_in_different_words_blow_no_fuse(database: Database) -> None:
    queue_letters(database, 8)
    words = iter(["550 5.1.1 No such user", "550 5.2.1 Mailbox disabled"] * 4)
    with running(Sink(at_recipient=lambda _to: next(words))) as at:
        done = deliver(database, at)
    assert (done.stopped, done.refused, marks_of(database)) == ("", 8, 8)


GONE, LIVING = "city.example.org", "example.org"


def queue_to(database: Database, domain: str, count: int, minutes: int = 0) -> None:
    """Letters to people of a domain, all of whose addresses the letters to others come after."""
    with database.transaction() as session:
        people = [person(session, email=f"gone{next(NUMBERS)}@{domain}") for _ in range(count)]
        for to in people:
            at = NOW + timedelta(minutes=minutes)
            values = {"kind": "E1", "why": "a test", "due_at": at, "useless_after": None, "now": NOW}
            assert queue(session, LETTER, to=to, once_key=f"test:{to.email}", **values)  # type: ignore[arg-type]


def unknown_in(*domains: str) -> Sink:
    def answer(to: str) -> str:
        return UNKNOWN.format(to=to, n=1) if to.rpartition("@")[2] in domains else "250 OK"

    return Sink(at_recipient=answer)


def states_of(database: Database, domain: str) -> set[LetterState]:
    return {one.state for one in all_letters(database) if one.to_address.endswith(f"@{domain}")}


def test_gone_mailboxes_of_one_city_hold_nobodys_letters(database: Database) -> None:
    """Five at once blew the fuse, every quarter of an hour anew, and everybody's letters waited."""
    queue_to(database, GONE, ALIKE_LEAST)
    queue_letters(database, 3, due_at=NOW + timedelta(minutes=1))
    with running(unknown_in(GONE)) as at:
        done = deliver(database, at, now=NOW + timedelta(minutes=1))
    assert (done.stopped, done.sent, done.refused) == ("", 3, ALIKE_LEAST)
    assert marks_of(database) == ALIKE_LEAST  # others had theirs: it is about those who are gone


@pytest.mark.parametrize("words", ["550 5.7.1 Blocked by policy", "554 5.7.26 Not accepted"])
def test_a_policy_of_one_city_holds_nobody_elses_letters(database: Database, words: str) -> None:
    queue_to(database, GONE, 2 * ALIKE_LEAST)
    queue_letters(database, 3, due_at=NOW + timedelta(minutes=1))
    sink = Sink(at_recipient=lambda to: words if to.endswith(f"@{GONE}") else "250 OK")
    with running(sink) as at:
        done = deliver(database, at, now=NOW + timedelta(minutes=1))
    assert (done.stopped, done.sent, marks_of(database)) == ("", 3, 0)
    assert sum(one.attempts > 0 for one in all_letters(database)) == ALIKE_LEAST + 3  # it is not pressed


def test_while_one_domain_rests_the_others_get_their_letters(database: Database) -> None:
    """Alone in its run: nobody knows whether those five are gone, or their server forgot its table."""
    queue_to(database, GONE, 2 * ALIKE_LEAST)
    left = Unfinished()

    def run(at: str, minutes: int) -> Delivered:
        settings = Settings(smtp_url=SecretStr(f"smtp://{at}"), smtp_timeout_seconds=2)
        now = NOW + timedelta(minutes=minutes)
        carrier = transport_for(settings)
        return deliver_due(database, carrier, settings, now=now, worker="test:1", limit=100, unfinished=left)

    with running(unknown_in(GONE)) as at:
        first = run(at, 0)
        assert (first.stopped_to, first.put_off, marks_of(database)) == (GONE, ALIKE_LEAST, 0)
        queue_letters(database, 2)
        second = run(at, 1)
        assert (second.stopped_to, second.sent, second.put_off) == (GONE, 2, 0)
        queue_letters(database, 2)
        third = run(at, int(REST / timedelta(minutes=1)))
    assert (third.stopped, third.sent, third.refused) == ("", 2, ALIKE_LEAST)
    assert marks_of(database) == ALIKE_LEAST


def test_many_domains_refused_alike_are_about_us(database: Database) -> None:
    """A relay that forgot its table of users: the letters to others are refused as well."""
    for domain in ("one.example.org", "two.example.org", "three.example.org", "four.example.org"):
        queue_to(database, domain, ALIKE_LEAST)
    with running(refusing()) as at:
        done = deliver(database, at)
    assert "550 5.1.1" in done.stopped
    assert (done.stopped_to, done.refused, marks_of(database)) == ("", 0, 0)
    assert {one.state for one in all_letters(database)} == {LetterState.QUEUED}
    assert sum(one.attempts > 0 for one in all_letters(database)) < 2 * ALIKE_LEAST


def test_two_gone_offices_among_many_are_marked(database: Database) -> None:
    for number, domain in enumerate(
        ("a.example.org", "b.example.org", "c.example.org", LIVING, "d.example.org")
    ):
        queue_to(database, domain, ALIKE_LEAST if number < 2 else 1)
    with running(unknown_in("a.example.org", "b.example.org")) as at:
        done = deliver(database, at)
    assert (done.stopped, done.sent) == ("", 3)
    assert states_of(database, "c.example.org") == {LetterState.SENT}


def test_in_safe_mode_one_address_stands_for_everybody(database: Database) -> None:
    """All letters go to it: whichever domains their readers have, it says nothing of them."""
    for domain in ("one.example.org", "two.example.org"):
        queue_to(database, domain, ALIKE_LEAST)
    with running(refusing()) as at:
        settings = Settings(
            smtp_url=SecretStr(f"smtp://{at}"), smtp_timeout_seconds=2, mail_all_to="all@example.org"
        )
        done = deliver_due(database, transport_for(settings), settings, now=NOW, worker="test:1", limit=100)
    assert (done.stopped_to, done.put_off, marks_of(database)) == ("", ALIKE_LEAST, 0)
    assert done.stopped


def test_delivery_rests_and_then_goes_on(database: Database) -> None:
    queue_letters(database, 8)
    left = Unfinished()

    def run(at: str, minutes: int) -> object:
        settings = Settings(smtp_url=SecretStr(f"smtp://{at}"), smtp_timeout_seconds=2)
        now = NOW + timedelta(minutes=minutes)
        return deliver_due(
            database,
            transport_for(settings),
            settings,
            now=now,
            worker="test:1",
            limit=100,
            unfinished=left,
        )

    with running(refusing()) as at:
        run(at, 0)
    sink = Sink()
    with running(sink) as at:
        run(at, 1)
        assert sink.messages == []
        run(at, int(REST / timedelta(minutes=1)))
    assert {letter.state for letter in all_letters(database)} == {LetterState.SENT}
    assert len(sink.messages) == 8


def test_a_letter_refused_to_the_end_is_given_up(database: Database) -> None:
    queue_letters(database, 6)
    now = NOW
    with running(refusing()) as at:
        for _ in range(20):
            deliver(database, at, now=now)
            now += timedelta(hours=12)
    states = {letter.state for letter in all_letters(database)}
    assert states <= {LetterState.REFUSED, LetterState.WITHDRAWN}
    assert marks_of(database) <= 1  # one that was left alone in a run at last


def test_a_coordinator_sees_that_delivery_was_stopped(
    database: Database, settings: Settings, clock: HandClock, sign_in: SignIn
) -> None:
    queue_letters(database, 8)
    clock.set(NOW)
    with running(refusing()) as at:
        carrier = transport_for(Settings(smtp_url=SecretStr(f"smtp://{at}"), smtp_timeout_seconds=2))
        context = Context(
            database=database,
            settings=settings,
            plan=stage_plan(),
            transport=carrier,
            now=clock,
            worker="test:1",
        )
        outcome = deliver_mail(context)
    with database.transaction() as session:
        city = session.exec(select(City)).one()
        planner = make_person(session, city=city, roles=[Role.COORDINATOR], email="planner@city.example.org")
        session.add(
            JobRun(
                job="deliver_mail",
                slot_at=NOW,
                claimed_at=NOW,
                claimed_by="test:1",
                finished_at=NOW,
                outcome=outcome,
            )
        )
    page = text_of(sign_in(planner).get("/letters"))
    assert "nearly all were refused, so nobody was marked" in page
    assert "Delivery to example.org was stopped" in page
