"""What moves after publication is told once, old and new in the reader's time, to those whom it concerns."""

import re
import threading
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import vobject
from sqlmodel import select

from exchange.cycles import actions as cycles
from exchange.cycles.moves import SittingMove
from exchange.cycles.queries import cycle_to_change
from exchange.db import Database
from exchange.invitations import change_announcements
from exchange.mail.outbox.redaction_at_rest import forget_secrets
from exchange.mail.outbox.withdrawals import withdraw_waiting
from exchange.mail.schedule.told_dates import QUIET, tell_nobody
from exchange.models import Answer, AuditEntry, City, Cycle, Invitation, LetterState, Person, TrainingEvent
from exchange.rules.time.timezones import WallTime
from exchange.trainings import actions as trainings
from exchange.trainings import queries as training_queries
from exchange.trainings.drafts import draft_of
from jobs.letters.tell_changes import tell_changes
from tests.invitations.conftest import INVITED_AT, PLAN, Post, event
from tests.mail.writing.test_compose import LINE, compare
from tests.queueing import release_all

MONDAY = datetime(2027, 2, 1, 16, tzinfo=UTC)  # of week 4: working time in all three cities
SESSION = date(2027, 2, 11)


def tell(post: Post, now: datetime) -> int:
    with post.database.transaction() as session:
        return change_announcements.tell_changes(session, plan=PLAN, settings=post.settings, now=now)


def move_event(post: Post, now: datetime, **to: object) -> None:
    with post.database.transaction() as session:
        training = training_queries.training(session, 1)
        draft = replace(draft_of(training), **to)
        trainings.edit_training(session, training, draft, actor=None, now=now, reason="The hall is taken")


def move_session(post: Post, now: datetime, on: date, at: time = time(14)) -> None:
    with post.database.transaction() as session:
        cycle = cycle_to_change(session, 1)
        sitting = next(s for s in cycle.sittings if s.meeting == "session")
        to = SittingMove(WallTime(on, at, "Europe/London"), 90, reason="The room is taken")
        cycles.move_sitting(session, cycle, sitting.id or 0, to, plan=PLAN, actor=None, now=now)


def invited_cycle(post: Post) -> None:
    """Everything up to the invitations of week 4 has been sent."""
    post.tick(MONDAY)
    sent(post)


def sent(post: Post) -> None:
    with post.database.transaction() as session:
        for letter in post.letters(state=LetterState.QUEUED):
            session.merge(letter).state = LetterState.SENT.value


def told(post: Post, kind: str = "change") -> dict[str, str]:
    return {one.to_name: one.text for one in post.letters(kind=kind)}


def test_story_11_a_moved_event_sends_each_invitee_one_update_under_the_same_uid(
    post: Post, training: TrainingEvent
) -> None:
    """Moved two weeks later, each invitee gets one update with the same UID and a higher SEQUENCE."""
    before = {one.to_name: vobject.readOne(one.calendar).vevent for one in post.letters(kind="T1")}
    sent(post)
    at = INVITED_AT + timedelta(days=3)
    move_event(post, at, on_local=date(2027, 3, 25))
    assert tell(post, at + timedelta(minutes=9)) == 0
    assert tell(post, at + QUIET) == 3
    assert tell(post, at + 2 * QUIET) == 0
    letters = post.letters(kind="change")
    assert {one.to_name for one in letters} == set(before)
    for letter in letters:
        after = vobject.readOne(letter.calendar)
        assert after.method.value == "REQUEST"
        assert after.vevent.uid.value == before[letter.to_name].uid.value
        assert (before[letter.to_name].sequence.value, after.vevent.sequence.value) == ("0", "1")
        assert after.vevent.dtstart.value.astimezone(UTC) == datetime(2027, 3, 25, 9, tzinfo=UTC)
    washington = told(post)["Maria Ruiz"]
    assert "was: Thursday 11 March 2027, 04:00 in Washington DC" in washington
    assert "is now: Thursday 25 March 2027, 05:00 in Washington DC" in washington  # a 5-hour week


def test_an_answer_to_the_old_time_does_not_count_for_the_new_one(
    post: Post, training: TrainingEvent, database: Database
) -> None:
    with database.transaction() as session:
        for invitation in session.exec(select(Invitation)):
            invitation.answer, invitation.answered_at = Answer.DECLINED, INVITED_AT
    sent(post)
    move_event(post, INVITED_AT, on_local=date(2027, 3, 25))
    tell(post, INVITED_AT + QUIET)
    assert post.invitation("Maria Ruiz").answer == Answer.NONE
    assert "An answer you gave counted for the old time. Please answer again." in told(post)["Maria Ruiz"]


def test_several_edits_within_ten_minutes_make_one_letter_from_what_was_told(
    post: Post, cycle: Cycle
) -> None:
    invited_cycle(post)
    move_session(post, MONDAY, date(2027, 2, 16))
    move_session(post, MONDAY + timedelta(minutes=5), date(2027, 2, 18), time(15))
    assert tell(post, MONDAY + QUIET) == 4
    letter = told(post)["Maria Ruiz"]
    assert "was: Thursday 11 February 2027, 09:00 in Washington DC" in letter
    assert "is now: Thursday 18 February 2027, 10:00 in Washington DC" in letter
    assert "16 February" not in letter


def test_moved_there_and_back_within_ten_minutes_tells_nobody(post: Post, cycle: Cycle) -> None:
    invited_cycle(post)
    move_session(post, MONDAY, date(2027, 2, 16))
    move_session(post, MONDAY + timedelta(minutes=5), SESSION)
    assert tell(post, MONDAY + QUIET) == 0
    assert told(post) == {}


def test_a_reminder_that_was_sent_is_sent_again_for_the_new_time(post: Post, cycle: Cycle) -> None:
    """A postponed event whose reminder had gone out got no second one."""
    invited_cycle(post)
    eve = datetime(2027, 2, 10, 16, tzinfo=UTC)
    assert post.tick(eve) == 8  # the joining note, and the reminder of the day before
    sent(post)
    move_session(post, eve, date(2027, 2, 18))
    tell(post, eve + QUIET)
    assert post.tick(eve + timedelta(days=1)) == 0  # in an hour: that was the old one
    assert post.tick(datetime(2027, 2, 17, 16, tzinfo=UTC)) == 5  # and the note that the draft is due
    assert len(post.letters(kind="E5-1d")) == 8
    assert "Tomorrow" in post.letters(kind="E5-1d")[-1].subject
    assert "Thu 18 Feb" in post.letters(kind="E5-1d")[-1].subject


def test_a_reminder_with_the_new_time_does_not_stand_for_the_letter_of_the_change(
    post: Post, cycle: Cycle
) -> None:
    """It went out within the ten minutes; told of the new time, its readers' calendars kept the old one."""
    invited_cycle(post)
    hour_before = datetime(2027, 2, 11, 12, 55, tzinfo=UTC)
    post.tick(hour_before - timedelta(days=1))
    sent(post)
    move_session(post, hour_before, SESSION, time(14, 30))
    assert post.tick(hour_before + timedelta(minutes=36)) >= 4  # "in an hour", of half past two
    assert tell(post, hour_before + timedelta(minutes=37)) == 4
    assert all(
        "DTSTART;TZID=Europe/London:20270211T143000" in one.calendar for one in post.letters(kind="change")
    )


def test_a_reminder_whose_moment_has_passed_is_not_made_up_for(post: Post, training: TrainingEvent) -> None:
    """Moved to next Tuesday, the event was announced by its week's reminder as well as by the change."""
    sent(post)
    now = datetime(2027, 3, 4, 16, tzinfo=UTC)
    move_event(post, now, on_local=date(2027, 3, 9))
    assert tell(post, now + QUIET) == 3
    assert post.tick(now + QUIET) == 0
    assert post.tick(datetime(2027, 3, 8, 16, tzinfo=UTC)) == 3  # the day before


def test_saving_without_telling_needs_a_reason_and_is_kept(
    post: Post, cycle: Cycle, database: Database
) -> None:
    invited_cycle(post)
    with database.transaction() as session:
        found = cycle_to_change(session, 1)
        cycles.move_stage(session, found, "review", date(2027, 2, 24), plan=PLAN, actor=None, now=MONDAY)
        tell_nobody(session, found, reason="A slip of the pen", actor=None, now=MONDAY)
    assert tell(post, MONDAY + timedelta(days=1)) == 0
    with database.reading() as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "save without telling")).one()
        assert (entry.subject, entry.reason) == ("cycle:1", "A slip of the pen")
    # What is told later begins with what readers were told last, not with what passed in silence.
    with database.transaction() as session:
        found = cycle_to_change(session, 1)
        cycles.move_stage(session, found, "review", date(2027, 2, 25), plan=PLAN, actor=None, now=MONDAY)
    assert tell(post, MONDAY + QUIET) == 4
    assert "Review: was Mon 22 Feb – Sun 28 Feb 2027, is now Thu 25 Feb" in told(post)["Maria Ruiz"]


def test_a_letter_taken_back_before_anybody_read_it_is_written_anew_from_what_they_know(
    post: Post, cycle: Cycle
) -> None:
    """Stockholm slept: its letter of the first move was taken back by the second, and nobody was told."""
    invited_cycle(post)
    night = datetime(2027, 2, 2, 22, tzinfo=UTC)  # 17:00 in Washington, 23:00 in Stockholm
    move_session(post, night, date(2027, 2, 16))
    assert tell(post, night + QUIET) == 4
    due = {one.to_name: one.due_at for one in post.letters(kind="change")}
    assert due["Maria Ruiz"] == night + QUIET
    assert due["Åsa Öberg"] == datetime(2027, 2, 3, 8, tzinfo=UTC)
    with post.database.transaction() as session:
        for letter in post.letters(kind="change", to_name="Maria Ruiz"):
            session.merge(letter).state = LetterState.SENT.value
    move_session(post, night + timedelta(hours=1), date(2027, 2, 18))
    assert tell(post, night + timedelta(hours=1) + QUIET) == 4
    texts = {one.to_name: one.text for one in post.letters(kind="change", state=LetterState.QUEUED)}
    assert "was: Tuesday 16 February 2027" in texts["Maria Ruiz"]
    assert "was: Thursday 11 February 2027" in texts["Åsa Öberg"]
    assert "is now: Thursday 18 February 2027, 15:00 in Stockholm" in texts["Åsa Öberg"]


def test_a_letter_about_a_change_that_another_edit_took_back_is_written_again(
    post: Post, cycle: Cycle, database: Database
) -> None:
    """A title was corrected at night, and the letter about the new time never left."""
    invited_cycle(post)
    night = datetime(2027, 2, 2, 22, tzinfo=UTC)
    move_session(post, night, date(2027, 2, 18))
    tell(post, night + QUIET)
    with database.transaction() as session:
        assert withdraw_waiting(session, cycle_id=1, why="The exchange was changed.") == 4
    assert tell(post, night + 2 * QUIET) == 4
    assert tell(post, night + 3 * QUIET) == 0
    texts = [one.text for one in post.letters(kind="change", state=LetterState.QUEUED)]
    assert all("was: Thursday 11 February 2027" in text for text in texts)


def test_postponed_resumed_and_cancelled_are_told_once_each(post: Post, cycle: Cycle) -> None:
    invited_cycle(post)
    with post.database.transaction() as session:
        found = cycle_to_change(session, 1)
        cycles.postpone_cycle(session, found, reason="A flood", plan=PLAN, actor=None, now=MONDAY)
    assert tell(post, MONDAY + QUIET) == 4
    halted = post.letters(kind="halt", to_name="Maria Ruiz")
    assert [one.subject for one in halted] == ["[TLP:GREEN] Postponed: Hostile drones"]
    assert "It was to be on Thursday 11 February 2027, 09:00 in Washington DC." in halted[0].text
    assert "The reason: A flood" in halted[0].text
    off = vobject.readOne(halted[0].calendar)
    assert (off.method.value, off.vevent.status.value, off.vevent.sequence.value) == (
        "CANCEL",
        "CANCELLED",
        "1",
    )
    sent(post)

    later = MONDAY + timedelta(days=14)
    with post.database.transaction() as session:
        found = cycle_to_change(session, 1)
        cycles.resume_cycle(session, found, date(2027, 5, 3), plan=PLAN, actor=None, now=later, reason="Dry")
    assert tell(post, later + QUIET) == 4
    (on,) = post.letters(kind="change", to_name="Maria Ruiz")
    assert on.subject.startswith("[TLP:GREEN] On again, ")
    again = vobject.readOne(on.calendar)
    assert (again.method.value, again.vevent.status.value, again.vevent.sequence.value) == (
        "REQUEST",
        "CONFIRMED",
        "2",
    )
    assert again.vevent.uid.value == off.vevent.uid.value
    sent(post)

    with post.database.transaction() as session:
        found = cycle_to_change(session, 1)
        cycles.cancel_cycle(session, found, reason="For good", plan=PLAN, actor=None, now=later + QUIET)
    assert tell(post, later + 3 * QUIET) == 4
    assert post.letters(kind="halt")[-1].subject == "[TLP:GREEN] Cancelled: Hostile drones"
    assert tell(post, later + 9 * QUIET) == 0


def test_a_change_at_night_wakes_nobody_unless_they_would_rise_for_nothing(
    post: Post, training: TrainingEvent
) -> None:
    eve = datetime(2027, 3, 10, 21, 30, tzinfo=UTC)  # 22:30 in Stockholm, 16:30 in Washington
    with post.database.transaction() as session:
        found = training_queries.training(session, 1)
        trainings.cancel_training(session, found, reason="A flood", actor=None, now=eve)
    assert tell(post, eve + QUIET) == 3
    assert {one.due_at for one in post.letters(kind="halt")} == {eve + QUIET}  # it was to begin at 10:00


def test_who_is_no_longer_invited_gets_a_cancel_and_once_more_an_invitation(
    post: Post, training: TrainingEvent, database: Database
) -> None:
    """Also when pruning has taken the calendar out of the letter that invited."""
    sent(post)
    with database.transaction() as session:
        assert forget_secrets(session, INVITED_AT) == 3

    def invite(*names: str) -> None:
        with database.transaction() as session:
            found = training_queries.training(session, 1)
            ids = session.exec(select(City.id).where(City.name.in_(names))).all()
            draft = replace(draft_of(found), city_ids=frozenset(ids))
            trainings.edit_training(session, found, draft, actor=None, now=INVITED_AT)

    def release(now: datetime) -> int:
        with database.transaction() as session:
            return release_all(session, plan=PLAN, settings=post.settings, now=now)

    assert release(INVITED_AT) == 0
    invite("Stockholm", "London")
    assert release(INVITED_AT) == 1
    assert release(INVITED_AT) == 0
    (letter,) = post.letters(kind="release")
    off = vobject.readOne(letter.calendar)
    assert (letter.to_name, off.method.value, off.vevent.sequence.value) == ("Maria Ruiz", "CANCEL", "1")
    assert "04:00 in Washington DC" in letter.subject
    invite("Stockholm", "London", "Washington DC")
    assert post.tick(INVITED_AT + timedelta(minutes=1)) == 1
    again = vobject.readOne(post.letters(kind="T1")[-1].calendar)
    assert (again.method.value, again.vevent.sequence.value) == ("REQUEST", "2")
    assert again.vevent.uid.value == off.vevent.uid.value


def test_two_clocks_tell_of_a_change_once(post: Post, cycle: Cycle) -> None:
    invited_cycle(post)
    move_session(post, MONDAY, date(2027, 2, 18))
    post.clock.set(MONDAY + QUIET)
    context = post.context()
    outcomes: list[str] = []
    threads = [threading.Thread(target=lambda: outcomes.append(tell_changes(context))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["0 told, 0 released", "4 told, 0 released"]
    assert len(post.letters(kind="change")) == 4


def test_a_draft_that_moves_tells_nobody(post: Post, database: Database) -> None:
    with database.transaction() as session:
        event(session, is_published=False)
    move_event(post, INVITED_AT, on_local=date(2027, 3, 25))
    assert tell(post, INVITED_AT + QUIET) == 0


def test_letters_about_changes_read_as_their_golden_files(post: Post, cycle: Cycle) -> None:
    """In two zones, from an ordinary week into a 5-hour week."""
    invited_cycle(post)
    move_session(post, MONDAY, date(2027, 2, 18))
    tell(post, MONDAY + QUIET)
    sent(post)
    later = MONDAY + timedelta(hours=1)
    with post.database.transaction() as session:
        found = cycle_to_change(session, 1)
        cycles.postpone_cycle(session, found, reason="A flood", plan=PLAN, actor=None, now=later)
    tell(post, later + QUIET)
    sent(post)
    last = later + timedelta(days=1)
    with post.database.transaction() as session:
        found = cycle_to_change(session, 1)
        cycles.resume_cycle(session, found, date(2027, 2, 15), plan=PLAN, actor=None, now=last, reason="Dry")
    tell(post, last + QUIET)
    for name, kind, index in (
        ("change_moved", "change", 0),
        ("halt", "halt", 0),
        ("change_resumed", "change", 1),
    ):
        chosen = [post.letters(kind=kind, to_name=to)[index] for to in ("Åsa Öberg", "Maria Ruiz")]
        texts = [f"To: {one.to_name}\nSubject: {one.subject}\n\n{one.text}" for one in chosen]
        compare(name, re.sub("attend/[a-z2-7]{32}", "attend/TOKEN", LINE.join(texts)))


def test_a_person_who_left_is_not_written_to(post: Post, training: TrainingEvent, database: Database) -> None:
    with database.transaction() as session:
        session.exec(select(Person).where(Person.name == "Maria Ruiz")).one().is_active = False
    move_event(post, INVITED_AT, on_local=date(2027, 3, 25))
    assert tell(post, INVITED_AT + QUIET) == 2


def test_story_28_who_takes_no_programme_letters_hears_of_changes_to_what_they_accepted_alone(
    post: Post, cycle: Cycle, database: Database
) -> None:
    """What is in calendars without an answer: test_whose_calendar_holds_it.py."""
    invited_cycle(post)
    with database.transaction() as session:
        for name, answer in (("Åsa Öberg", Answer.ACCEPTED), ("Tom Baker-Lane", Answer.DECLINED)):
            person = session.exec(select(Person).where(Person.name == name)).one()
            person.programme_stopped_at = MONDAY
            for invitation in session.exec(select(Invitation).where(Invitation.person_id == person.id)):
                invitation.answer = answer
    move_session(post, MONDAY, SESSION + timedelta(days=1))
    tell(post, MONDAY + QUIET)
    letters = post.letters(kind="change")
    assert {one.to_name for one in letters} == {"Åsa Öberg", "Maria Ruiz", "Priya Nair"}
    (to_asa,) = [one for one in letters if one.to_name == "Åsa Öberg"]
    assert "Friday 12 February 2027" in to_asa.text
    assert "METHOD:REQUEST" in to_asa.calendar
