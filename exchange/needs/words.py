"""The vocabularies of needs as pages show them, translated when they are shown."""

from flask_babel import lazy_gettext as _l

from exchange.models import NeedState, RoundState
from exchange.rules.needs.scores import Cause

ROUND_STATES = {  # in words, and how the state is drawn
    RoundState.DRAFT: (_l("Draft"), "waiting"),
    RoundState.OPEN: (_l("Open"), "good"),
    RoundState.CLOSED: (_l("Closed"), "neutral"),
    RoundState.REOPENED: (_l("Open again"), "good"),
}
NEED_STATES = {
    NeedState.OPEN: (_l("Open"), "waiting"),
    NeedState.PROGRAMMED: (_l("Programmed"), "good"),
    NeedState.ADDRESSED: (_l("Addressed"), "neutral"),
    NeedState.NOT_TRAINING: (_l("Not a training need"), "neutral"),
}
CAUSES = {
    Cause.SKILL: _l("Skill: people have not learnt or practised it"),
    Cause.EXECUTION: _l("Execution: authority, resources or teamwork are missing"),
    Cause.EXTERNAL: _l("External: it lies with others"),
}
