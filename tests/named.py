"""People named at TLP:RED: everybody there is, for tests of what they see who are named."""

from sqlmodel import Session, select

from exchange.models import Cycle, Person, TrainingEvent


def name_everybody(session: Session) -> None:
    """Name all people on every cycle and event."""
    everybody = sorted(person.id or 0 for person in session.exec(select(Person)))
    for about in [*session.exec(select(Cycle)), *session.exec(select(TrainingEvent))]:
        about.named_ids = everybody
    session.flush()
