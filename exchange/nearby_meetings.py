"""What else the network does around a date: live sessions and training events, drafts too.

It finds and names; whether that matters is for rules.findings and a person.
"""

from collections.abc import Collection
from datetime import date, timedelta

from sqlmodel import Session, col, select

from exchange.models import Cycle, Sitting, TrainingEvent
from exchange.rules.findings.day_findings import NetworkEvent
from exchange.rules.markings.tlp_labels import Marking


def network_events(
    session: Session, dates: Collection[date], *, cycle_id: int | None = None, training_id: int | None = None
) -> list[NetworkEvent]:
    """Everything that still holds within a week of the dates, save one cycle or event itself.

    The titles are not redacted: for people who plan. What is TLP:RED is left out, because not all who
    plan may know of it.
    """
    if not dates:
        return []
    first_on, last_on = min(dates) - timedelta(days=7), max(dates) + timedelta(days=7)
    sittings = session.exec(
        select(col(Cycle.id), col(Cycle.title), col(Sitting.on_local))
        .join(Sitting, col(Sitting.cycle_id) == col(Cycle.id))
        .where(
            col(Cycle.cancelled_at).is_(None),
            col(Cycle.postponed_at).is_(None),
            col(Cycle.marking) != Marking.RED,
            col(Sitting.on_local).between(first_on, last_on),
        )
        .order_by(col(Sitting.on_local), col(Cycle.id))
        .distinct()
    )
    trainings = session.exec(
        select(col(TrainingEvent.id), col(TrainingEvent.title), col(TrainingEvent.on_local))
        .where(
            col(TrainingEvent.cancelled_at).is_(None),
            col(TrainingEvent.postponed_at).is_(None),
            col(TrainingEvent.marking) != Marking.RED,
            col(TrainingEvent.on_local).between(first_on, last_on),
        )
        .order_by(col(TrainingEvent.on_local), col(TrainingEvent.id))
    )
    return [
        *(NetworkEvent(title, on, f"cycle:{id_}") for id_, title, on in sittings if id_ != cycle_id),
        *(NetworkEvent(title, on, f"training:{id_}") for id_, title, on in trainings if id_ != training_id),
    ]
