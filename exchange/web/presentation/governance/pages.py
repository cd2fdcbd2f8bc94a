"""The pages of governance: a plain list, of which a reader is shown what exists and may be opened."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import current_app
from flask_babel import lazy_gettext as _

from exchange.access.things import DIRECTORY, FIGURES, MONEY, ROTATION
from exchange.rules.access import policy
from exchange.rules.access.policy import Right
from exchange.web.access.permissions import PUBLIC, Permission, needed_by
from exchange.web.access.request_context import Viewer, may, viewer
from exchange.web.presentation.addresses import address_of

GOVERNANCE = "boards.governance"  # the endpoint of the page that lists them
# Endpoint, title, sentence: a package of governance adds its line, in the order in which they are shown.
PAGES = (
    ("boards.boards", _("Boards"), _("Who sits on each board until when, and when it meets.")),
    ("boards.decisions", _("Decisions"), _("What was decided, when and by whom, by its reference.")),
    (
        "rotation.register",
        _("Rotation"),
        _("Whose turn the annual report, conference and exercise were and are."),
    ),
    ("projects.projects", _("Projects"), _("What is done with others by when, and what it handed over.")),
    (
        "figures.this_year",
        _("The year in figures"),
        _("A year or quarter as boards are told of it, with pictures, tables and files to keep."),
    ),
    (
        "notes.notes",
        _("Notes to the network"),
        _("What the coordinators wrote to the people of the network."),
    ),
    (
        "standing_documents.standing_documents",
        _("Standing documents"),
        _("What has to be kept in order, who keeps it, and when it is looked at again."),
    ),
    ("travel.travel_year", _("Travel"), _("How meetings of a year were held, and how people came to them.")),
    ("money.overview", _("Money"), _("Agreements, who pays which share, and what was spent and received.")),
    (
        "requests.requests",
        _("Requests"),
        _("What people asked for by the public forms, and by when."),
    ),
)
# Besides the permission that the view names: whether the policy lets the reader in.
ALSO_ASKED: Mapping[str, Callable[[Viewer | None], bool]] = {
    "boards.boards": lambda reader: reader is not None and policy.may(reader.standing, Right.READ, DIRECTORY),
    "rotation.register": lambda reader: (
        reader is not None and policy.may(reader.standing, Right.READ, ROTATION)
    ),
    "figures.this_year": lambda reader: (
        reader is not None and policy.may(reader.standing, Right.READ, FIGURES)
    ),
    "money.overview": lambda reader: reader is not None and policy.may(reader.standing, Right.READ, MONEY),
}


@dataclass(frozen=True)
class GovernancePage:
    """One page with its address and what is on it."""

    href: str
    title: str
    sentence: str


def governance_pages() -> list[GovernancePage]:
    """Those that exist and that the reader of this page may open."""
    return [
        GovernancePage(address_of(endpoint), str(title), str(sentence))
        for endpoint, title, sentence in PAGES
        if is_open(endpoint) and (endpoint not in ALSO_ASKED or ALSO_ASKED[endpoint](viewer()))
    ]


def blueprints() -> frozenset[str]:
    """The blueprints whose pages lie behind the one link."""
    return frozenset(endpoint.partition(".")[0] for endpoint, *_words in PAGES)


def is_open(endpoint: str) -> bool:
    """Whether the page exists and the reader holds the permission that it asks for."""
    view = current_app.view_functions.get(endpoint)
    needed = needed_by(view) if view else None
    return needed == PUBLIC or (isinstance(needed, Permission) and may(needed))
