"""The links in the head of every page: those that exist and that the reader may follow. It has no pages."""

from dataclasses import dataclass

from flask import current_app, request, url_for
from flask_babel import lazy_gettext as _

from exchange.web.permissions import PUBLIC, Permission, needed_by
from exchange.web.request import may

_ROOMS = (
    ("programme.home", _("Programme")),
    ("planning.plans", _("Plans")),
    ("cycles.cycles", _("Cycles")),
    ("trainings.trainings", _("Training")),
    ("products.library", _("Library")),
    ("network.cities", _("Network")),
    ("feeds.feeds", _("Feeds")),
    ("busy.calendars", _("Busy times")),
    ("letters.next_letters", _("Letters")),
    ("operations.status", _("Status")),
)


@dataclass(frozen=True)
class Link:
    """One link; ``is_current`` when the page shown lies behind it."""

    href: str
    label: str
    is_current: bool


def navigation() -> list[Link]:
    """The links for the reader of this page, in the order they are shown."""
    return [
        Link(url_for(endpoint), str(label), is_current=_room_of(endpoint) == _room_of(request.endpoint or ""))
        for endpoint, label in _ROOMS
        if _is_open(endpoint)
    ]


def _is_open(endpoint: str) -> bool:
    view = current_app.view_functions.get(endpoint)
    needed = needed_by(view) if view else None
    return needed == PUBLIC or (isinstance(needed, Permission) and may(needed))


def _room_of(endpoint: str) -> str:
    return endpoint.partition(".")[0]
