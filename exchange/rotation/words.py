"""The vocabularies of turns as pages say them, translated when they are shown."""

from flask_babel import lazy_gettext as _l

from exchange.models import RotationKind, RotationState

KINDS = {
    RotationKind.REPORT: _l("Annual report"),
    RotationKind.CONFERENCE: _l("Annual conference"),
    RotationKind.EXERCISE: _l("Annual exercise"),
}
STATES = {  # in words, and how the state is drawn
    RotationState.PROPOSED: (_l("Proposed"), "waiting"),
    RotationState.AGREED: (_l("Agreed"), "neutral"),
    RotationState.DELIVERED: (_l("Delivered"), "good"),
}
ADDRESSES = {kind.value.removeprefix("annual "): kind for kind in RotationKind}  # the word in the address
# Why a city is proposed, as rules.programme.rotation says it.
REASONS = (
    _l("No turn of %(city)s is recorded for it."),
    _l("The last turn of %(city)s that is recorded was in %(year)s, longer ago than that of any other lead."),
    _l("The last turn of %(city)s that is recorded was in %(year)s; no lead's was longer ago."),
    _l("No turn of %(city)s is recorded for it, nor of other leads."),
    _l("%(city)s alone leads today."),
    _l("It has had fewer turns of any kind than they: %(count)s."),
    _l("It has borne less of the recorded cost than they."),
    _l("They have borne alike, so the first by name is proposed."),
)
