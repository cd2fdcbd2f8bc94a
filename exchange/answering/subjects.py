"""What an ask is about, as other tables and the audit trail name it.

Another kind of subject is a branch here, in Ask.subject and in exchange.access.things.
"""

from exchange.models import Ask, City, Cycle, TrainingEvent


def subject_key(ask: Ask) -> str:
    """The cycle or event as the audit trail names it: "cycle:3", "training:4"."""
    return f"cycle:{ask.cycle_id}" if ask.cycle_id else f"training:{ask.training_id}"


def city_of(about: Cycle | TrainingEvent) -> City:
    """The city that leads or hosts it, on whose wall its days are; needs it loaded."""
    return about.lead_city if isinstance(about, Cycle) else about.host_city
