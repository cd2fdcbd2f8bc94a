"""Courses in which a letter about a change was lost, doubled, or kept somebody from answering."""

import threading
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlmodel import select

from exchange.audit import wait_for_turn
from exchange.cycles import actions as cycles
from exchange.cycles.moves import SittingMove
from exchange.cycles.queries import cycle_to_change
from exchange.db import Database
from exchange.invitations.returned_people import tell_returned
from exchange.mail.outbox.withdrawals import withdraw_outdated, withdraw_planned
from exchange.mail.schedule.told_dates import QUIET
from exchange.models import Cycle, Invitation, Letter, LetterState, Person, TrainingEvent
from exchange.rules.time.timezones import WallTime
from exchange.trainings import queries as training_queries
from tests.invitations.conftest import INVITED_AT, PLAN, Post
from tests.invitations.test_change_announcements import MONDAY, invited_cycle, move_session, sent, tell
from tests.invitations.test_taken_back import NIGHT, halt, identity, invite, release

EARLY = datetime(2027, 1, 18, 16, tzinfo=UTC)  # before the scoping call
CALL = date(2027, 1, 21)
PRIYA = "Priya Nair"


def move(post: Post, now: datetime, meeting: str, on: date, at: time) -> None:
    with post.database.transaction() as session:
        cycle = cycle_to_change(session, 1)
        sitting = next(row for row in cycle.sittings if row.meeting == meeting)
        to = SittingMove(WallTime(on, at, "Europe/London"), 60, reason="The room is taken")
        cycles.move_sitting(session, cycle, sitting.id or 0, to, plan=PLAN, actor=None, now=now)


def both_moved(post: Post) -> tuple[Letter, Letter]:
    """Who is invited to both meetings of a cycle is told that both moved: their two letters."""
    for days in range(9):
        post.tick(EARLY - timedelta(days=8 - days))
    with post.database.transaction() as session:
        for one in session.exec(select(Invitation)).all():
            says = {**(one.says or {}), "on": "2027-02-11"}
            digests = {
                name: f"{getattr(one, name)}-session" for name in ("uid", "link_digest", "reply_digest")
            }
            person_id = one.person_id
            session.add(
                Invitation(
                    person_id=person_id, cycle_id=1, meeting="session", says=says, changed_at=EARLY, **digests
                )
            )
    sent(post)
    move(post, EARLY, "scoping_call", CALL, time(15))
    move(post, EARLY, "session", date(2027, 2, 18), time(14))
    tell(post, EARLY + QUIET)
    first, second = post.letters(kind="change", to_name=PRIYA)
    return first, second


def set_state(post: Post, letter: Letter, state: LetterState, **fields: object) -> None:
    with post.database.transaction() as session:
        row = session.merge(letter)
        row.state = state.value
        for name, value in fields.items():
            setattr(row, name, value)


def test_the_second_letter_still_goes_when_only_the_first_meeting_moves_again(
    post: Post, cycle: Cycle
) -> None:
    """The first was sent and the second waited: taken back by the next move, it was never written again."""
    first, _second = both_moved(post)
    set_state(post, first, LetterState.SENT)
    later = EARLY + timedelta(hours=1)
    move(post, later, "scoping_call", CALL, time(16))
    tell(post, later + QUIET)
    waiting = post.letters(kind="change", to_name=PRIYA, state=LetterState.QUEUED)
    assert len(waiting) == 2
    assert {one.calendar.count("DTSTART;TZID=Europe/London:20270218T140000") for one in waiting} == {0, 1}


def test_the_second_letter_that_left_is_not_doubled_when_the_first_is_taken_back(
    post: Post, cycle: Cycle
) -> None:
    first, second = both_moved(post)
    set_state(post, second, LetterState.SENT)
    with post.database.transaction() as session:
        withdraw_planned(session, "A city's entry was changed.")
    tell(post, EARLY + 2 * QUIET)
    letters = post.letters(kind="change", to_name=PRIYA)
    assert identity(letters) == identity([first, second])
    assert {one.state for one in letters} == {LetterState.QUEUED, LetterState.SENT}


def test_resumed_after_the_letter_was_given_up_is_told_and_answers_are_taken(
    post: Post, cycle: Cycle, database: Database
) -> None:
    """It may have arrived; whoever got it never heard that the session is on, and nobody could accept."""
    invited_cycle(post)
    halt(post, NIGHT, "postpone")
    tell(post, NIGHT + QUIET)
    for letter in post.letters(kind="halt"):
        set_state(post, letter, LetterState.REFUSED, may_have_arrived=True, attempts=8)
    later = NIGHT + timedelta(days=4)
    with database.transaction() as session:
        found = cycle_to_change(session, 1)
        first_on = found.starts_on
        cycles.resume_cycle(session, found, first_on, plan=PLAN, actor=None, now=later, reason="Dry")
    assert tell(post, later + QUIET) == 4
    with database.reading() as session:
        assert {one.is_off for one in session.exec(select(Invitation))} == {False}


def test_the_same_news_after_a_refusal_is_another_letter(post: Post, cycle: Cycle) -> None:
    """The refused letter had used the key up: the third move was told to nobody."""
    invited_cycle(post)
    told = []
    for hours, day in enumerate((18, 11, 18)):
        at = MONDAY + timedelta(hours=hours)
        move_session(post, at, date(2027, 2, day))
        told.append(tell(post, at + QUIET))
        if not hours:
            for letter in post.letters(kind="change"):
                set_state(post, letter, LetterState.REFUSED)
    assert told == [4, 0, 4]


def test_no_longer_invited_is_told_to_who_was_away_for_a_moment(
    post: Post, training: TrainingEvent, database: Database
) -> None:
    """Their letter was taken back while they were inactive, and nothing wrote it again."""
    sent(post)
    invite(post, "Stockholm", "London")
    assert release(post) == 1

    def set_active(*, is_active: bool) -> None:
        with database.transaction() as session:
            person = session.exec(select(Person).where(Person.name == "Maria Ruiz")).one()
            person.is_active = is_active
            session.flush()
            if is_active:
                tell_returned(session, person, INVITED_AT)

    set_active(is_active=False)
    with database.transaction() as session:
        withdraw_outdated(session)
    set_active(is_active=True)
    with database.transaction() as session:
        training_queries.training(session, 1).tell_at = None  # its ten minutes are over
    assert release(post) == 1
    assert [one.state for one in post.letters(kind="release")] == [
        LetterState.WITHDRAWN,
        LetterState.QUEUED,
    ]


@pytest.mark.usefixtures("training")
def test_inviting_again_and_editing_at_once_never_wait_for_each_other(post: Post) -> None:
    """The tick asked for the turn while it held the event; an edit had the turn and waited for the event."""
    sent(post)
    invite(post, "Stockholm", "London")
    assert release(post) == 1
    invite(post, "Stockholm", "London", "Washington DC")
    has_turn, errors = threading.Event(), []

    def edit() -> None:
        try:
            with post.database.transaction() as session:
                wait_for_turn(session)
                has_turn.set()
                threading.Event().wait(0.3)
                training_queries.training(session, 1).title = "Another title"
        except Exception as error:
            errors.append(error)

    page = threading.Thread(target=edit)
    page.start()
    has_turn.wait(5)
    assert post.tick(INVITED_AT + timedelta(minutes=1)) == 1
    page.join(20)
    assert errors == []
