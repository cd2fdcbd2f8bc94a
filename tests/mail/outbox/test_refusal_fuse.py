"""A server that refuses nearly every letter alike tells of us: delivery stops, and nobody is marked."""

from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlmodel import select

from exchange.db import Database
from exchange.mail.outbox.delivery import deliver_due, transport_for
from exchange.mail.outbox.delivery_outcomes import WAITS
from exchange.mail.outbox.refusal_fuse import ALIKE_LEAST, REST
from exchange.mail.outbox.refused_addresses import count_marks
from exchange.mail.outbox.unfinished import Unfinished
from exchange.models import City, JobRun, LetterState, Role
from exchange.settings import Settings
from jobs.context import Context
from jobs.deliver_mail import deliver_mail
from tests.factories import make_person, stage_plan
from tests.hand_clock import HandClock
from tests.mail.letters import NOW, all_letters, queue_letters
from tests.mail.outbox.test_delivery import deliver
from tests.mail.sink import Sink, running
from tests.pages import text_of
from tests.sign_in import SignIn

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
        planner = make_person(session, city=city, roles=[Role.COORDINATOR])
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
