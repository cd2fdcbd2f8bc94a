"""The states of a duty as pages of preparation say them, translated when they are shown."""

from flask_babel import lazy_gettext as _l

from exchange.rules.duties.duty import State

STATES = {  # in words, and how the state is drawn
    State.LATER: (_l("Later"), "neutral"),
    State.OPEN: (_l("Open"), "neutral"),
    State.DUE_SOON: (_l("Due soon"), "waiting"),
    State.LATE: (_l("Late"), "stopped"),
    State.DONE: (_l("Done"), "good"),
    State.VOID: (_l("Not owed"), "neutral"),
}
