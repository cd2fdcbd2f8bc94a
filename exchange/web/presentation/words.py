"""The closed vocabularies of the product as a reader sees them, translated when they are shown.

It names; it decides nothing.
"""

from flask_babel import lazy_gettext as _

from exchange.models import Phase, Publication, Rating, TrainingKind, TrainingMode, TrainingState
from exchange.rules.markings.tlp_labels import Marking

TRAINING_KINDS = {
    TrainingKind.SEMINAR: _("Seminar"),
    TrainingKind.WORKSHOP: _("Workshop"),
    TrainingKind.WEBINAR: _("Webinar"),
    TrainingKind.CONFERENCE: _("Conference"),
    TrainingKind.TABLE_TOP: _("Table-top"),
    TrainingKind.GAME: _("Game"),
    TrainingKind.DRILL: _("Drill"),
    TrainingKind.FUNCTIONAL: _("Functional exercise"),
    TrainingKind.FULL_SCALE: _("Full-scale exercise"),
    TrainingKind.STUDY_VISIT: _("Study visit"),
    TrainingKind.BOARD_MEETING: _("Board meeting"),
    TrainingKind.PLANNING_MEETING: _("Planning meeting"),
}

PHASES = {
    Phase.PREPARE: _("Prepare"),
    Phase.RESPOND: _("Respond"),
    Phase.RECOVER: _("Recover"),
}

TRAINING_MODES = {
    TrainingMode.IN_PERSON: _("In person"),
    TrainingMode.HYBRID: _("Hybrid"),
    TrainingMode.VIRTUAL: _("Virtual"),
}

TRAINING_STATES = {
    TrainingState.IDEA: _("Idea"),
    TrainingState.PROPOSED: _("Proposed"),
    TrainingState.CONFIRMED: _("Confirmed"),
    TrainingState.IN_PLANNING: _("In planning"),
    TrainingState.READY: _("Ready"),
    TrainingState.DELIVERED: _("Delivered"),
    TrainingState.REPORTED: _("Reported"),
    TrainingState.CLOSED: _("Closed"),
}

RATINGS = {  # how an objective was met
    "": _("Not rated"),
    Rating.PERFORMED: _("P – performed without challenges"),
    Rating.SOME_CHALLENGES: _("S – performed with some challenges"),
    Rating.MAJOR_CHALLENGES: _("M – performed with major challenges"),
    Rating.UNABLE: _("U – unable to be performed"),
}

MARKINGS = {
    Marking.CLEAR: _("TLP:CLEAR – everybody; the public calendar shows it whole"),
    Marking.GREEN: _("TLP:GREEN – the network; calendars of those invited show title and time"),
    Marking.AMBER: _("TLP:AMBER – need to know; their calendars show the time and no title"),
    Marking.AMBER_STRICT: _(
        "TLP:AMBER+STRICT – as AMBER, in one's own organisation; only who is invited by name"
    ),
    Marking.RED: _("TLP:RED – named people only; no calendar shows it"),
}

TEXT_MARKINGS = {  # of what stands in no calendar: notes, minutes and decisions
    Marking.CLEAR: _("TLP:CLEAR – everybody"),
    Marking.GREEN: _("TLP:GREEN – everybody in the network"),
    Marking.AMBER: _("TLP:AMBER – who needs to know of it"),
    Marking.AMBER_STRICT: _("TLP:AMBER+STRICT – who needs to know of it, in their own organisation"),
    Marking.RED: _("TLP:RED – named people only"),
}

STAGE_OWNERS = {  # the words of config/cycle.toml; a plan may hold others, which are shown as they are
    "coordinator": _("Coordinator"),
    "expert_lead": _("Expert lead"),
    "city_contacts": _("City contacts"),
    "reviewers": _("Reviewers"),
    "owners": _("Owners of actions"),
}

PUBLICATIONS = {
    Publication.DRAFT: _("Draft"),
    Publication.PUBLISHED: _("Published"),
    Publication.POSTPONED: _("Postponed"),
    Publication.CANCELLED: _("Cancelled"),
}


def zone_place(time_zone: str) -> str:
    """The place a zone is named for: "Europe/London" -> "London". A clock is never shown without one."""
    return time_zone.rpartition("/")[2].replace("_", " ")
