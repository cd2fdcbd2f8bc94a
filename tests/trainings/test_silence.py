"""A published event that moves tells those invited, unless somebody gives a reason why not."""

from flask.testing import FlaskClient

from exchange.db import Database
from exchange.models import TrainingEvent
from exchange.trainings import actions
from tests.pages import text_of
from tests.trainings.conftest import NOW, Net, opened, typed


def published(database: Database, net: Net) -> None:
    with database.transaction() as session:
        training = opened(session, net)
        actions.publish_training(session, training, actor=None, now=NOW)


def save(client: FlaskClient, net: Net, **fields: object) -> str:
    answer = client.post("/trainings/1/edit", data=typed(net, version="2", save="1", **fields))
    return text_of(client.get(answer.location) if answer.status_code == 303 else answer)


def test_a_moved_event_is_told_unless_a_reason_is_given_for_silence(
    database: Database, net: Net, coordinator: FlaskClient
) -> None:
    published(database, net)
    assert "Write why nobody is told" in save(coordinator, net, at="16:00", is_silent="y")
    page = save(coordinator, net, at="16:00", is_silent="y", reason="A slip of the pen")
    assert "told nobody of it" in page
    assert "A change was saved without telling anybody." in page
    with database.reading() as session:
        training = session.get_one(TrainingEvent, 1)
        assert (training.tell_at, bool(training.told)) == (None, True)


def test_a_moved_event_says_when_readers_are_told(
    database: Database, net: Net, coordinator: FlaskClient
) -> None:
    published(database, net)
    assert "get a letter about the change from" in save(coordinator, net, at="16:00")
