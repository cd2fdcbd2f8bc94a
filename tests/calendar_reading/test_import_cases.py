"""Calendar files and tables as programs of the world write them, each imported with its right value.

The right values are words in cases/cases.json; here they are drafts.
"""

from pathlib import Path

import pytest

from exchange.models import TrainingKind, TrainingMode
from exchange.rules.markings.tlp_labels import Marking
from exchange.trainings.drafts import TrainingDraft
from exchange.transfer.csv_file import decoded, read_csv
from exchange.transfer.date_columns import in_one_order
from exchange.transfer.drafts import Names, Place, Usual, draft_of, notes_of
from exchange.transfer.ics_file import is_calendar, read_calendar
from exchange.transfer.programme_columns import NAMES

FOLDER = Path(__file__).parent / "cases"
NETWORK = Names(cities={"stockholm": Place(1, "Europe/Stockholm")}, groups={}, themes={}, weeks=8)
USUAL = Usual("Stockholm", Marking.GREEN, TrainingKind.SEMINAR, TrainingMode.HYBRID)


def drafts(content: bytes) -> list[str]:
    """Each row as "title | place | when zone, minutes (notes)"."""
    rows = read_calendar(content) if is_calendar(content) else in_one_order(read_csv(decoded(content), NAMES))
    found = []
    for row in rows:
        draft = draft_of(row, NETWORK, USUAL)
        assert isinstance(draft, TrainingDraft)
        when = f"{draft.on_local} {draft.starts_local:%H:%M} {draft.time_zone}, {draft.minutes}"
        notes = "".join(f" ({note})" for note in notes_of(row, lacks_why=False))
        found.append(f"{draft.title} | {draft.place} | {when}{notes}")
    return found


RIGHT = {
    "i01-fold-inside-character.ics": ["Röda kvällen | Malmö | 2027-03-11 09:00 Europe/Stockholm, 120"],
    "i02-two-calendars-in-one-file.ics": [
        "one |  | 2027-03-11 09:00 Europe/Stockholm, 120",
        "two |  | 2027-03-12 09:00 Europe/Stockholm, 120",
    ],
    "i03-x-wr-timezone-floating.ics": ["ny |  | 2027-03-11 09:00 America/New_York, 60"],
    "i06-date-with-tzid.ics": ["u |  | 2027-07-12 09:00 Europe/Stockholm, 480 (whole_days)"],
    "i09-space-after-colon.ics": ["u |  | 2027-07-11 10:00 Europe/Stockholm, 60"],
    "v01-swedish-times.csv": [
        "half past two |  | 2027-10-13 14:30 Europe/Stockholm, 60",
        "quarter to one |  | 2027-10-14 12:45 Europe/Stockholm, 60",
    ],
    "v02-trailing-empty-columns.csv": ["a |  | 2027-03-11 10:00 Europe/Stockholm, 120"],
    "v04-date-with-midnight.csv": ["a |  | 2027-03-11 10:00 Europe/Stockholm, 120"],
    "v06-dotted-date.csv": ["a |  | 2027-03-11 10:00 Europe/Stockholm, 120"],
    "v07-two-marks.csv": ["a |  | 2027-03-11 10:00 Europe/Stockholm, 120"],
}


@pytest.mark.parametrize("file", RIGHT)
def test_import_of(file: str) -> None:
    assert drafts((FOLDER / file).read_bytes()) == RIGHT[file]
