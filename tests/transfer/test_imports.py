"""Imports: the fate of each row said beforehand, drafts of the good ones, nothing of the others."""

import base64
import io
import re

from flask.testing import FlaskClient
from sqlmodel import col, select

from exchange.audit import actor_name
from exchange.db import Database
from exchange.models import AuditEntry, Cycle, TrainingEvent
from exchange.transfer.csv_file import csv_bytes
from exchange.transfer.programme_columns import template
from tests.pages import text_of

USUAL = {
    "city": "London",
    "marking": "TLP:AMBER+STRICT",
    "kind": "seminar",
    "mode": "hybrid",
    "reason": "",
}
HEAD = "kind;title;date;start;city;theme;uid;marking;cities;groups;reason"


def look(client: FlaskClient, content: bytes | str, **more: str) -> tuple[int, str, dict[str, str]]:
    """Send a file; the status, the page's words, and what its form carries on."""
    content = content.encode() if isinstance(content, str) else content
    form = USUAL | more | {"file": (io.BytesIO(content), "file.csv"), "look": "1"}
    answer = client.post("/import", data=form, content_type="multipart/form-data")
    carried = {
        name: (re.search(f'name="{name}"[^>]*value="([^"]*)"', answer.text) or [None, ""])[1]
        for name in ("carried", "seen")
    }
    return answer.status_code, text_of(answer), USUAL | more | carried


def import_it(client: FlaskClient, carried: dict[str, str]) -> tuple[int, str]:
    answer = client.post("/import", data=carried | {"import": "1"}, content_type="multipart/form-data")
    return answer.status_code, text_of(answer) if "<main" in answer.text else ""


def trainings(database: Database) -> list[TrainingEvent]:
    with database.reading() as session:
        return list(session.exec(select(TrainingEvent).order_by(col(TrainingEvent.id))).all())[4:]


def cycles(database: Database) -> list[Cycle]:
    with database.reading() as session:
        return list(session.exec(select(Cycle).order_by(col(Cycle.id))).all())[1:]


TABLE = f"""{HEAD}
training;Möte om vatten;2027-09-14;10:00;Stockholm;T09;uid-1;TLP:GREEN;London|Dublin;G5;
cycle;;2027-01-11;14:00;Stockholm;T09;;;Dublin;;
training;On Midsummer Eve;2027-06-25;10:00;Stockholm;;;;;;
training;On Midsummer Eve;2027-06-25;10:00;Stockholm;;;;;;The minister comes
training;Nowhere;2027-09-16;10:00;Atlantis;;;;;;
training;;2027-09-16;10:00;London;;;;;;
training;In the gap;2027-03-28;01:30;London;;;;;;
training;Secret;2027-09-16;10:00;London;;;TOP SECRET;;;
cycle;A Tuesday;2027-01-12;14:00;Stockholm;T09;;;;;
training;Again;2027-09-17;10:00;London;;uid-1;;;;
meeting;What;2027-09-16;10:00;London;;;;;;
training;No date;tomorrow;10:00;London;;;;;;
"""


def test_a_table_is_looked_at_and_then_imported_as_it_was_shown(
    coordinator: FlaskClient, database: Database
) -> None:
    status, words, carried = look(coordinator, TABLE.encode("windows-1252"))
    assert status == 200
    assert "3 drafts would be made, 9 rows are left out. Nothing is saved yet." in words
    for said in (
        "2 Möte om vatten Tue 14 Sep 2027, 10:00 in Stockholm, 2 h New training event",
        "3 Communicating with the public From Mon 11 Jan 2027 Live session: Thu 11 Feb 2027,"
        " 14:00 in Stockholm, 1 h 30 min New cycle",
        "4 On Midsummer Eve Left out reason:",
        "Fri 25 Jun 2027 is Midsummer Eve in Stockholm",
        "5 On Midsummer Eve Fri 25 Jun 2027, 10:00 in Stockholm, 2 h New training event",
        "6 Nowhere Left out city: Atlantis is no city of the network.",
        "7 – Left out title: Give the event a title.",
        "8 In the gap Left out start: 01:30 does not exist in Europe/London on",
        "9 Secret Left out marking: Information marked TOP SECRET must not be put into Exchange.",
        "10 A Tuesday Left out date:",
        "11 Again Already here",
        "12 What Left out kind: Write cycle or training.",
        "13 No date Left out date: Write the date like 2027-03-11.",
    ):
        assert said in words, said
    assert (trainings(database), cycles(database)) == ([], [])

    assert import_it(coordinator, carried)[0] == 303
    first, second = trainings(database)
    assert (first.title, first.uid, first.marking, first.time_zone) == (
        "Möte om vatten",
        "uid-1",
        "TLP:GREEN",
        "Europe/Stockholm",
    )
    assert (second.marking, second.kind, second.mode) == ("TLP:AMBER+STRICT", "seminar", "hybrid")
    assert [one.published_at for one in (first, second)] == [None, None]
    (cycle,) = cycles(database)
    assert (cycle.title, cycle.published_at) == ("Communicating with the public", None)
    with database.reading() as session:
        (entry,) = session.exec(select(AuditEntry).where(AuditEntry.action == "import programme")).all()
        assert (actor_name(session, entry), entry.after) == ("Cora Coordinator", {"drafts": 3, "rows": 12})

    status, words, carried = look(coordinator, TABLE.encode("windows-1252"))  # once more: nothing new
    assert "0 drafts would be made, 12 rows are left out" in words
    assert words.count("Already here") == 5


def test_what_changed_between_the_look_and_the_import_is_shown_again(
    coordinator: FlaskClient, database: Database
) -> None:
    _, _, carried = look(coordinator, TABLE)
    with database.transaction() as session:
        found = session.exec(select(TrainingEvent).where(TrainingEvent.title == "A draft")).one()
        found.uid = "uid-1"
    status, words = import_it(coordinator, carried)
    assert status == 400
    assert "Something changed meanwhile" in words
    assert "2 drafts would be made" in words
    assert trainings(database) == []
    spoilt = carried | {"carried": "?" * 7}
    assert import_it(coordinator, spoilt)[0] == 400


def test_an_export_is_imported_into_another_installation_and_not_twice_into_its_own(
    coordinator: FlaskClient, database: Database
) -> None:
    exported = coordinator.get("/export/programme.csv").data
    _, words, _ = look(coordinator, exported)
    assert "0 drafts would be made, 5 rows are left out" in words
    assert words.count("Already here") == 5
    elsewhere = exported.replace(b"@exchange", b"@elsewhere")
    _, words, carried = look(coordinator, elsewhere, reason="As it stood")
    assert "5 drafts would be made" in words
    assert import_it(coordinator, carried)[0] == 303
    again = coordinator.get("/export/programme.csv").data
    old = sorted(exported.splitlines()[1:])
    new = sorted(
        line.replace(b"@elsewhere", b"@exchange") for line in again.splitlines()[1:] if b"@elsewhere" in line
    )
    assert new == old


def test_why_an_event_is_in_person_comes_and_goes_with_its_row(
    coordinator: FlaskClient, database: Database
) -> None:
    table = """kind;title;date;start;city;mode;why_in_person
training;With why;2027-09-14;10:00;Stockholm;in person;The hall itself is exercised
training;Without;2027-09-15;10:00;Stockholm;in person;
training;At home;2027-09-16;10:00;Stockholm;virtual;For the company
"""
    _, words, carried = look(coordinator, table)
    assert "2 drafts would be made, 1 row is left out" in words
    assert words.count("nothing says why people have to travel to it") == 1
    assert "why_in_person: Only an event in person has a reason to be so." in words
    assert import_it(coordinator, carried)[0] == 303
    made = {event.title: event.why_in_person for event in trainings(database)}
    assert made == {"With why": "The hall itself is exercised", "Without": ""}
    assert '"The hall itself is exercised"' in coordinator.get("/export/programme.csv").text


CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Test//EN
BEGIN:VEVENT
UID:a
SUMMARY:Workshop\\, day one
DTSTART;TZID=Europe/Stockholm:20270914T090000
DTEND;TZID=Europe/Stockholm:20270914T113000
LOCATION:City Hall
END:VEVENT
BEGIN:VEVENT
UID:b
SUMMARY:In UTC
DTSTART:20270915T130000Z
DTEND:20270915T140000Z
END:VEVENT
BEGIN:VEVENT
UID:c
SUMMARY:Two days
DTSTART;VALUE=DATE:20271005
DTEND;VALUE=DATE:20271007
END:VEVENT
BEGIN:VEVENT
UID:d
SUMMARY:Weekly
DTSTART:20270915T130000Z
RRULE:FREQ=WEEKLY
END:VEVENT
BEGIN:VEVENT
UID:e
SUMMARY:Off
STATUS:CANCELLED
DTSTART:20270915T130000Z
END:VEVENT
BEGIN:VEVENT
UID:g
SUMMARY:No start
END:VEVENT
BEGIN:VEVENT
UID:h
SUMMARY:No end
DTSTART:20270916T130000Z
END:VEVENT
END:VCALENDAR
"""


def test_a_calendar_file_becomes_training_events(coordinator: FlaskClient, database: Database) -> None:
    _, words, carried = look(coordinator, CALENDAR, marking="TLP:GREEN")
    for said in (
        "4 Workshop, day one Tue 14 Sep 2027, 09:00 in Europe/Stockholm, 2 h 30 min New training event",
        "In UTC Wed 15 Sep 2027, 14:00 in London, 1 h New training event",
        "Two days Tue 5 Oct 2027, 09:00 in London, 32 h New training event A whole day, taken as",
        "Weekly Left out It repeats",
        "Off Called off",
        "No start Left out",
        "No end Thu 16 Sep 2027, 14:00 in London, 2 h New training event It does not say when it ends.",
    ):
        assert said in words, said
    assert import_it(coordinator, carried)[0] == 303
    found = {one.title: one for one in trainings(database)}
    workshop, in_utc, days = found["Workshop, day one"], found["In UTC"], found["Two days"]
    assert (workshop.time_zone, f"{workshop.starts_local:%H:%M}", workshop.minutes, workshop.place) == (
        "Europe/Stockholm",
        "09:00",
        150,
        "City Hall",
    )
    assert (in_utc.time_zone, f"{in_utc.starts_local:%H:%M}") == ("Europe/London", "14:00")
    assert (f"{days.on_local}", f"{days.starts_local:%H:%M}", days.minutes) == (
        "2027-10-05",
        "09:00",
        32 * 60,
    )


NOT_TO_BE_READ = [
    (b"", "Choose a file"),
    (b"hello", "none of the columns"),
    (HEAD.encode(), "no row in this file"),
    (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:x\r\nDTSTART:20270914T1", "damaged"),
    (
        b"BEGIN:VCALENDAR\r\nBEGIN:VTIMEZONE\r\nTZID:x\r\nEND:VTIMEZONE\r\nEND:VCALENDAR",
        "no row in this file",
    ),
    (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n", "no row in this file"),
    (b"PK\x00", "not as a workbook"),
    (b"kind,title\r\n" + b"training,x\r\n" * 201, "at most 200"),
    (b"x" * 300_001, "larger than 300 kB"),
]


def test_a_file_that_cannot_be_imported_says_why(coordinator: FlaskClient) -> None:
    for content, words in NOT_TO_BE_READ:
        status, said, _ = look(coordinator, content)
        assert (status, words in said) == (400, True), words


def test_only_planners_import(contact: FlaskClient, coordinator: FlaskClient) -> None:
    assert contact.get("/import").status_code == 403
    assert look_status(contact) == 403
    page = coordinator.get("/import")
    assert "Begins with https://" in text_of(page)
    assert coordinator.get("/import/template.csv").data == csv_bytes(template())


def look_status(client: FlaskClient) -> int:
    carried = base64.urlsafe_b64encode(TABLE.encode()).decode()
    form = USUAL | {"carried": carried, "seen": "", "import": "1"}
    return client.post("/import", data=form, content_type="multipart/form-data").status_code


def test_the_template_can_be_imported(coordinator: FlaskClient) -> None:
    content = csv_bytes(template()).replace(b"|Washington DC", b"").replace(b"2027-10-04", b"2028-01-10")
    _, words, _ = look(coordinator, content)
    assert "2 drafts would be made" in words


NIGHTS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Test//EN
BEGIN:VEVENT
UID:spring
SUMMARY:Spring
DTSTART;TZID=Europe/Stockholm:20270328T010000
DTEND;TZID=Europe/Stockholm:20270328T040000
END:VEVENT
BEGIN:VEVENT
UID:autumn
SUMMARY:Autumn
DTSTART;TZID=Europe/Stockholm:20271031T010000
DTEND;TZID=Europe/Stockholm:20271031T040000
END:VEVENT
BEGIN:VEVENT
UID:floating
SUMMARY:Floating
DTSTART:20270328T000000
DTEND:20270328T040000
END:VEVENT
BEGIN:VEVENT
UID:days
SUMMARY:Days
DTSTART;VALUE=DATE:20271030
DTEND;VALUE=DATE:20271101
END:VEVENT
BEGIN:VEVENT
UID:two-zones
SUMMARY:Two zones
DTSTART;TZID=America/New_York:20270316T090000
DTEND;TZID=Europe/London:20270316T150000
END:VEVENT
BEGIN:VEVENT
UID:renamed
SUMMARY:Renamed
DTSTART;TZID=Europe/Kiev:20270914T090000
DTEND;TZID=Europe/Kiev:20270914T100000
END:VEVENT
BEGIN:VEVENT
UID:second
SUMMARY:Second pass
DTSTART:20271031T013000Z
DTEND:20271031T023000Z
END:VEVENT
BEGIN:VEVENT
UID:first
SUMMARY:First pass
DTSTART:20271031T003000Z
DTEND:20271031T013000Z
END:VEVENT
BEGIN:VEVENT
UID:mixed
SUMMARY:Mixed
DTSTART;TZID=Europe/Stockholm:20270914T090000
DTEND:20270914T100000
END:VEVENT
BEGIN:VEVENT
UID:late
SUMMARY:Far too late
DTSTART:99991231T235900Z
DTEND:99991231T235900Z
END:VEVENT
END:VCALENDAR
"""


def test_events_of_a_calendar_file_last_as_long_as_they_do_where_clocks_change(
    coordinator: FlaskClient, database: Database
) -> None:
    """Two times of one zone are apart by more or less than their walls say, on two nights a year."""
    status, words, carried = look(coordinator, NIGHTS, city="Stockholm", reason="As it stands there")
    assert status == 200
    for said in (
        "Second pass Left out start: This is in the hour that the clocks of Europe/Stockholm show twice",
        "Mixed Left out Its start or its end cannot be read.",
        "Far too late Left out",
    ):
        assert said in words, said
    assert import_it(coordinator, carried)[0] == 303
    lasting = {
        one.title: (one.time_zone, f"{one.starts_local:%H:%M}", one.minutes) for one in trainings(database)
    }
    assert lasting == {
        "Spring": ("Europe/Stockholm", "01:00", 120),
        "Autumn": ("Europe/Stockholm", "01:00", 240),
        "Floating": ("Europe/Stockholm", "00:00", 180),
        "Days": ("Europe/Stockholm", "09:00", 33 * 60),  # to 17:00 the day after, over the longer night
        "Two zones": ("America/New_York", "09:00", 120),  # 13:00 to 15:00 in UTC, in the four-hour week
        "Renamed": ("Europe/Kiev", "09:00", 60),
        "First pass": ("Europe/Stockholm", "02:30", 60),
    }


def test_a_time_with_an_offset_is_not_read_as_a_time_on_the_wall(coordinator: FlaskClient) -> None:
    table = f"{HEAD};time_zone\ntraining;At noon;2027-09-14;14:00+01:00;London;;;;;;;\n"
    late = "training;Late;9999-12-31;23:59;Stockholm;;;;;;x;UTC\n"
    status, words, _ = look(coordinator, table + late)
    assert status == 200
    assert "At noon Left out start: Write the time as the clock shows it" in words
    assert "Late Left out" in words


HARD = {  # a title as a file has it, and what its row says
    "quotes; \\; \\, \\\\ \\\" and : ' %s {}": "quotes; ; , \\ ",
    "emoji 🚨👩🏽‍🚒": "emoji 🚨👩🏽‍🚒",
    "right \u200f مرحبا left": "right \u200f مرحبا left",
    "<script>alert(1)</script>": "<script>",
    "=1+1": "=1+1",
}


def test_hard_texts_in_a_calendar_file_come_in_whole_or_are_refused_in_their_row(
    coordinator: FlaskClient, database: Database
) -> None:
    events = [*HARD, "å" * 5_000, "bell\a rings", "turned \u202eabc", "BEGIN:VCALENDAR in words"]
    start = "DTSTART:20270914T{:02}0000Z\r\nDTEND:20270914T{:02}0000Z"
    body = "".join(
        f"BEGIN:VEVENT\r\nUID:h{number}\r\nSUMMARY:{text}\r\n"
        f"DESCRIPTION:{'long ' * 999}\\nend\r\n{start.format(number + 6, number + 7)}\r\nEND:VEVENT\r\n"
        for number, text in enumerate(events)
    )
    file = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{body}END:VCALENDAR\r\n"
    assert look(coordinator, file.replace("emoji", "\0"))[0] == 400
    status, words, carried = look(coordinator, file)
    assert status == 200
    assert f"{len(HARD) + 1} drafts would be made, 3 rows are left out" in words
    assert "At most 200 characters fit." in words
    assert "Take out line breaks and other control characters." in words
    assert import_it(coordinator, carried)[0] == 303
    found = [one.title for one in trainings(database)]
    for expected, title in zip((*HARD.values(), "BEGIN:VCALENDAR"), found, strict=True):
        assert title.startswith(expected)
    assert all(one.description.endswith("long \nend") for one in trainings(database))
    page = coordinator.get("/trainings").text
    assert "<script>alert" not in page
    for form in ("csv", "ics"):  # and out again
        again = coordinator.get(f"/export/trainings.{form}").text.replace("\r\n ", "")
        assert "👩🏽‍🚒" in again
        assert "\u200f مرحبا" in again
