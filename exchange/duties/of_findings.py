"""The duties of findings: actions by their day, and when cities look again at how far they are."""

from collections.abc import Iterator

from sqlmodel import Session

from exchange.duties.listed import Listed, Window
from exchange.follow_up.queries import duties_between

ACTION, PROGRESS = "action", "progress"  # kinds of config/duties.toml


def duties_of_findings(session: Session, window: Window) -> Iterator[Listed]:
    """What is not done of actions, and the next looks of cities, with their pages."""
    reader = window.reader
    named_alone = reader.standing.person_id if reader is not None and not reader.has_part else None
    days = window.first_on, window.last_on
    for one in duties_between(session, *days, window.now, owner_id=named_alone):
        noun, number, _what, *rest = one.duty.key.split(":")
        if noun == "action":
            yield Listed(one.duty, ACTION, one.thing, f"/actions/{number}")
        else:
            yield Listed(one.duty, PROGRESS, one.thing, f"/findings/{number}/cities/{rest[0]}")
