"""What was done since a look at letters or calendars, as the audit trail has it.

Whoever changes something that letters or calendars depend on writes an entry in the same transaction: so
the trail says what has to be looked at again. A new kind of entry counts as one about everything until it
is named here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session, col, or_, select

from exchange.errors import Conflict
from exchange.models import AuditEntry, AuditHead, Invitation, Membership, item_key

_ITEMS = ("cycle", "training")
_NO_NEWS = (
    "letter",
    "feed",
    "page",
    "plan",
    "busy calendar",
    "retention",
    "trail",
    "theme",
    "organisation",
    "backup",
)
_NO_NEWS_OF_PEOPLE = frozenset(  # signing in changes no letter, and who takes none calls for none
    {"make sign-in link", "use sign-in link", "sign in", "sign out", "end session", "confirm"}
    | {"ask for a confirming link", "export personal data", "give new address", "mark address refused"}
    | {"make recovery codes", "set up second factor", "remove second factor", "reset second factor"}
    | {"refuse second factor"}
)


class Overtaken(Conflict):
    """Something was done about a cycle or an event since it was looked at."""


@dataclass(frozen=True)
class News:
    """The newest entry of each item, and of what any letter may depend on; ``newest`` of all."""

    newest: int
    of_items: Mapping[str, int]
    of_everything: int = 0

    def __bool__(self) -> bool:
        """Whether something was done at all that letters or duties depend on."""
        return bool(self.of_items or self.of_everything)

    def is_about(self, item: str, seen: int) -> bool:
        """Whether something was done that its letters depend on, after the entry that was seen last."""
        return max(self.of_items.get(item, 0), self.of_everything) > seen


def last_entry(session: Session) -> int:
    """The id of the newest entry; 0 where there is none."""
    return session.exec(select(AuditHead.last_id)).one()


def news_since(session: Session, seen: int) -> News:
    """What was done after an entry; in at most three statements."""
    newest = last_entry(session)
    if newest == seen:
        return News(newest, {})
    entries = session.exec(
        select(AuditEntry.id, AuditEntry.action, AuditEntry.subject).where(
            col(AuditEntry.id) > seen, col(AuditEntry.subject).not_like("letter:%")
        )
    ).all()
    of_items: dict[str, int] = {}
    answered: dict[int, int] = {}
    of_everything = 0
    for entry_id, action, subject in entries:
        noun, _, number = subject.partition(":")
        if noun in _NO_NEWS or action in _NO_NEWS_OF_PEOPLE:
            continue
        if noun in _ITEMS:
            of_items[subject] = max(entry_id or 0, of_items.get(subject, 0))
        elif noun == "invitation":
            answered[int(number)] = entry_id or 0
        else:
            of_everything = max(of_everything, entry_id or 0)
    for item, entry_id in _items_of(session, answered):
        of_items[item] = max(entry_id, of_items.get(item, 0))
    return News(newest, of_items, of_everything)


def refuse_overtaken(session: Session, item: str, seen: int) -> None:
    """Raise Overtaken where something was done that its letters depend on, after the entry seen last."""
    if news_since(session, seen).is_about(item, seen):
        raise Overtaken("Something was done about it meanwhile.")


def changes_of_membership(session: Session, after: date, until: date) -> bool:
    """Whether a membership begins or ends between two looks: letters follow it without a change."""
    one_day = timedelta(days=1)
    begins = col(Membership.starts_on).between(after + one_day, until)
    ends = col(Membership.ends_on).between(after, until - one_day)
    return session.exec(select(Membership.id).where(or_(begins, ends)).limit(1)).first() is not None


def _items_of(session: Session, answered: Mapping[int, int]) -> Iterable[tuple[str, int]]:
    """What answered invitations are to, each with its entry."""
    if not answered:
        return
    found = select(Invitation.id, Invitation.cycle_id, Invitation.training_id)
    for row_id, cycle_id, training_id in session.exec(found.where(col(Invitation.id).in_(answered))):
        if cycle_id or training_id:  # a board's meetings have letters of their own
            yield item_key(cycle_id, training_id), answered[row_id or 0]
