"""Calendar files of other programs, read as rows: the clocks that they describe or only name."""

from datetime import date

import pytest

from exchange.models import TrainingKind, TrainingMode
from exchange.rules.markings.tlp_labels import Marking
from exchange.trainings.drafts import TrainingDraft
from exchange.transfer.drafts import Names, Place, Usual, draft_of
from exchange.transfer.ics_file import read_calendar

CLOCK = """BEGIN:VTIMEZONE
TZID:{name}
BEGIN:STANDARD
DTSTART:16010101T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZOFFSETFROM:{summer}
TZOFFSETTO:{winter}
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZOFFSETFROM:{winter}
TZOFFSETTO:{summer}
END:DAYLIGHT
END:VTIMEZONE
"""
STOCKHOLM = {"winter": "+0100", "summer": "+0200"}
ATHENS = {"winter": "+0200", "summer": "+0300"}
BERLIN = "W. Europe Standard Time"
OWN = "Customized Time Zone"


@pytest.mark.parametrize(
    ("called", "described", "start"),
    [
        (BERLIN, CLOCK.format(name=BERLIN, **STOCKHOLM), "10:00"),
        (BERLIN, "", "10:00"),
        (OWN, CLOCK.format(name=OWN, **STOCKHOLM), "10:00"),
        (OWN, CLOCK.format(name=OWN, **ATHENS), "09:00"),  # another's file may call another clock so
        ("/old.example.org/1/Europe/Athens", CLOCK.format(name="Other", **ATHENS), "10:00 Europe/Athens"),
        ("Europe/Stockholm", CLOCK.format(name="Europe/Stockholm", **ATHENS), "10:00"),
        (OWN, "", ""),  # described by the files before it, and not by this one
        (OWN, f"BEGIN:VTIMEZONE\nTZID:{OWN}\nEND:VTIMEZONE\n", ""),
        ("Europe/Nowhere", "", ""),
    ],
)
@pytest.mark.filterwarnings("ignore:Timezone '/old")  # the library's word about such names
def test_a_zone_of_outlook_or_of_the_file_is_read_at_its_moment(
    called: str, described: str, start: str
) -> None:
    """Of Outlook's files every row was left out; a zone nobody knows counted as the clock of the host."""
    texts = (CLOCK.format(name=OWN, **ATHENS), CLOCK.format(name=OWN, **STOCKHOLM), described)
    for text in texts:
        (row,) = read_calendar(
            f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{text}BEGIN:VEVENT\nUID:1\nSUMMARY:Day\n"
            f"DTSTART;TZID={called}:20270328T100000\nDURATION:PT3H\nEND:VEVENT\nEND:VCALENDAR\n"
        )
    if not start:
        assert row.cells["fault"] == "Its time zone is not known here."
        return
    names = Names(cities={"stockholm": Place(1, "Europe/Stockholm")}, groups={}, themes={}, weeks=8)
    usual = Usual("Stockholm", Marking.GREEN, TrainingKind.SEMINAR, TrainingMode.HYBRID)
    draft = draft_of(row, names, usual)
    assert isinstance(draft, TrainingDraft)
    at, _, zone = start.partition(" ")
    assert (f"{draft.starts_local:%H:%M}", draft.time_zone) == (at, zone or "Europe/Stockholm")
    assert (draft.on_local, draft.minutes) == (date(2027, 3, 28), 180)


def test_a_mark_within_a_title_moves_no_row_to_another_line() -> None:
    event = "BEGIN:VEVENT\nUID:{n}\nSUMMARY:a\u2028BEGIN:VEVENT\nDTSTART:2027032{n}T100000Z\nEND:VEVENT\n"
    rows = read_calendar(f"BEGIN:VCALENDAR\n{event.format(n=1)}{event.format(n=2)}END:VCALENDAR\n")
    assert [row.line for row in rows] == [2, 7]
