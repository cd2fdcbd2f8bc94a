"""The calendar part of a letter, read by an independent reader: whom it invites, to what, what it hides."""

import re
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest
import vobject
from icalendar import Calendar
from sqlmodel import Session

from exchange.db import Database
from exchange.invitations.invitation_links import reply_token
from exchange.mail.wire.mime_message import build_message
from exchange.models import Cycle, Letter, TrainingEvent
from exchange.rules.markings.tlp_labels import Marking
from exchange.settings import Settings
from tests.invitations.conftest import INVITED_AT, Post, event
from tests.mail.programme import three_city_cycle
from tests.mail.writing.test_compose import LINE, compare


def message_of(letter: Letter, settings: Settings) -> EmailMessage:
    return build_message(letter, mail_from=settings.mail_from, now=INVITED_AT)


def test_an_invitation_has_the_shape_that_mail_programs_know(post: Post, training: TrainingEvent) -> None:
    """RFC 6047 2.4: the calendar beside the text, its method in both places; the same once more as a file."""
    (letter,) = post.letters(to_name="Maria Ruiz")
    message = message_of(letter, post.settings)
    assert message.get_content_type() == "multipart/mixed"
    alternative, file = message.iter_parts()
    assert alternative.get_content_type() == "multipart/alternative"
    text, html, calendar = alternative.iter_parts()
    assert [part.get_content_type() for part in (text, html)] == ["text/plain", "text/html"]
    assert calendar.get_content_type() == "text/calendar"
    assert (calendar.get_param("method"), calendar.get_param("charset")) == ("REQUEST", "utf-8")
    assert calendar["Content-Transfer-Encoding"] == "base64"
    assert (file.get_content_type(), file.get_filename()) == ("application/ics", "invite.ics")
    inline = calendar.get_payload(decode=True)
    assert inline == file.get_payload(decode=True) == letter.calendar.encode()
    assert all(len(line) <= 75 for line in letter.calendar.encode().split(b"\r\n"))


def test_it_invites_the_very_recipient_and_takes_answers_at_a_secret_address(
    post: Post, training: TrainingEvent
) -> None:
    invitation = post.invitation("Maria Ruiz")
    (letter,) = post.letters(to_name="Maria Ruiz")
    read = vobject.readOne(letter.calendar)
    assert read.method.value == "REQUEST"
    entry = read.vevent
    assert entry.uid.value == invitation.uid != training.uid
    assert (entry.sequence.value, entry.dtstamp.value) == ("0", INVITED_AT)
    (attendee,) = entry.attendee_list
    assert attendee.value == f"mailto:{letter.to_address}"
    assert {name: attendee.params[name] for name in ("CN", "PARTSTAT", "RSVP")} == {
        "CN": ["Maria Ruiz"],
        "PARTSTAT": ["NEEDS-ACTION"],
        "RSVP": ["TRUE"],
    }
    token = reply_token(post.settings, invitation.uid)
    assert entry.organizer.value == f"mailto:programme+{token}@example.org"
    uids = {vobject.readOne(one.calendar).vevent.uid.value for one in post.letters()}
    assert len(uids) == 3


def test_it_holds_the_hour_in_the_zone_of_the_event_with_that_zone(
    post: Post, training: TrainingEvent
) -> None:
    """10:00 in Stockholm on 11 March is 04:00 in Washington; on the 18th it is 05:00."""
    (letter,) = post.letters(to_name="Maria Ruiz")
    (entry,) = Calendar.from_ical(letter.calendar).events
    starts = entry.start
    assert starts == datetime(2027, 3, 11, 10, tzinfo=ZoneInfo("Europe/Stockholm"))
    assert starts.astimezone(UTC) == datetime(2027, 3, 11, 9, tzinfo=UTC)
    assert "BEGIN:VTIMEZONE\r\nTZID:Europe/Stockholm" in letter.calendar
    assert vobject.readOne(letter.calendar).vevent.dtend.value.astimezone(UTC) == datetime(
        2027, 3, 11, 12, tzinfo=UTC
    )


@pytest.mark.parametrize("marking", [Marking.CLEAR, Marking.GREEN, Marking.AMBER, Marking.AMBER_STRICT])
def test_it_shows_what_the_marking_allows_a_letter(post: Post, database: Database, marking: Marking) -> None:
    """DOMAIN 4.3: full up to GREEN; AMBER has title, time and the page, neither place nor scenario."""
    with database.transaction() as session:
        made = event(session, marking=marking)
    post.tick(INVITED_AT)
    for letter in post.letters():
        assert "Table-top on drones" in letter.calendar
        assert f"/trainings/{made.id}" in letter.calendar
        unfolded = letter.calendar.replace("\r\n ", "")
        for secret in ("Room 4", "meet.example.org", "Bring the plan"):
            assert (secret in unfolded) is (marking in {Marking.CLEAR, Marking.GREEN})


def test_without_a_mailbox_that_is_read_calendars_are_not_asked_to_answer(
    database: Database, post: Post, settings: Settings
) -> None:
    """Answers to a secret address would come back as undeliverable mail to each reader."""
    with database.transaction() as session:
        event(session)
    post.settings = settings.model_copy(update={"imap_url": None})
    post.tick(INVITED_AT)
    entry = vobject.readOne(post.letters()[0].calendar).vevent
    assert entry.organizer.value == "mailto:programme@example.org"
    assert entry.attendee.params["RSVP"] == ["FALSE"]


def test_a_cycle_invites_to_its_call_and_its_session_under_uids_of_their_own(
    post: Post, cycle: Cycle
) -> None:
    post.tick(datetime(2027, 1, 18, 16, tzinfo=UTC))  # Monday of week 2
    calls = post.letters(kind="E2")
    assert {letter.to_name for letter in calls} == {"Priya Nair"}
    post.tick(datetime(2027, 2, 1, 16, tzinfo=UTC))  # Monday of week 4
    sessions = post.letters(kind="E4")
    assert len(sessions) == 4
    entries = [vobject.readOne(one.calendar).vevent for one in calls + sessions]
    assert len({entry.uid.value for entry in entries}) == 5
    assert entries[0].summary.value == "Hostile drones: scoping call [TLP:GREEN]"
    assert entries[1].summary.value == "Hostile drones: live session [TLP:GREEN]"
    assert entries[1].dtstart.value.astimezone(UTC) == datetime(2027, 2, 11, 14, tzinfo=UTC)


def test_a_joining_note_brings_the_same_entry_up_to_date(
    post: Post, cycle: Cycle, database: Database
) -> None:
    """The link for joining comes after the invitation: the same UID and SEQUENCE, a newer DTSTAMP."""
    post.tick(datetime(2027, 2, 1, 16, tzinfo=UTC))
    with database.transaction() as session:
        row = session.get_one(Cycle, cycle.id)
        next(s for s in row.sittings if s.meeting == "session").join_link = "https://meet.example.org/live"
    post.tick(datetime(2027, 2, 8, 16, tzinfo=UTC))
    before, after = (
        vobject.readOne(one.calendar).vevent
        for one in post.letters(to_name="Åsa Öberg")
        if one.kind in {"E4", "E5"}
    )
    assert (before.uid.value, before.sequence.value) == (after.uid.value, after.sequence.value)
    assert after.dtstamp.value - before.dtstamp.value == timedelta(days=7)
    assert "https://meet.example.org/live" in after.description.value


def test_an_invitation_of_a_five_hour_week_reads_as_its_golden_file(post: Post, database: Database) -> None:
    """Letter and calendar part for Stockholm and Washington, Thu 4 Nov 2027; secrets and UIDs left out."""
    with database.transaction() as session:
        three_city_cycle(session, starts_on=date(2027, 10, 4))
    post.tick(datetime(2027, 10, 25, 16, tzinfo=UTC))
    texts = []
    for name in ("Åsa Öberg", "Maria Ruiz"):
        (letter,) = post.letters(kind="E4", to_name=name)
        calendar = letter.calendar.replace("\r\n ", "").replace("\r\n", "\n")
        calendar = calendar.replace(letter.to_address, "READER@example.org")
        texts.append(f"To: {name}\nSubject: {letter.subject}\n\n{letter.text}\n{calendar}")
    whole = re.sub(
        "attend/[a-z2-7]{32}|programme\\+[a-z2-7]{32}", lambda m: m[0][:-32] + "TOKEN", LINE.join(texts)
    )
    compare("invitation_C5", re.sub("UID:[0-9a-f-]{36}@", "UID:SOMETHING@", whole))


def test_names_that_could_break_the_calendar_stay_text(post: Post, database: Database) -> None:
    def rename(session: Session) -> None:
        made = event(session, title='Semi;colon, "quote"\\N')
        made.host_city.name = "Stock:holm"

    with database.transaction() as session:
        rename(session)
    post.tick(INVITED_AT)
    entry = vobject.readOne(post.letters()[0].calendar).vevent
    assert entry.summary.value == 'Semi;colon, "quote"\\N [TLP:GREEN]'
