"""The vocabularies of findings and actions as pages say them, translated when they are shown."""

from flask_babel import lazy_gettext as _l

from exchange.models import ActionState, Headway, LessonKind, LessonState
from exchange.rules.markings.tlp_labels import Marking

KINDS = {
    LessonKind.RECOMMENDATION: _l("Recommendation"),
    LessonKind.LESSON: _l("Lesson"),
    LessonKind.PRACTICE: _l("Notable practice"),
}
LESSON_STATES = {  # in words, and how the state is drawn
    LessonState.IDENTIFIED: (_l("Identified"), "waiting"),
    LessonState.ACCEPTED: (_l("Accepted"), "neutral"),
    LessonState.LEARNED: (_l("Learned"), "good"),
    LessonState.REJECTED: (_l("Rejected"), "stopped"),
}
HEADWAY = {
    Headway.NOT_STARTED: (_l("Not started"), "neutral"),
    Headway.CONSIDERING: (_l("Considering"), "waiting"),
    Headway.UNDER_WAY: (_l("Under way"), "waiting"),
    Headway.IN_PLACE: (_l("In place"), "good"),
    Headway.NOT_FOR_US: (_l("Not for us"), "neutral"),
}
ACTION_STATES = {
    ActionState.OPEN: (_l("Open"), "neutral"),
    ActionState.IN_PROGRESS: (_l("In progress"), "waiting"),
    ActionState.BLOCKED: (_l("Blocked"), "stopped"),
    ActionState.DONE: (_l("Done"), "good"),
    ActionState.VERIFIED: (_l("Verified"), "good"),
    ActionState.DECLINED: (_l("Declined"), "neutral"),
}
MARKINGS = {
    Marking.CLEAR: _l("TLP:CLEAR – everybody"),
    Marking.GREEN: _l("TLP:GREEN – the network; cities see who has it under way or in place"),
    Marking.AMBER: _l("TLP:AMBER – people of cities and groups; cities see who has it under way or in place"),
    Marking.AMBER_STRICT: _l(
        "TLP:AMBER+STRICT – who takes part in its exchange or event; each city sees itself alone"
    ),
    Marking.RED: _l("TLP:RED – named people only; each city sees itself alone"),
}
