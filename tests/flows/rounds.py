"""Rounds of all ticks in any order, and whether one changed any row of what must come to rest."""

from collections.abc import Callable
from itertools import islice, permutations

from sqlalchemy import select
from sqlmodel import SQLModel

from exchange.db import Database
from jobs.context import Context
from jobs.deliver_mail import deliver_mail
from jobs.housekeeping.free_stuck import free_stuck
from jobs.housekeeping.prune_expired import prune_expired
from jobs.letters.queue_reminders import queue_reminders
from jobs.letters.remind_of_duties import remind_of_duties
from jobs.letters.tell_boards import send_digests, tell_boards
from jobs.letters.tell_changes import tell_changes
from jobs.letters.tell_owners import tell_owners
from jobs.note_silence import note_silence
from jobs.publish_feeds import publish_feeds

# In the order in which work flows: what became of letters, new letters, the server, letters at rest.
_BEGIN = (free_stuck, queue_reminders)
_OTHERS = (tell_changes, tell_owners, note_silence, publish_feeds, deliver_mail, prune_expired)
_AMONG_THEM = (remind_of_duties, tell_boards, send_digests)
FLOW = (*_BEGIN, *_AMONG_THEM, *_OTHERS)
AT_REST = (
    *("letter", "invitation", "cycle", "training_event", "chase", "duty_morning"),
    *("board_meeting", "note", "network_request", "agreement"),
)

Rows = dict[str, dict[object, dict[str, object]]]
Tick = Callable[[Context], str]


def dumped(database: Database) -> Rows:
    """All rows of what must come to rest, by table and key."""
    found: Rows = {}
    with database.reading() as session:
        for name in AT_REST:
            table = SQLModel.metadata.tables[name]
            keys = [column.name for column in table.primary_key]
            rows = session.connection().execute(select(table)).mappings()
            found[name] = {tuple(row[key] for key in keys): dict(row) for row in rows}
    return found


def order_of(number: int) -> tuple[Tick, ...]:
    """One of the 5,040 orders of the ticks, with those of duties and of boards somewhere among them."""
    found = list(next(islice(permutations((*_BEGIN, *_OTHERS)), number, None)))
    for step, tick in enumerate(_AMONG_THEM):
        found.insert((2 + number + 3 * step) % (len(found) + 1), tick)
    return tuple(found)


def changes_between(before: Rows, after: Rows) -> list[str]:
    """What differs, a line for each row."""
    return [
        f"  {table} {_named(key, old.get(key) or new[key])}: {_difference(old.get(key), new.get(key))}"
        for table, new in after.items()
        for old in (before[table],)
        for key in sorted(old.keys() | new.keys(), key=str)
        if old.get(key) != new.get(key)
    ]


def _named(key: object, row: dict[str, object]) -> str:
    return f"{key} ({row['kind']} to {row['to_name']}, {row['state']})" if "to_name" in row else str(key)


def _difference(old: dict[str, object] | None, new: dict[str, object] | None) -> str:
    if old is None or new is None:
        return "is new" if old is None else "is gone"
    names = [name for name in new if old[name] != new[name]]
    return ", ".join(f"{name} {str(old[name])[:40]!r} -> {str(new[name])[:40]!r}" for name in names)
