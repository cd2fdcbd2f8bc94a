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
