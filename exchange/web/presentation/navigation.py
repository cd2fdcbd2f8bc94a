"""The links at the top of every page: those that exist and that the reader may follow. It has no pages."""

from dataclasses import dataclass

from flask import request
from flask_babel import lazy_gettext as _

from exchange.web.access.request_context import viewer
from exchange.web.access.trail_readers import may_read_trail
from exchange.web.presentation.addresses import address_of
from exchange.web.presentation.governance import GOVERNANCE, blueprints, is_open

_SECTIONS = (
    ("desk.desk", _("My desk")),
    ("programme.home", _("Programme")),
    ("planning.plans", _("Plans")),
    ("cycles.cycles", _("Cycles")),
    ("trainings.trainings", _("Training")),
    ("needs.needs", _("Needs")),
    ("products.library", _("Library")),
    ("lessons.findings", _("Findings")),
    ("records.themes", _("Themes")),
    (GOVERNANCE, _("Governance")),
    ("network.cities", _("Network")),
    ("feeds.feeds", _("Feeds")),
    ("busy.calendars", _("Busy times")),
    ("letters.next_letters", _("Letters")),
    ("operations.status", _("Status")),
    ("trail.entries", _("Audit trail")),
)

_ALSO_ASKED = {"trail.entries": may_read_trail}  # besides the permission that the view names


@dataclass(frozen=True)
class Link:
    """One link; ``is_current`` when the page shown lies behind it."""

    href: str
    label: str
    is_current: bool


def navigation() -> list[Link]:
    """The links for the reader of this page, in the order they are shown."""
    shown = _section_of(request.endpoint or "")
    return [
        Link(
            address_of(endpoint),
            str(label),
            is_current=_section_of(endpoint) == shown,
        )
        for endpoint, label in _SECTIONS
        if _is_open(endpoint)
    ]


def _is_open(endpoint: str) -> bool:
    if endpoint in _ALSO_ASKED and not _ALSO_ASKED[endpoint](viewer()):
        return False
    return is_open(endpoint)


def _section_of(endpoint: str) -> str:
    blueprint = endpoint.partition(".")[0]
    has_own = any(blueprint == one.partition(".")[0] for one, _label in _SECTIONS if one != GOVERNANCE)
    return "boards" if blueprint in blueprints() and not has_own else blueprint
