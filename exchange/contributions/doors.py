"""The door behind a personal link: whose it is, whether it still opens, and one page when it does not.

No account is needed, but for TLP:RED: then the link opens only for its person, signed in.
"""

from dataclasses import dataclass
from datetime import datetime

from flask import render_template
from flask_babel import gettext as _
from sqlmodel import Session

from exchange.answering.links import found_link
from exchange.contributions.queries import Desk, desk_of
from exchange.errors import ExchangeError
from exchange.models import PersonalLink
from exchange.rules.markings import Marking
from exchange.web.guard import SignInNeeded
from exchange.web.request import now, read_in, stage_plan, viewer

UNKNOWN, ENDED, EXPIRED, ELSEWHERE = "unknown", "ended", "expired", "elsewhere"


@dataclass
class ClosedLink(ExchangeError):
    """The link opens nothing; ``kind`` says which page to show. It never says whose it was."""

    kind: str

    def __post_init__(self) -> None:
        super().__init__("This link opens nothing.")


def desk_behind(session: Session, token: str) -> Desk:
    """The desk that a link opens, its page on the clock of its person. Raises ClosedLink, SignInNeeded."""
    link = found_link(session, token)
    check_link(link, now())
    if link is None or link.addressee_id is None:
        raise ClosedLink(ELSEWHERE)
    desk = desk_of(session, link.addressee_id, plan=stage_plan(), now=now())
    if desk.addressee.holder_id != link.person_id:
        raise ClosedLink(ENDED)
    check_reader(desk.cycle.marking, link.person_id)
    read_in(desk.holder.city)
    return desk


def check_link(link: PersonalLink | None, at: datetime) -> None:
    """Raise ClosedLink unless the link is known, in force, and its person is in the network."""
    if link is None:
        raise ClosedLink(UNKNOWN)
    if link.revoked_at is not None or not link.person.is_active:
        raise ClosedLink(ENDED)
    if link.expires_at <= at:
        raise ClosedLink(EXPIRED)


def check_reader(marking: str, person_id: int) -> None:
    """Raise SignInNeeded where a link alone may show nothing, unless its person is signed in."""
    reader = viewer()
    if marking == Marking.RED and (reader is None or reader.person.id != person_id):
        raise SignInNeeded("Sign in to see this page.")


def closed_page(error: ClosedLink) -> tuple[str, int]:
    """What is wrong with a link and what to do; the same words whoever it was for."""
    said = {
        UNKNOWN: _("This link is not complete, or it was never given out."),
        ENDED: _("This link has ended: the task was handed to somebody else, or its reader left."),
        EXPIRED: _("This link has expired."),
        ELSEWHERE: _("This link belongs to another page."),
    }
    status = 404 if error.kind in {UNKNOWN, ELSEWHERE} else 410
    return render_template("contributions/closed_link.html", kind=error.kind, said=said[error.kind]), status
