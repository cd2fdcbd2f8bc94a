"""What pages tell of the letters of the next weeks: as a tick last found them.

Not what a tick does: a page works out a few items at most, and says how many it shows as they were.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from exchange.mail.schedule.outlooks import AHEAD, LETTERS, known, left
from exchange.mail.schedule.planned import Departure, Stored, departures
from exchange.models import Outlook
from exchange.rules.programme.stage_plan import StagePlan

# What a change does to one or two things is shown at once. After an upgrade, or a change about a person, all
# have to be looked at, which takes seconds: the next tick does it.
WORKED_OUT_MOST = 4

Copies = tuple[Departure, Sequence[int]]  # with the ids of their readers
_ITEM = col(Outlook.item)
_KNOWN = (col(Outlook.what) == LETTERS) & _ITEM.in_(bindparam("items", expanding=True))
_DEPARTURES = select(_ITEM, col(Outlook.departures)).where(_KNOWN)
_READERS = select(_ITEM, col(Outlook.departures), col(Outlook.readers)).where(_KNOWN)


@dataclass(frozen=True)
class LettersAhead:
    """What leaves from now on: item and departure, as it is stored, by moment.

    read_departure reads one: of thousands a page shows a few. ``behind`` are the items shown as they were
    when a tick last looked, or not at all.
    """

    leaving: Sequence[tuple[str, Stored]]
    behind: frozenset[str]
    _worked_out: Mapping[str, Sequence[Copies]]

    def readers_of(
        self, session: Session, items: Collection[str]
    ) -> dict[tuple[str, str, datetime], Sequence[int]]:
        """The ids of who gets the copies of each departure of some items, by item, kind and moment."""
        rows = session.execute(_READERS, {"items": list(set(items) - self._worked_out.keys())}).all()
        found = {
            (item, kind, datetime.fromisoformat(at)): ids
            for item, stored, readers in rows
            for (at, kind, *_), ids in zip(stored, readers, strict=True)
        }
        for item, copies in self._worked_out.items():
            found |= {(item, one.kind, one.due_at): ids for one, ids in copies}
        return found


def letters_ahead(session: Session, items: Sequence[str], *, plan: StagePlan, now: datetime) -> LettersAhead:
    """What leaves from ``now`` on, AHEAD of it at most, as far as it is known or worked out quickly."""
    stale = known(session, LETTERS, items, plan=plan, now=now).stale
    to_work_out = stale if len(stale) <= WORKED_OUT_MOST else ()
    worked_out = {item: departures(left(session, item, plan, now), now + AHEAD) for item in to_work_out}
    rows = session.execute(_DEPARTURES, {"items": [one for one in items if one not in worked_out]}).all()
    first, last = now.isoformat(), (now + AHEAD).isoformat()  # in UTC, so that they sort as moments do
    found = [(item, one) for item, stored in rows for one in stored if first <= one[0] < last]
    for item, copies in worked_out.items():
        found += [(item, one.stored()) for one, _ in copies if one.due_at >= now]
    leaving = sorted(found, key=lambda pair: (pair[1][0], pair[1][1], pair[0]))
    return LettersAhead(leaving, frozenset(stale) - worked_out.keys(), worked_out)
