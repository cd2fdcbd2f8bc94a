"""A change reaches everybody whose calendar holds the entry, whatever else they stopped (RFC 5546 3.2.5)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
import vobject
from sqlmodel import select

from exchange.cycles import actions as cycles
from exchange.cycles.queries import cycle_to_change
from exchange.duties.configured import profiles_of
from exchange.invitations import change_announcements
from exchange.invitations.actions import check_open
from exchange.invitations.queries import meeting_of
from exchange.mail.schedule.told_dates import QUIET
from exchange.models import Answer, Cycle, Invitation, Letter, LetterState, Person, Role, TrainingEvent
from exchange.preferences.actions import stop_programme
from exchange.rules.markings.tlp_labels import Marking
from exchange.trainings import actions as trainings
from exchange.trainings import queries as training_queries
from exchange.trainings.drafts import draft_of
from tests.factories import make_person
from tests.invitations.conftest import INVITED_AT, PLAN, Post
from tests.invitations.test_change_announcements import (
    MONDAY,
    invited_cycle,
    move_event,
    move_session,
    sent,
    tell,
)
from tests.queueing import queue_due

MARIA = "Maria Ruiz"
LATER = date(2027, 2, 18)


def stops(post: Post, how: str, answer: Answer) -> None:
    """Maria takes no programme letters any more, and gave this answer to all she was invited to."""
    with post.database.transaction() as session:
        maria = session.exec(select(Person).where(Person.name == MARIA)).one()
        setattr(maria, how, MONDAY)
        for invitation in session.exec(select(Invitation).where(Invitation.person_id == maria.id)):
            invitation.answer = answer
            invitation.answered_at = None if answer is Answer.NONE else MONDAY


def move(post: Post) -> None:
    move_session(post, MONDAY, LATER)


def postpone(post: Post) -> None:
    with post.database.transaction() as session:
        found = cycle_to_change(session, 1)
        cycles.postpone_cycle(session, found, reason="A flood", plan=PLAN, actor=None, now=MONDAY)


def cancel(post: Post) -> None:
    with post.database.transaction() as session:
        found = cycle_to_change(session, 1)
        cycles.cancel_cycle(session, found, reason="A flood", plan=PLAN, actor=None, now=MONDAY)


@pytest.mark.parametrize("how", ["programme_stopped_at", "restricted_at"])
@pytest.mark.parametrize("answer", list(Answer))
@pytest.mark.parametrize(("change", "method"), [(move, "REQUEST"), (postpone, "CANCEL"), (cancel, "CANCEL")])
def test_who_stopped_letters_hears_of_what_their_calendar_holds(
    post: Post, cycle: Cycle, how: str, answer: Answer, change: object, method: str
) -> None:
    """Who said perhaps or nothing was not told, and calendars showed what was no longer so."""
    invited_cycle(post)
    before = vobject.readOne(post.letters(kind="E4", to_name=MARIA)[0].calendar).vevent
    stops(post, how, answer)
    change(post)  # type: ignore[operator]
    tell(post, MONDAY + QUIET)
    found = [one for one in post.letters(to_name=MARIA) if one.kind in {"change", "halt"}]
    if answer is Answer.DECLINED:
        assert found == []
        return
    (letter,) = found
    after = vobject.readOne(letter.calendar)
    assert (after.method.value, after.vevent.sequence.value) == (method, "1")
    assert after.vevent.uid.value == before.uid.value


def test_whose_invitation_never_left_hears_of_no_change_to_it(post: Post, cycle: Cycle) -> None:
    post.tick(MONDAY)
    with post.database.transaction() as session:
        maria = session.exec(select(Person).where(Person.name == MARIA)).one()
        stop_programme(session, maria, how="one click", now=MONDAY)
    assert post.letters(kind="E4", to_name=MARIA)[0].state == LetterState.WITHDRAWN
    move(post)
    tell(post, MONDAY + QUIET)
    assert {one.to_name for one in post.letters(kind="change")} == {
        "Åsa Öberg",
        "Tom Baker-Lane",
        "Priya Nair",
    }


def raise_to_red(post: Post) -> None:
    """Named are all who were invited, so that they may know of it still."""
    with post.database.transaction() as session:
        found = training_queries.training(session, 1)
        named = list(session.exec(select(Person.email)))
        draft = replace(draft_of(found), marking=Marking.RED, named=named)
        trainings.edit_training(session, found, draft, actor=None, now=INVITED_AT, reason="Agreed.")


@pytest.mark.parametrize("is_cancelled", [False, True])
def test_what_became_red_is_taken_out_of_calendars_when_it_changes(
    post: Post, training: TrainingEvent, is_cancelled: bool
) -> None:
    """Letters say nothing of it by then, so the entry from before stood where it was, wrong."""
    sent(post)
    raise_to_red(post)
    assert tell(post, INVITED_AT + QUIET) == 0
    assert post.invitation(MARIA).says is not None  # it is so still
    if is_cancelled:
        with post.database.transaction() as session:
            found = training_queries.training(session, 1)
            trainings.cancel_training(session, found, reason="A flood", actor=None, now=INVITED_AT)
    else:
        move_event(post, INVITED_AT, on_local=date(2027, 3, 25))
    assert tell(post, INVITED_AT + QUIET) == 3
    (letter,) = post.letters(kind="halt" if is_cancelled else "change", to_name=MARIA)
    off = vobject.readOne(letter.calendar)
    assert (off.method.value, off.vevent.sequence.value) == ("CANCEL", "1")
    assert off.vevent.uid.value == post.invitation(MARIA).uid
    assert off.vevent.summary.value == "Private"
    assert "Table-top" not in letter.subject + letter.text + letter.html + letter.calendar
    assert "25 March" not in letter.subject + letter.text + letter.html


def test_what_is_red_no_more_comes_back_into_calendars_and_is_answered(
    post: Post, training: TrainingEvent
) -> None:
    sent(post)
    raise_to_red(post)
    move_event(post, INVITED_AT, on_local=date(2027, 3, 25))
    tell(post, INVITED_AT + QUIET)
    sent(post)
    with post.database.reading() as session:  # on the page, signed in
        invitation = session.exec(select(Invitation).join(Person).where(Person.name == MARIA)).one()
        meeting = meeting_of(session, invitation, profiles_of(post.settings), INVITED_AT)
        assert meeting
        check_open(invitation, meeting, INVITED_AT)
    at = INVITED_AT + timedelta(hours=1)
    move_event(post, at, on_local=date(2027, 4, 8), marking=Marking.GREEN)
    tell(post, at + QUIET)
    on = vobject.readOne(post.letters(kind="change", to_name=MARIA)[-1].calendar)
    assert on.method.value == "REQUEST"
    assert int(on.vevent.sequence.value) > 1


def test_whoever_the_stage_plan_invites_hears_of_a_move(post: Post, cycle: Cycle) -> None:
    """A plan may invite coordinators, who take no part otherwise: no letter about a change was for them."""
    invites = tuple(
        replace(rule, audience=("coordinators",)) if rule.key == "E4" else rule for rule in PLAN.letters
    )
    plan = replace(PLAN, letters=invites)
    with post.database.transaction() as session:
        found = session.get_one(Cycle, cycle.id)
        make_person(session, "Cora Lindt", city=found.lead_city, roles=[Role.COORDINATOR])
    with post.database.transaction() as session:
        queue_due(session, plan=plan, settings=post.settings, now=MONDAY)
    sent(post)
    move(post)
    with post.database.transaction() as session:
        change_announcements.tell_changes(session, plan=plan, settings=post.settings, now=MONDAY + QUIET)
    (letter,) = post.letters(kind="change", to_name="Cora Lindt")
    assert vobject.readOne(letter.calendar).method.value == "REQUEST"


def test_a_letter_that_left_for_one_meeting_is_none_for_another(post: Post, cycle: Cycle) -> None:
    """Priya had the scoping call; her invitation to the session waited when she stopped letters."""
    post.tick(MONDAY - timedelta(weeks=2))
    sent(post)
    post.tick(MONDAY)
    with post.database.transaction() as session:
        priya = session.exec(select(Person).where(Person.name == "Priya Nair")).one()
        stop_programme(session, priya, how="one click", now=MONDAY)
        kinds = {
            one.kind: one.state for one in session.exec(select(Letter).where(Letter.person_id == priya.id))
        }
        assert (kinds["E2"], kinds["E4"]) == (LetterState.SENT, LetterState.WITHDRAWN)
    move(post)
    tell(post, MONDAY + QUIET)
    assert post.letters(kind="change", to_name="Priya Nair") == []


def test_a_meeting_that_is_over_makes_no_second_letter(post: Post, cycle: Cycle) -> None:
    """Priya had been invited to the scoping call, which was held, and was told of the cancellation twice."""
    post.tick(MONDAY - timedelta(weeks=2))
    sent(post)
    invited_cycle(post)
    cancel(post)
    tell(post, MONDAY + QUIET)
    (letter,) = post.letters(kind="halt", to_name="Priya Nair")
    assert vobject.readOne(letter.calendar).method.value == "CANCEL"
    assert "It was to be on Thursday 11 February 2027, 14:00 in London." in letter.text
