"""What an ask is about, as other tables and the audit trail name it.

Another kind of subject is a branch here, in Ask.subject and in exchange.access.things.
"""

from exchange.models import Ask, City, Cycle, Round, Subject


def subject_key(ask: Ask) -> str:
    """What it is about as the audit trail names it: "cycle:3", "training:4", or "needs round:5"."""
    if ask.needs_round_id:
        return f"needs round:{ask.needs_round_id}"
    if ask.findings_round_id:
        return f"findings round:{ask.findings_round_id}"
    return f"cycle:{ask.cycle_id}" if ask.cycle_id else f"training:{ask.training_id}"


def city_of(about: Subject) -> City:
    """The city that leads or hosts it, or is named for it, on whose wall its days are; needs it loaded."""
    if isinstance(about, Round):
        return about.city
    return about.lead_city if isinstance(about, Cycle) else about.host_city
