"""A letter that was taken back is the same letter when it goes again, and what it made void counts again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import vobject
from sqlmodel import select

from exchange.cycles import actions as cycles
from exchange.cycles.queries import cycle_to_change
from exchange.db import Database
from exchange.mail.outbox.letter_queue import RECEIPT, SIGN_IN, ComposedLetter, queue
from exchange.mail.outbox.withdrawals import follow_address, withdraw_planned, withdraw_waiting
from exchange.mail.schedule.told_dates import QUIET
from exchange.models import Answer, City, Cycle, Invitation, Letter, LetterState, Person, TrainingEvent
from exchange.trainings import actions as trainings
from exchange.trainings import queries as training_queries
from exchange.trainings.drafts import draft_of
from jobs.letters.queue_reminders import queue_reminders
from jobs.letters.tell_changes import tell_changes
from tests.invitations.conftest import INVITED_AT, PLAN, Post
from tests.invitations.test_change_announcements import MONDAY, invited_cycle, move_session, sent, tell
from tests.queueing import release_all

NIGHT = datetime(2027, 2, 5, 22, tzinfo=UTC)  # Friday: 23:00 in Stockholm, 17:00 in Washington


def minutes(post: Post, first_at: datetime, count: int) -> None:
    """Both ticks that write and take back letters about a programme, once a minute."""
    for minute in range(count):
        post.clock.set(first_at + timedelta(minutes=minute))
        queue_reminders(post.context())
        tell_changes(post.context())


def halt(post: Post, now: datetime, action: str) -> None:
    with post.database.transaction() as session:
        found = cycle_to_change(session, 1)
        act = {"cancel": cycles.cancel_cycle, "postpone": cycles.postpone_cycle}[action]
        act(session, found, reason="A flood", plan=PLAN, actor=None, now=now)


def identity(letters: Sequence[Letter]) -> set[tuple[int | None, str, str]]:
    return {(one.id, one.once_key, one.message_id) for one in letters}


@pytest.mark.parametrize("action", ["cancel", "postpone"])
def test_the_letter_of_a_halt_is_left_alone_by_the_tick_that_takes_letters_back(
    post: Post, cycle: Cycle, action: str
) -> None:
    """Twenty readers made 620 rows in half an hour, and what left had lost its calendar part."""
    invited_cycle(post)
    halt(post, NIGHT, action)
    minutes(post, NIGHT + QUIET, 2)
    first = post.letters(kind="halt")
    minutes(post, NIGHT + QUIET + timedelta(minutes=2), 30)
    assert identity(post.letters(kind="halt")) == identity(first)
    assert len(first) == 4
    assert {one.state for one in post.letters(kind="halt")} == {LetterState.QUEUED}
    assert all("METHOD:CANCEL" in one.calendar for one in first)


def test_a_letter_taken_back_and_queued_again_is_the_same_row_and_goes_on_waiting(
    post: Post, cycle: Cycle
) -> None:
    """A name was mended while letters were greylisted: copies left at once, under other Message-IDs."""
    invited_cycle(post)
    halt(post, NIGHT, "cancel")
    tell(post, NIGHT + QUIET)
    first = post.letters(kind="halt")
    again_at = NIGHT + timedelta(hours=4)
    with post.database.transaction() as session:
        for letter in first:
            row = session.merge(letter)
            row.attempts, row.next_try_at = 4, again_at
    with post.database.transaction() as session:
        assert withdraw_planned(session, "A city's entry was changed.") == 4
    assert tell(post, NIGHT + 2 * QUIET) == 4
    second = post.letters(kind="halt")
    assert identity(second) == identity(first)
    assert {(one.state, one.attempts, one.next_try_at) for one in second} == {
        (LetterState.QUEUED, 4, again_at)
    }
    assert all("METHOD:CANCEL" in one.calendar for one in second)


def test_the_same_news_a_second_time_is_another_letter(post: Post, cycle: Cycle) -> None:
    invited_cycle(post)
    for hours, day in enumerate((18, 11, 18)):
        at = MONDAY + timedelta(hours=hours)
        move_session(post, at, date(2027, 2, day))
        assert tell(post, at + QUIET) == 4
        sent(post)
    letters = post.letters(kind="change")
    assert len({one.once_key for one in letters}) == len({one.message_id for one in letters}) == 12


def test_resumed_before_anybody_heard_of_it_leaves_invitations_as_they_were(post: Post, cycle: Cycle) -> None:
    """The letter that called the meeting off never left, and yet nobody could accept any more."""
    invited_cycle(post)
    with post.database.transaction() as session:
        for invitation in session.exec(select(Invitation)):
            invitation.answer, invitation.answered_at = Answer.ACCEPTED, MONDAY
            invitation.answered_by = "link"
    halt(post, NIGHT, "postpone")
    tell(post, NIGHT + QUIET)
    later = NIGHT + timedelta(hours=1)
    with post.database.transaction() as session:
        found = cycle_to_change(session, 1)
        first_day = found.starts_on
        cycles.resume_cycle(session, found, first_day, plan=PLAN, actor=None, now=later, reason="Dry")
    tell(post, later + QUIET)
    with post.database.reading() as session:
        for invitation in session.exec(select(Invitation)):
            assert (invitation.is_off, invitation.answer) == (False, Answer.ACCEPTED)


def test_a_second_calendar_part_that_was_taken_back_still_goes(post: Post, cycle: Cycle) -> None:
    """Called off before the scoping call, each gets two; the second waited when something was edited."""
    early = datetime(2027, 1, 19, 16, tzinfo=UTC)
    for days in range(9):
        post.tick(early - timedelta(days=8 - days))
    with post.database.transaction() as session:
        for invitation in session.exec(select(Invitation)).all():
            session.add(
                Invitation(
                    person_id=invitation.person_id,
                    cycle_id=1,
                    meeting="session",
                    uid=f"{invitation.uid}-session",
                    says={**(invitation.says or {}), "on": "2027-02-11"},
                    changed_at=early,
                    link_digest=f"{invitation.link_digest}-session",
                    reply_digest=f"{invitation.reply_digest}-session",
                )
            )
    sent(post)
    halt(post, early, "cancel")
    tell(post, early + QUIET)
    (first, second) = post.letters(kind="halt", to_name="Priya Nair")
    with post.database.transaction() as session:
        session.merge(first).state = LetterState.SENT.value
    with post.database.transaction() as session:
        withdraw_planned(session, "A city's entry was changed.")
    tell(post, early + 2 * QUIET)
    (again,) = post.letters(kind="halt", to_name="Priya Nair", state=LetterState.QUEUED)
    assert identity([again]) == identity([second])
    assert (
        vobject.readOne(again.calendar).vevent.uid.value == vobject.readOne(second.calendar).vevent.uid.value
    )
    assert "METHOD:CANCEL" in again.calendar


def invite(post: Post, *names: str) -> None:
    with post.database.transaction() as session:
        found = training_queries.training(session, 1)
        ids = session.exec(select(City.id).where(City.name.in_(names))).all()  # type: ignore[attr-defined]
        draft = replace(draft_of(found), city_ids=frozenset(ids))
        trainings.edit_training(session, found, draft, actor=None, now=INVITED_AT)


def release(post: Post) -> int:
    with post.database.transaction() as session:
        return release_all(session, plan=PLAN, settings=post.settings, now=INVITED_AT)


def test_no_longer_invited_is_told_whatever_is_edited_meanwhile_and_not_once_they_are_again(
    post: Post, training: TrainingEvent, database: Database
) -> None:
    """An edit took the letter back, nothing wrote it again, and the event stayed in a calendar."""
    sent(post)
    invite(post, "Stockholm", "London")
    assert release(post) == 1
    with database.transaction() as session:
        withdraw_waiting(session, training_id=1, why="The event was changed.")
        withdraw_planned(session, "A city's entry was changed.")
    (letter,) = post.letters(kind="release")
    assert letter.state == LetterState.QUEUED
    invite(post, "Stockholm", "London", "Washington DC")
    assert post.tick(INVITED_AT + timedelta(minutes=1)) == 1
    (letter,) = post.letters(kind="release")
    assert letter.state == LetterState.WITHDRAWN


def test_whose_invitation_never_left_is_not_told_that_they_are_no_longer_invited(
    post: Post, training: TrainingEvent
) -> None:
    invite(post, "Stockholm", "London")
    assert release(post) == 0
    assert post.letters(kind="release") == []
    invite(post, "Stockholm", "London", "Washington DC")
    assert post.tick(INVITED_AT + timedelta(minutes=1)) == 3
    (again,) = post.letters(kind="T1", to_name="Maria Ruiz")
    assert "METHOD:REQUEST" in again.calendar


def test_a_receipt_follows_its_reader_to_a_new_address_and_a_sign_in_letter_ends(
    post: Post, training: TrainingEvent, database: Database
) -> None:
    """Nothing writes a receipt again: taken back when its reader's entry was mended, it was lost."""
    letter = ComposedLetter("Subject", "Text", "<p>Text</p>")
    with database.transaction() as session:
        reader = session.exec(select(Person).where(Person.name == "Maria Ruiz")).one()
        for kind in (RECEIPT, SIGN_IN):
            queue(session, letter, to=reader, once_key=kind, kind=kind, why="", now=INVITED_AT)
        withdraw_waiting(session, person_id=reader.id, why="The person's entry was changed.")
    assert {one.kind: one.state for one in post.letters(to_name="Maria Ruiz")} == {
        "T1": LetterState.WITHDRAWN,
        RECEIPT: LetterState.QUEUED,
        SIGN_IN: LetterState.QUEUED,
    }
    with database.transaction() as session:
        reader = session.exec(select(Person).where(Person.name == "Maria Ruiz")).one()
        reader.email = "ruiz@example.org"
        session.flush()
        follow_address(session, reader, "The person's address was changed.")
    (receipt,) = post.letters(kind=RECEIPT)
    (sign_in,) = post.letters(kind=SIGN_IN)
    assert (receipt.state, receipt.to_address) == (LetterState.QUEUED, "ruiz@example.org")
    assert sign_in.state == LetterState.WITHDRAWN


def test_who_comes_back_while_it_is_news_is_told_of_a_change_after_all(
    post: Post, cycle: Cycle, database: Database
) -> None:
    invited_cycle(post)
    halt(post, NIGHT, "cancel")
    minutes(post, NIGHT + QUIET, 1)

    def set_active(*, is_active: bool) -> None:
        with database.transaction() as session:
            session.exec(select(Person).where(Person.name == "Åsa Öberg")).one().is_active = is_active

    set_active(is_active=False)
    minutes(post, NIGHT + QUIET + timedelta(minutes=1), 3)
    (letter,) = post.letters(kind="halt", to_name="Åsa Öberg")
    assert letter.state == LetterState.WITHDRAWN
    set_active(is_active=True)
    minutes(post, NIGHT + 2 * QUIET, 2)
    (again,) = post.letters(kind="halt", to_name="Åsa Öberg")
    assert (again.state, again.message_id) == (LetterState.QUEUED, letter.message_id)
