"""What stands in the programme before anything is planned."""

from datetime import date, time

from exchange.db import Database
from exchange.models import TrainingKind, TrainingMode
from exchange.rules.markings.tlp_labels import Marking
from exchange.trainings.actions import open_training, publish_training
from exchange.trainings.drafts import TrainingDraft
from tests.planning.conftest import MORNING
from tests.trainings.conftest import Net


def event_on(database: Database, net: Net, on: date, *, published: bool) -> int:
    """An event at 14:00 in London, the middle of Sydney's night."""
    draft = TrainingDraft(
        kind=TrainingKind.WEBINAR,
        title="Drill" if published else "Secret drill",
        host_city_id=net.cities["London"].id or 0,
        mode=TrainingMode.VIRTUAL,
        on_local=on,
        starts_local=time(14),
        time_zone="Europe/London",
        minutes=120,
        marking=Marking.GREEN,
    )
    with database.transaction() as session:
        made = open_training(session, draft, actor=net.coordinator, now=MORNING, reason="Agreed.")
        if published:
            publish_training(session, made, actor=net.coordinator, now=MORNING)
        return made.id or 0
