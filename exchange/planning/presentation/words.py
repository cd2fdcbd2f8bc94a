"""The vocabularies of plans as people read them, translated when they are shown. It decides nothing."""

from flask_babel import lazy_gettext as _

from exchange.models import PlanState
from exchange.planner.plan import PLACE
from exchange.planning.wishes.wishes import EVERY, MUST_COME, NOBODY

STATES = {
    PlanState.WAITING: (_("Waiting"), "waiting"),
    PlanState.RUNNING: (_("Searching"), "waiting"),
    PlanState.STOPPED: (_("Stopped, best plan kept"), "neutral"),
    PlanState.DONE: (_("Ready"), "good"),
    PlanState.FAILED: (_("No plan"), "stopped"),
    PlanState.TAKEN: (_("In the programme"), "good"),
}

OBJECTIVES = {  # the planner's words, in its order
    "clashes": _("Member cities' holidays met"),
    "outside": _("Cities asked outside the hours acceptable to them"),
    "worst": _("Points of the city that bears most, past counted in"),
    "total": _("Points of all cities together"),
    "warnings": _("Warnings, such as half days"),
    "weekdays": _("Entries off the preferred weekdays"),
    "hosts": _("Difference between hosts"),
    "moves": _("Entries moved from the present plan"),
}

GIVEN_UP = {  # rules that need not hold, by the planner's words
    "hosts in turn": _("A host may have two events running"),
    "hosts": _("A host may have more events than another"),
    "weeks": _("Two events may be in one week"),
    "kinds": _("There may be as many events of each kind as it happens"),
}

FAIRNESSES = {  # who counts before all cities together, by the planner's words
    "worst": _("The city that bears most"),
    "leximin": _("The city that bears most, after it the second, the third, and so on"),
}

PLACE_NAME = _("Points of city %(number)s, counted from the one that bears most")

HOURS_FOR = {  # whose earliest and latest hours a plan keeps
    EVERY: _("Those of every city"),
    MUST_COME: _("Those of lead cities and of members that must be able to come"),
    NOBODY: _("Nobody's: any hour may be asked for"),
}

CHOICES = {  # the planner's names of plans to choose from, and what each makes small
    "fairest": (_("Fairest"), _("the least for the city that bears most")),
    "asked": (_("As you asked"), _("with the allowance of your wishes")),
    "gentlest": (_("Gentlest"), _("a little more for that city, much less for all")),
    "cheapest": (_("Cheapest"), _("the least for all together, whoever bears it")),
}

STAGES = {  # what is worked on, as the running page says it
    "": _("Getting ready"),
    "first plan": _("A first plan is found"),
    "better plan": _("A better plan is found"),
    "choice": _("Looking for other plans to choose from"),
    "conflict": _("Looking for the rules that cannot hold together"),
    "clashes": _("Keeping off holidays"),
    "outside": _("Keeping to the hours acceptable to the cities"),
    "worst": _("Easing the city that bears most"),
    PLACE: _("Easing the other cities, each in its turn"),
    "total": _("Easing all cities together"),
    "core": _("Looking how little all cities together can bear"),
    "trade": _("Weighing the city that bears most against all"),
    "warnings": _("Keeping off half days"),
    "weekdays": _("Preferring the weekdays you chose"),
    "hosts": _("Sharing out the hosting"),
    "moves": _("Changing as little as possible"),
}

LIMITS = {  # what ended a search, by the planner's words; %(about)s is an objective
    "seconds": _("The time that was given was up."),
    "stopped": _("Somebody stopped it."),
    "nodes": _("%(about)s: not proven to the end, as the search has a limit there."),
    "unfinished": _("The search was not over when this plan was written down."),
    "memory": _("The search came to the end of its memory."),
    "no solver": _("The solver is not installed, so nothing was searched for."),
    "one percent": _("%(about)s: within one percent of what no plan is below, which is near enough."),
    "nearby plans only": _("%(about)s: compared among plans with the same burdens only."),
}

ACTIONS = {
    "ask for plan": _("Asked for the plan"),
    "choose plan": _("Chose another plan"),
    "stop plan": _("Stopped the search"),
    "take from plan": _("Took entries into the programme"),
    "take back plan": _("Took the untouched drafts back"),
    "delete plan": _("Deleted the plan"),
}
