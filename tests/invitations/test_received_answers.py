"""Answers as calendars of all makers write them: beyond doubt they are taken, else shown and offered."""

import base64
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import select

from exchange.db import Database
from exchange.invitations.invitation_links import reply_address
from exchange.models import Answer, AuditEntry, Invitation, Person, Role, TrainingEvent
from tests.factories import make_person
from tests.invitations.conftest import INVITED_AT, Post
from tests.invitations.mailbox import Box, handled, read
from tests.invitations.test_change_announcements import move_event, tell
from tests.pages import text_of
from tests.sign_in import SignIn

READER = "Maria Ruiz"


@pytest.fixture
def box(training: TrainingEvent) -> Box:
    return Box()


def message(calendar: str = "", **change: str) -> bytes:
    """A message with one part; ``change`` sets headers, and ``kind`` the part's type."""
    headers = {"From": "Maria Ruiz <@ATT@>", "To": "@TOK@", "Subject": "Accepted"} | change
    kind = headers.pop("kind", "text/calendar; charset=utf-8; method=REPLY")
    lines = [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "MIME-Version: 1.0", f"Content-Type: {kind}", "", calendar, ""]).encode()


def calendar(*lines: str, method: str = "REPLY", who: str = "ATTENDEE;PARTSTAT=ACCEPTED:mailto:@ATT@") -> str:
    head = ["BEGIN:VCALENDAR", *([f"METHOD:{method}"] if method else []), "BEGIN:VEVENT"]
    facts = ["UID:@UID@", "DTSTAMP:@STAMP@", "SEQUENCE:@SEQ@", who, *lines]
    return "\r\n".join([*head, *facts, "END:VEVENT", "END:VCALENDAR"])


def answered(post: Post, box: Box, content: bytes) -> Answer:
    """What stands after the message was read, with the placeholders of the reader's invitation filled."""
    invitation = post.invitation(READER)
    values = {
        "ATT": invitation.sent_to,
        "TOK": reply_address(post.settings, invitation),
        "UID": invitation.uid,
        "SEQ": str(invitation.sequence),
        "STAMP": f"{post.clock():%Y%m%dT%H%M%SZ}",
    }
    for name, value in values.items():
        content = content.replace(f"@{name}@".encode(), value.encode())
    box.contents.append(content)
    read(post, box)
    return Answer(post.invitation(READER).answer)


WHO = "ATTENDEE;PARTSTAT=ACCEPTED"
BEYOND_DOUBT = {
    "several attendee lines": message(
        calendar("ATTENDEE;PARTSTAT=DECLINED:mailto:chair@example.org", "ATTENDEE:mailto:room@example.org")
    ),
    "an EMAIL parameter beside another address": message(calendar(who=f"{WHO};EMAIL=@ATT@:urn:uuid:5c0d")),
    "an EMAIL parameter, sent from the primary address": message(
        calendar(who=f"{WHO};EMAIL=@ATT@:mailto:m.ruiz@example.org"), From="m.ruiz@example.org"
    ),
    "a method in the header only": message(calendar(method="")),
    "a calendar with a name only": message(calendar(), kind='application/octet-stream; name="answer.ics"'),
    "a calendar without a name": message(calendar(), kind="application/octet-stream"),
    "a calendar as plain text": message(calendar(), kind="text/plain"),
    "the UID alone, to the plain sender": message(calendar(), To="programme@example.org"),
    "the secret address alone": message(calendar().replace("UID:@UID@\r\n", "")),
    "a UID in capitals": message(calendar().replace("UID:", "uid:")),
    "a Sender header": message(
        calendar(), From="City calendar <calendar@example.org>", Sender="Maria Ruiz <@ATT@>"
    ),
    "an assistant": message(
        calendar(who=f'{WHO};SENT-BY="mailto:office@example.org":mailto:@ATT@'), From="office@example.org"
    ),
    "no sequence": message(calendar().replace("SEQUENCE:@SEQ@\r\n", "")),
    "blanks after mailto": message(calendar(who=f"{WHO}:MAILTO: @ATT@")),
}


@pytest.mark.parametrize("name", BEYOND_DOUBT)
def test_an_answer_beyond_doubt_is_taken(post: Post, box: Box, name: str) -> None:
    assert answered(post, box, BEYOND_DOUBT[name]) is Answer.ACCEPTED


def test_a_uid_that_exchange_wrapped_is_unwrapped(post: Post, box: Box) -> None:
    uid = post.invitation(READER).uid.encode().hex().upper()
    head = "040000008200E00074C5B7101A82E00800000000" + "0" * 32 + "2D000000"
    wrapped = f"{head}7643616C2D55696401000000{uid}00"
    content = message(calendar().replace("@UID@", wrapped), To="programme@example.org")
    assert answered(post, box, content) is Answer.ACCEPTED


@pytest.mark.parametrize(
    ("encoding", "charset"),
    [("utf-16-le", "utf-16"), ("utf-16-be", "us-ascii"), ("utf-16", "utf-8"), ("utf-8-sig", "latin-1")],
)
def test_an_encoding_shows_for_itself(post: Post, box: Box, encoding: str, charset: str) -> None:
    invitation = post.invitation(READER)
    text = calendar("COMMENT:Jag är på väg")
    for name, value in (("ATT", invitation.sent_to), ("UID", invitation.uid), ("SEQ", "0")):
        text = text.replace(f"@{name}@", value)
    text = text.replace("@STAMP@", f"{post.clock():%Y%m%dT%H%M%SZ}")
    kind = f"text/calendar; charset={charset}; method=REPLY\r\nContent-Transfer-Encoding: base64"
    content = message(base64.encodebytes(text.encode(encoding)).decode(), kind=kind)
    assert answered(post, box, content) is Answer.ACCEPTED
    assert post.invitation(READER).comment == "Jag är på väg"


IN_DOUBT = {
    "two answers": (message(calendar("ATTENDEE;PARTSTAT=DECLINED:mailto:@ATT@")), ""),
    "another organizer": (
        message(calendar("ORGANIZER:mailto:chair@example.org"), To="programme@example.org"),
        "accepted",
    ),
    "an alias": (
        message(calendar(who=f"{WHO}:mailto:m.ruiz@example.org"), From="m.ruiz@example.org"),
        "accepted",
    ),
    "a colleague": (message(calendar(), From="colleague@example.org"), "accepted"),
    "no method at all": (message(calendar(method=""), kind="application/ics"), "accepted"),
    "delegated": (message(calendar(who="ATTENDEE;PARTSTAT=DELEGATED:mailto:@ATT@")), ""),
    "words of a person": (message("I come a little later.", kind="text/plain"), ""),
    "a broken calendar": (message("BEGIN:VCALENDAR\r\nBEGIN:VEVENT"), ""),
    "winmail": (
        message("....IPM.Schedule.Meeting.Resp.Neg....", kind="application/ms-tnef"),
        "declined",
    ),
}


@pytest.mark.parametrize("name", IN_DOUBT)
def test_what_came_to_a_secret_address_is_shown_and_offered(post: Post, box: Box, name: str) -> None:
    content, says = IN_DOUBT[name]
    assert answered(post, box, content) is Answer.NONE
    (shown,) = handled(post)
    assert (shown.is_taken, shown.is_offered, shown.answer) == (False, True, says)
    assert shown.person_id == post.invitation(READER).person_id


def test_a_change_of_place_leaves_an_earlier_yes_good(post: Post, box: Box) -> None:
    before = post.invitation(READER)
    move_event(post, INVITED_AT, place="Room 9, Town Hall")
    tell(post, INVITED_AT + timedelta(minutes=10))
    assert post.invitation(READER).sequence > before.sequence
    content = message(calendar().replace("@SEQ@", str(before.sequence)))
    assert answered(post, box, content) is Answer.ACCEPTED


def test_a_yes_without_a_sequence_counts_for_the_time_that_it_names(post: Post, box: Box) -> None:
    move_event(post, INVITED_AT, on_local=date(2027, 3, 25))
    tell(post, INVITED_AT + timedelta(minutes=10))
    bare = calendar().replace("SEQUENCE:@SEQ@\r\n", "DTSTART:20270311T090000Z\r\n")
    assert answered(post, box, message(bare)) is Answer.NONE
    assert answered(post, box, message(bare.replace("20270311", "20270325"))) is Answer.ACCEPTED


def test_clocks_that_differ_by_minutes_leave_the_order_of_arrival(post: Post, box: Box) -> None:
    """Yes by a telephone whose clock is right, then no by a computer whose clock is five minutes slow."""
    post.clock.advance(hours=1)
    assert answered(post, box, message(calendar())) is Answer.ACCEPTED
    slow = f"{post.clock() - timedelta(minutes=5):%Y%m%dT%H%M%SZ}"
    no = calendar(who="ATTENDEE;PARTSTAT=DECLINED:mailto:@ATT@").replace("@STAMP@", slow)
    assert answered(post, box, message(no)) is Answer.DECLINED


def test_the_same_answer_again_brings_its_comment(post: Post, box: Box) -> None:
    answered(post, box, message(calendar()))
    answered(post, box, message(calendar("COMMENT:By train\\, a little late.")))
    assert post.invitation(READER).comment == "By train, a little late."


@pytest.fixture
def planner(database: Database, box: Box) -> Person:
    with database.transaction() as session:
        invited = session.exec(select(Invitation)).first()
        assert invited
        return make_person(session, city=invited.person.city, roles=[Role.COORDINATOR])


def test_a_coordinator_takes_a_shown_answer_by_hand(
    post: Post, box: Box, sign_in: SignIn, planner: Person
) -> None:
    alias = calendar("COMMENT:From my other address.", who=f"{WHO}:mailto:m.ruiz@example.org")
    answered(post, box, message(alias, From="m.ruiz@example.org"))
    client = sign_in(planner)
    page = text_of(client.get("/letters/replies"))
    assert "Take it: they come" in page
    assert "Take it: perhaps" not in page
    assert "They write: From my other address." in page
    assert client.post("/letters/replies/1", data={"do": "accepted"}).status_code == 303
    invitation = post.invitation(READER)
    assert (invitation.answer, invitation.answered_by, invitation.comment) == (
        Answer.ACCEPTED,
        "by hand",
        "From my other address.",
    )
    with post.database.reading() as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "take shown answer")).one()
        assert entry.actor_id == planner.id
    assert "Take it" not in text_of(client.get("/letters/replies"))
    assert "From my other address." in text_of(client.get("/trainings/1"))
    assert client.post("/letters/replies/1", data={"do": "declined"}).status_code == 409
    assert post.invitation(READER).answer == Answer.ACCEPTED


def test_a_coordinator_sets_a_shown_answer_aside(
    post: Post, box: Box, sign_in: SignIn, planner: Person
) -> None:
    answered(post, box, message(calendar(), From="colleague@example.org"))
    client = sign_in(planner)
    assert client.post("/letters/replies/1", data={"do": "aside"}).status_code == 303
    assert "Take it" not in text_of(client.get("/letters/replies"))
    assert post.invitation(READER).answer == Answer.NONE
    with post.database.reading() as session:
        assert session.exec(select(AuditEntry).where(AuditEntry.action == "set shown answer aside")).one()


def test_nobody_else_decides_about_a_shown_answer(
    post: Post, box: Box, sign_in: SignIn, database: Database
) -> None:
    answered(post, box, message(calendar(), From="colleague@example.org"))
    reader = post.invitation(READER).person
    assert sign_in(reader).post("/letters/replies/1", data={"do": "accepted"}).status_code == 403
    assert post.invitation(READER).answer == Answer.NONE


def test_what_is_told_after_the_meeting_began_is_not_taken_by_hand(
    post: Post, box: Box, sign_in: SignIn, planner: Person
) -> None:
    answered(post, box, message(calendar(), From="colleague@example.org"))
    post.clock.set(datetime(2027, 3, 11, 12, tzinfo=UTC))
    assert sign_in(planner).post("/letters/replies/1", data={"do": "accepted"}).status_code == 409
    assert post.invitation(READER).answer == Answer.NONE
