"""The words of requests: kinds, states and what was done with them."""

from flask_babel import lazy_gettext as _l

from exchange.models import RequestState
from exchange.rules.duties.request_rules import RequestKind

KINDS = {
    RequestKind.FORMAT: _l("A document in an accessible format"),
    RequestKind.REPORT: _l("A post-exercise report"),
    RequestKind.JOIN: _l("To join or take part"),
    RequestKind.DATA: _l("My data"),
    RequestKind.FAULT: _l("A fault or barrier on this site"),
}
LEADS = {
    RequestKind.FORMAT: _l("Tell us which document, and how you need it."),
    RequestKind.REPORT: _l(
        "Whoever wrote the report, or leads the city it is of, decides, and gives a reason."
    ),
    RequestKind.JOIN: _l("Tell us where you work, and what you would like to take part in."),
    RequestKind.DATA: _l(
        "Who has an account reads and takes along their data there, at once. Everybody else asks here."
    ),
    RequestKind.FAULT: _l("Tell us on which page you were, and what stood in your way."),
}
STATES = {
    RequestState.UNCONFIRMED: _l("To be confirmed"),
    RequestState.OPEN: _l("Open"),
    RequestState.DONE: _l("Done"),
    RequestState.REFUSED: _l("Refused"),
    RequestState.WITHDRAWN: _l("Withdrawn"),
}
DEEDS = {
    "ask": _l("asked"),
    "confirm": _l("confirmed by the link"),
    "message": _l("wrote"),
    "withdraw": _l("withdrew the request"),
    "assign": _l("assigned it"),
    "name document": _l("said which report it is"),
    "extend": _l("gave more days"),
    "answer": _l("answered"),
    "release": _l("released the report"),
    "refuse": _l("refused"),
    "revoke": _l("ended the release"),
}
SLUGS = {kind.value.replace(" ", "-"): kind for kind in RequestKind}
