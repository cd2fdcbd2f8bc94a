"""Who was told that they are no longer invited is not invited anew by what changes afterwards."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import vobject
from sqlmodel import Session, col, select

from exchange.cycles import actions as cycles
from exchange.cycles.moves import SittingMove
from exchange.cycles.queries import cycle_to_change
from exchange.mail.schedule.told_dates import QUIET
from exchange.models import Cycle, ExpertGroup, GroupMember, Invitation, Person, PersonRole, Role
from exchange.rules.time.timezones import WallTime
from tests.invitations.conftest import PLAN, Post
from tests.invitations.test_change_announcements import sent, tell
from tests.queueing import release_all

CALLED_AT = datetime(2027, 1, 18, 16, tzinfo=UTC)  # Monday of the call's week: the groups are invited to it
TOM = "Tom Baker-Lane"  # speaks for London, which takes part, and sits in the group


def seats_of_tom(session: Session) -> list[GroupMember]:
    return list(session.exec(select(GroupMember).join(Person).where(Person.name == TOM)))


def seat_tom(post: Post) -> None:
    with post.database.transaction() as session:
        tom = session.exec(select(Person).where(Person.name == TOM)).one()
        group = session.exec(select(ExpertGroup)).one()
        session.add(GroupMember(group_id=group.id or 0, person_id=tom.id or 0))


def unseat_tom(post: Post) -> None:
    with post.database.transaction() as session:
        for seat in seats_of_tom(session):
            session.delete(seat)


def call_of_tom(post: Post) -> Invitation:
    with post.database.reading() as session:
        his = select(Invitation).join(Person).where(Person.name == TOM)
        found = session.exec(his.where(col(Invitation.meeting) == "scoping_call")).one()
        session.expunge_all()
        return found


def release(post: Post, now: datetime) -> int:
    with post.database.transaction() as session:
        return release_all(session, plan=PLAN, settings=post.settings, now=now)


def move_call(post: Post, now: datetime) -> None:
    with post.database.transaction() as session:
        cycle = cycle_to_change(session, 1)
        call = next(one for one in cycle.sittings if one.meeting == "scoping_call")
        to = SittingMove(WallTime(date(2027, 1, 22), time(14), "Europe/London"), 45, reason="Taken")
        cycles.move_sitting(session, cycle, call.id or 0, to, plan=PLAN, actor=None, now=now)


def postpone(post: Post, now: datetime) -> None:
    with post.database.transaction() as session:
        found = cycle_to_change(session, 1)
        cycles.postpone_cycle(session, found, reason="A flood", plan=PLAN, actor=None, now=now)
    assert tell(post, now + QUIET) == 4
    sent(post)


def resume(post: Post, now: datetime) -> None:
    with post.database.transaction() as session:
        found = cycle_to_change(session, 1)
        cycles.resume_cycle(session, found, date(2027, 5, 3), plan=PLAN, actor=None, now=now, reason="Dry")
    assert tell(post, now + QUIET) == 4


def parts_to_tom(post: Post) -> list[str]:
    return [one.calendar for one in post.letters(kind="change", to_name=TOM)]


@pytest.fixture
def called(post: Post, cycle: Cycle) -> Post:
    """Tom is in the group, and has his invitation to its scoping call."""
    seat_tom(post)
    post.tick(CALLED_AT)
    sent(post)
    assert call_of_tom(post).says is not None
    return post


@pytest.fixture
def let_go(called: Post) -> Post:
    """Tom has lost his seat, and was told so."""
    unseat_tom(called)
    assert release(called, CALLED_AT) == 1
    sent(called)
    return called


def test_a_call_that_moves_does_not_invite_who_was_let_go(let_go: Post) -> None:
    """The letter of the change took back the CANCEL, and asked for an answer."""
    move_call(let_go, CALLED_AT)
    assert tell(let_go, CALLED_AT + QUIET) == 4
    assert parts_to_tom(let_go) == [""]
    (to_priya,) = let_go.letters(kind="change", to_name="Priya Nair")
    assert vobject.readOne(to_priya.calendar).method.value == "REQUEST"
    (to_tom,) = let_go.letters(kind="change", to_name=TOM)
    assert "/attend/" not in to_tom.text
    assert call_of_tom(let_go).is_off


def test_what_resumes_does_not_invite_who_was_let_go_before(let_go: Post) -> None:
    postpone(let_go, CALLED_AT)
    resume(let_go, CALLED_AT + timedelta(days=7))
    assert parts_to_tom(let_go) == [""]
    assert call_of_tom(let_go).is_off


def test_what_resumes_does_not_invite_who_lost_the_seat_meanwhile(called: Post) -> None:
    postpone(called, CALLED_AT)
    unseat_tom(called)
    resume(called, CALLED_AT + timedelta(days=7))
    assert parts_to_tom(called) == [""]
    assert call_of_tom(called).is_off


def test_what_resumes_invites_who_is_in_the_group_still(called: Post) -> None:
    postpone(called, CALLED_AT)
    resume(called, CALLED_AT + timedelta(days=7))
    (part,) = parts_to_tom(called)
    assert vobject.readOne(part).method.value == "REQUEST"
    assert not call_of_tom(called).is_off


def test_a_coordinator_who_was_let_go_does_not_hear_of_what_moves(called: Post) -> None:
    """Coordinators are an audience of the plan: with an invitation of any kind she counted as invited."""
    with called.database.transaction() as session:
        priya = session.exec(select(Person).where(Person.name == "Priya Nair")).one()
        priya.roles = [PersonRole(person_id=priya.id or 0, role=Role.COORDINATOR)]
        for seat in session.exec(select(GroupMember).where(GroupMember.person_id == priya.id)):
            session.delete(seat)
    assert release(called, CALLED_AT) == 1
    sent(called)
    move_call(called, CALLED_AT)
    assert tell(called, CALLED_AT + QUIET) == 3
    assert TOM in {one.to_name for one in called.letters(kind="change")}
    assert called.letters(kind="change", to_name="Priya Nair") == []
