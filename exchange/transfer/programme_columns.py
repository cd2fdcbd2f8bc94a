"""The columns of a programme as a table: what each means, for the guide, the template and the export."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _

from exchange.transfer.csv_file import Table

BETWEEN = "|"  # between several cities or groups in one cell
SESSION, SCOPING_CALL = "session", "scoping_call"  # keys of a cycle's meetings


@dataclass(frozen=True)
class Column:
    """One column; ``of`` says for which kind of row it counts."""

    name: str
    meaning: str
    of: str = "both"
    is_needed: bool = False


COLUMNS = (
    Column("kind", _("cycle or training"), is_needed=True),
    Column("title", _("As people will read it; a cycle without one takes its theme's name")),
    Column("date", _("2027-03-11; of a cycle its first Monday"), is_needed=True),
    Column("start", _("14:00, on the clock of the time zone; of a cycle the start of its live session")),
    Column("time_zone", _("Like Europe/Stockholm; empty means the city's")),
    Column("minutes", _("Length in minutes; empty means 90 for a live session, 120 for a training event")),
    Column("city", _("The city that leads or hosts, by its name here"), is_needed=True),
    Column("cities", _("Other cities, with | between; a training event without any is for all")),
    Column("groups", _("Keys of expert groups, with | between")),
    Column("theme", _("Key or name of a theme of the catalogue"), is_needed=False),
    Column("marking", _("Like TLP:GREEN; empty means the one chosen in the form")),
    Column("chatham_house", _("yes or no")),
    Column("type", _("Like table-top or webinar; empty means the one chosen in the form"), "training"),
    Column("mode", _("in person, hybrid or virtual; empty means the one chosen in the form"), "training"),
    Column(
        "why_in_person",
        _("Why people have to travel to it, in a sentence; needed before an event in person is published"),
        "training",
    ),
    Column("place", _("Where people meet"), "training"),
    Column("join_link", _("Begins with https://"), "training"),
    Column("description", _("Some sentences"), "training"),
    Column("brief", _("What it is about and what is to come of it, in Markdown"), "cycle"),
    Column("agenda", _("What happens when and what to prepare, in Markdown; of a cycle of its live session")),
    Column("call_agenda", _("The same of the scoping call"), "cycle"),
    Column("state", _("Like confirmed; empty means proposed"), "training"),
    Column("weeks", _("How many weeks it takes; empty means as in the stage plan"), "cycle"),
    Column("session_on", _("The day of the live session; empty means as in the stage plan"), "cycle"),
    Column("second_start", _("The start of a second sitting for the far side of the world"), "cycle"),
    Column("second_time_zone", _("Its time zone"), "cycle"),
    Column("iso_day", _("The date again, as 2027-W10-4, which no spreadsheet changes; an export has it")),
    Column("uid", _("What tells whether it is here already; an export has it")),
    Column("reason", _("Why it may stand on a day that is blocked; empty means the one of the form")),
)
NAMES = tuple(column.name for column in COLUMNS)

_EXAMPLES: tuple[dict[str, str], ...] = (
    {
        "kind": "cycle",
        "date": "2027-10-04",
        "start": "14:00",
        "time_zone": "Europe/London",
        "minutes": "90",
        "city": "Stockholm",
        "cities": "London|Washington DC",
        "groups": "G5",
        "theme": "T09",
        "marking": "TLP:GREEN",
    },
    {
        "kind": "training",
        "title": "Table-top: a power cut during a public event",
        "date": "2027-03-11",
        "start": "10:00",
        "minutes": "180",
        "city": "Stockholm",
        "marking": "TLP:AMBER",
        "type": "table-top",
        "mode": "hybrid",
        "place": "City Hall",
    },
)


def template() -> Table:
    """The header row with an example of each kind."""
    return Table(NAMES, [[row.get(name, "") for name in NAMES] for row in _EXAMPLES])
