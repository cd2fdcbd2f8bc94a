"""What all personal links share: whether one still opens, and one page when it does not.

No account is needed, but for TLP:RED: then a link opens only for its person, signed in. What lies
behind it each package loads itself.
"""

from datetime import datetime

from flask import Blueprint, render_template
from flask_babel import gettext as _
from sqlmodel import Session

from exchange.answering.personal_links import found_link
from exchange.errors import ExchangeError
from exchange.models import PersonalLink
from exchange.rules.access import policy
from exchange.rules.access.policy import Right
from exchange.rules.access.standing import Standing
from exchange.rules.access.things import Thing
from exchange.web.access.guard import SignInNeeded
from exchange.web.access.request_context import read_by_link, viewer

UNKNOWN, ENDED, EXPIRED, ELSEWHERE = "unknown", "ended", "expired", "elsewhere"


class ClosedLink(ExchangeError):
    """The link opens nothing; ``kind`` says which page to show. It never says whose it was."""

    def __init__(self, kind: str) -> None:
        super().__init__("This link opens nothing.")
        self.kind = kind


def add_closed_page(blueprint: Blueprint) -> None:
    """Give a blueprint that has links the page of those that open nothing."""
    blueprint.register_error_handler(ClosedLink, _closed_page)


def opened_link(session: Session, token: str, now: datetime) -> PersonalLink:
    """The link, known and in force, its person in the network. Raises ClosedLink."""
    link = found_link(session, token)
    if link is None:
        raise ClosedLink(UNKNOWN)
    if link.revoked_at is not None or not link.person.is_active:
        raise ClosedLink(ENDED)
    if link.expires_at <= now:
        raise ClosedLink(EXPIRED)
    return link


def let_in(link: PersonalLink, standing: Standing, right: Right, thing: Thing) -> None:
    """Show the page on the clock of the link's person, as far as they may still do what it is for.

    Raises ClosedLink for who may not any more, and SignInNeeded where a link alone may show nothing,
    unless its person is signed in.
    """
    if not policy.may(standing, right, thing):
        raise ClosedLink(ENDED)
    reader = viewer()
    if policy.is_red(thing) and (reader is None or reader.person.id != link.person_id):
        raise SignInNeeded("Sign in to see this page.")
    read_by_link(link.person)


def _closed_page(error: ClosedLink) -> tuple[str, int]:
    """What is wrong with a link and what to do; the same words whoever it was for."""
    said = {
        UNKNOWN: _("This link is not complete, or it was never given out."),
        ENDED: _(
            "This link has ended: the task was handed to somebody else, its reader left, or all links were"
            " replaced. Then the next letter brings the new one."
        ),
        EXPIRED: _("This link has expired."),
        ELSEWHERE: _("This link belongs to another page."),
    }
    status = 404 if error.kind in {UNKNOWN, ELSEWHERE} else 410
    return render_template("closed_link.html", kind=error.kind, said=said[error.kind]), status
