"""Letters about meetings of boards: invited, changed, called off, for others now; and the answers to them."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import pytest
from icalendar import Calendar
from sqlmodel import Session, select

from exchange.boards import actions
from exchange.boards.letters import tell_boards
from exchange.boards.queries import meeting_of
from exchange.db import Database
from exchange.invitations.invitation_links import answer_link
from exchange.mail.outbox.withdrawals import withdraw_waiting
from exchange.models import Answer, AuditEntry, BoardMember, Invitation, Letter, LetterState
from exchange.rules.markings.tlp_labels import Marking
from exchange.settings import Settings
from tests.access.routes import ON_SQLITE
from tests.boards.conftest import NOW, Net, a_meeting, published
from tests.hand_clock import HandClock
from tests.mail.writing.test_compose import compare
from tests.pages import text_of

LATER = NOW + timedelta(minutes=11)


def letters(session: Session) -> Sequence[Letter]:
    return session.exec(select(Letter).where(Letter.kind == "board meeting").order_by(Letter.id)).all()  # type: ignore[arg-type]


def deliver(session: Session) -> None:
    """As if all that waits had gone out."""
    for one in letters(session):
        if one.state == LetterState.QUEUED:
            one.state = LetterState.SENT
    session.flush()


def told(session: Session, settings: Settings, now: datetime = LATER) -> list[tuple[str, str]]:
    """Who is written to by one round of the tick, and the subject; a second round writes nothing."""
    before = {one.id for one in letters(session)}
    tell_boards(session, settings, now)
    found = [
        (one.to_name, one.subject)
        for one in letters(session)
        if one.id not in before and one.state == LetterState.QUEUED
    ]
    assert tell_boards(session, settings, now) == 0
    return found


def methods(session: Session) -> list[str]:
    return [str(Calendar.from_ical(one.calendar)["METHOD"]) for one in letters(session) if one.calendar]


def test_whoever_sits_on_the_board_is_invited_once_after_ten_minutes(
    database: Database, net: Net, settings: Settings
) -> None:
    with database.transaction() as session:
        published(session, net)
        assert told(session, settings, NOW + timedelta(minutes=9)) == []
        assert [name for name, _ in told(session, settings)] == ["Chris Chair", "Mia Member"]
        first, second = letters(session)
        assert "15:00 in Stockholm" in first.text
        assert "01:00" in second.text  # Friday in Sydney
        assert "/attend/" in first.text
        assert methods(session) == ["REQUEST", "REQUEST"]


@ON_SQLITE
def test_several_changes_make_one_letter_and_one_taken_back_makes_none(
    database: Database, net: Net, settings: Settings
) -> None:
    with database.transaction() as session:
        meeting = published(session, net)
        told(session, settings)
        deliver(session)
        for hour in (9, 10):
            draft = a_meeting(starts_local=time(hour))
            actions.edit_meeting(session, meeting, draft, reason="", by=net.by(LATER))
        after = LATER + timedelta(minutes=11)
        found = told(session, settings, after)
        assert [name for name, _ in found] == ["Chris Chair", "Mia Member"]
        assert "Changed: Winter meeting is on Thu 11 Feb, 11:00 in Stockholm" in found[0][1]
        deliver(session)
        calendars = [Calendar.from_ical(one.calendar) for one in letters(session)]
        events = [one.walk("VEVENT")[0] for one in calendars[::2]]
        assert events[0]["UID"] == events[1]["UID"]
        assert int(events[1]["SEQUENCE"]) > int(events[0]["SEQUENCE"])

        actions.edit_meeting(session, meeting, a_meeting(starts_local=time(16)), reason="", by=net.by(after))
        actions.edit_meeting(session, meeting, a_meeting(starts_local=time(10)), reason="", by=net.by(after))
        assert told(session, settings, after + timedelta(minutes=11)) == []

        again = after + timedelta(hours=1)  # back to the first hour: they were told of another since
        actions.edit_meeting(session, meeting, a_meeting(), reason="", by=net.by(again))
        assert len(told(session, settings, again + timedelta(minutes=11))) == 2


@ON_SQLITE
def test_an_invitation_that_waits_is_written_anew_when_the_meeting_changes(
    database: Database, net: Net, settings: Settings
) -> None:
    with database.transaction() as session:
        meeting = published(session, net)
        told(session, settings)
        actions.edit_meeting(session, meeting, a_meeting(starts_local=time(9)), reason="", by=net.by(LATER))
        found = told(session, settings, LATER + timedelta(minutes=11))
        assert found[0][1] == "[TLP:GREEN] You are invited on Thu 11 Feb, 10:00 in Stockholm: Winter meeting"
        states = [one.state for one in letters(session)]
        assert states == [LetterState.WITHDRAWN] * 2 + [LetterState.QUEUED] * 2


@ON_SQLITE
def test_a_cancelled_meeting_is_taken_out_of_calendars_by_one_letter(
    database: Database, net: Net, settings: Settings
) -> None:
    with database.transaction() as session:
        meeting = published(session, net)
        told(session, settings)
        deliver(session)
        actions.cancel_meeting(session, meeting, reason="Storm", by=net.by(LATER))
        found = told(session, settings, LATER + timedelta(minutes=11))
        assert [subject for _, subject in found] == [
            "[TLP:GREEN] Cancelled: Winter meeting on Thu 11 Feb, 15:00 in Stockholm",
            letters(session)[-1].subject,
        ]
        assert methods(session)[2:] == ["CANCEL", "CANCEL"]


@ON_SQLITE
def test_what_was_cancelled_before_anybody_heard_of_it_tells_nobody(
    database: Database, net: Net, settings: Settings
) -> None:
    with database.transaction() as session:
        meeting = published(session, net)
        told(session, settings)
        actions.cancel_meeting(session, meeting, reason="Storm", by=net.by(LATER))
        assert told(session, settings, LATER + timedelta(minutes=11)) == []
        assert {one.state for one in letters(session)} == {LetterState.WITHDRAWN}


@ON_SQLITE
def test_a_seat_that_begins_invites_and_one_that_ends_takes_out(
    database: Database, net: Net, settings: Settings
) -> None:
    with database.transaction() as session:
        meeting_id = published(session, net).id or 0
        told(session, settings)
        deliver(session)
        session.add(BoardMember(board_id=net.board.id or 0, person_id=net.other.id or 0))
        seat = session.exec(
            select(BoardMember).where(
                BoardMember.person_id == net.member.id, BoardMember.board_id == net.board.id
            )
        ).one()
        seat.ends_on = date(2027, 1, 11)
        session.flush()
        session.expire_all()
        assert [name for name, _ in told(session, settings)] == ["Otto Other", "Mia Member"]
        out = letters(session)[-1]
        assert "Winter meeting" not in out.text + out.subject + out.calendar
        assert methods(session)[-1] == "CANCEL"
        deliver(session)
        assert told(session, settings) == []
        seat.ends_on = None
        session.flush()
        found = told(session, settings)
        assert (found[0][0], "bjuden" in found[0][1] or "invited" in found[0][1]) == ("Mia Member", True)
        assert meeting_of(session, meeting_id).title == "Winter meeting"


@ON_SQLITE
def test_a_letter_that_a_change_of_seats_took_back_is_written_again(
    database: Database, net: Net, settings: Settings
) -> None:
    with database.transaction() as session:
        published(session, net)
        told(session, settings)
        withdraw_waiting(session, person_id=net.chair.id, why="The person's seats were changed.")
        assert tell_boards(session, settings, LATER) == 1
        assert {one.state for one in letters(session)} == {LetterState.QUEUED}


@ON_SQLITE
def test_what_waits_does_not_leave_once_the_meeting_changed_and_no_word_of_its_end_is_lost(
    database: Database, net: Net, settings: Settings
) -> None:
    with database.transaction() as session:
        meeting = published(session, net)
        told(session, settings)
        red = a_meeting(marking=Marking.RED, named=(net.chair.email, net.coordinator.email))
        actions.edit_meeting(session, meeting, red, reason="", by=net.by(LATER))
        assert {one.state for one in letters(session)} == {LetterState.WITHDRAWN}, "at once"
        actions.edit_meeting(session, meeting, a_meeting(), reason="As agreed", by=net.by(LATER))
        again = LATER + timedelta(minutes=11)
        assert len(told_again(session, settings, again)) == 2
        deliver(session)
        actions.cancel_meeting(session, meeting, reason="Storm", by=net.by(again))
        after = again + timedelta(minutes=11)
        assert len(told(session, settings, after)) == 2
        withdraw_waiting(session, person_id=net.chair.id, why="The person's entry was changed.")
        (found,) = told_again(session, settings, after)
        assert found.startswith("[TLP:GREEN] Cancelled")


def told_again(session: Session, settings: Settings, now: datetime) -> list[str]:
    """The subjects of letters that were taken back and that the tick writes anew."""
    waits = select(Letter.id).where(Letter.state == LetterState.QUEUED)
    before = set(session.exec(waits))
    tell_boards(session, settings, now)
    session.expire_all()
    return [one.subject for one in letters(session) if one.id in set(session.exec(waits)) - before]


@ON_SQLITE
def test_at_red_a_letter_names_nothing_and_goes_to_who_is_named(
    database: Database, net: Net, settings: Settings
) -> None:
    with database.transaction() as session:
        published(session, net, marking=Marking.RED, named=(net.member.email, net.lead.email))
        assert [name for name, _ in told(session, settings)] == ["Mia Member"]
        (only,) = letters(session)
        assert "Winter meeting" not in only.text + only.subject + only.html
        assert (only.calendar, "/attend/" in only.text) == ("", False)


@ON_SQLITE
@pytest.mark.parametrize("marking", [Marking.AMBER, Marking.AMBER_STRICT])
def test_above_green_a_letter_has_no_place_no_agenda_and_no_address_for_joining(
    database: Database, net: Net, settings: Settings, marking: Marking
) -> None:
    with database.transaction() as session:
        published(session, net, marking=marking)
        told(session, settings)
        for one in letters(session):
            whole = one.text + one.html + one.calendar
            assert "Room 4" not in whole
            assert "Themes" not in whole
            assert "meet.example.org" not in whole


@ON_SQLITE
def test_an_answer_by_the_link_is_kept_and_shown(
    database: Database, net: Net, settings: Settings, clock: HandClock, app: object, sign_in: object
) -> None:
    from tests.sign_in import SignIn

    assert isinstance(sign_in, SignIn)
    clock.set(LATER)
    with database.transaction() as session:
        page = f"/governance/meetings/{published(session, net).id}"
        told(session, settings)
        invitation = session.exec(select(Invitation).where(Invitation.person_id == net.member.id)).one()
        link = answer_link(settings, invitation).removeprefix(settings.base_url)
    client = sign_in.app.test_client()
    shown = text_of(client.get(link))
    assert "Winter meeting" in shown
    assert "Name a colleague" not in shown
    assert client.post(link, data={"answer": "declined"}).status_code == 303
    with database.reading() as session:
        kept = session.exec(select(Invitation).where(Invitation.person_id == net.member.id)).one()
        assert kept.answer == Answer.DECLINED
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "answer invitation")).one()
        assert entry.after is not None
        assert entry.after["to"] == "board meeting:1"
    assert "Mia Member" in text_of(sign_in(net.chair).get(page))
    assert client.get(link.replace("/attend/", "/nominate/")).status_code == 404


def test_letters_read_as_their_golden_files(database: Database, net: Net, settings: Settings) -> None:
    with database.transaction() as session:
        meeting = published(session, net)
        told(session, settings)
        deliver(session)
        draft = a_meeting(starts_local=time(10))
        actions.edit_meeting(session, meeting, draft, reason="", by=net.by(LATER))
        told(session, settings, LATER + timedelta(minutes=11))
        deliver(session)
        actions.cancel_meeting(session, meeting, reason="Storm", by=net.by(LATER))
        told(session, settings, LATER + timedelta(minutes=31))
        for language, name in (("en", "Chris Chair"), ("sv", "Mia Member")):
            texts = [
                f"To: {one.to_name}\nSubject: {one.subject}\n\n{_without_token(one.text)}"
                for one in letters(session)
                if one.to_name == name
            ]
            compare(f"board_meeting_{language}", "\n".join(texts))


def _without_token(text: str) -> str:
    lines = (line.partition("/attend/") for line in text.splitlines())
    return "\n".join(f"{before}{link}{'...' if link else ''}" for before, link, _token in lines) + "\n"
