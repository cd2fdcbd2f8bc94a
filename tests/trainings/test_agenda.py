"""The agenda of an event: typed, kept, shown to who takes part, and in calendars as the marking allows."""

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from exchange.db import Database
from exchange.feeds.content.entries import Audience
from exchange.feeds.content.redaction import entries_of_training
from exchange.models import TrainingEvent
from exchange.rules.access.rings import Ring, carried
from exchange.rules.markings.tlp_labels import Marking
from exchange.trainings import actions
from tests.trainings.conftest import NOW, Net, opened, typed

AGENDA = "## Zanzibar\n\n- bring *gloves*\n\n<script>alert(1)</script>"


def test_form_keeps_the_agenda_and_both_pages_show_it(
    coordinator: FlaskClient, contact: FlaskClient, database: Database, net: Net
) -> None:
    sent = coordinator.post("/trainings/new", data=typed(net, agenda=AGENDA))
    assert sent.status_code == 303
    with database.transaction() as session:
        training = session.exec(select(TrainingEvent)).one()
        assert training.agenda == AGENDA
        actions.publish_training(session, training, actor=net.coordinator, now=NOW)
        training_id = training.id
    for reader in (coordinator, contact):
        page = reader.get(f"/trainings/{training_id}").text
        assert ">Zanzibar</h4>" in page
        assert "<li>bring <em>gloves</em></li>" in page
        assert "<script>alert" not in page
    assert "bring *gloves*" in coordinator.get(f"/trainings/{training_id}/edit").text


def test_a_state_secret_is_refused(coordinator: FlaskClient, database: Database, net: Net) -> None:
    answer = coordinator.post("/trainings/new", data=typed(net, agenda="SECRET"))
    assert answer.status_code == 400
    with database.reading() as session:
        assert session.exec(select(TrainingEvent)).all() == []


@pytest.mark.parametrize("marking", list(Marking))
def test_calendars_show_it_where_they_carry_a_description(
    database: Database, net: Net, marking: Marking
) -> None:
    with database.transaction() as session:
        training = opened(session, net, agenda=AGENDA, marking=marking)
        for ring in (Ring.PUBLIC, Ring.CITY, Ring.PERSON, Ring.BUSY):
            person = net.coordinator.id if ring is Ring.PERSON else None
            audience = Audience(ring, city_id=net.cities["London"].id, person_id=person)
            entries = entries_of_training(training, audience, "CTPN")
            shown = carried(marking, ring)
            is_told = bool(entries and shown and shown.description)
            assert ("Agenda:\n## Zanzibar" in repr(entries).replace("\\n", "\n")) is is_told
