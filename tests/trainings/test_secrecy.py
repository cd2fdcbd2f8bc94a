"""What an event's page holds for those who take part, and that it is not there for anybody else."""

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, select

from exchange.db import Database
from exchange.feeds.content.queries import Audience, entries_for
from exchange.models import GroupMember, Membership, Role, TrainingEvent
from exchange.rules.access.rings import Ring
from exchange.rules.findings.overrides import Blocked
from exchange.rules.markings.tlp_labels import Marking
from exchange.trainings.actions import publish_training
from tests.factories import make_person, make_training
from tests.named import name_everybody
from tests.sign_in import SignIn
from tests.trainings.conftest import NOW, Net, opened

NEED_TO_KNOW = [Marking.AMBER, Marking.AMBER_STRICT, Marking.RED]
SECRETS = {
    "title": "Marauding attack on Old Street",
    "place": "Bunker 7",
    "description": "Three gunmen",
    "join_link": "https://meet.example.org/secret",
}


def published(database: Database, net: Net, marking: Marking, **fields: object) -> TrainingEvent:
    with database.transaction() as session:
        training = opened(session, net, marking=marking, **(SECRETS | fields))
        publish_training(session, training, actor=net.coordinator, now=NOW)
        return training


def end_memberships(session: Session, city_id: int | None) -> None:
    for span in session.exec(select(Membership).where(Membership.city_id == city_id)):
        span.ends_on = date(2026, 10, 31)


def named(net: Net) -> dict[str, object]:
    """Dublin and the group are invited by name."""
    return {
        "city_ids": frozenset({net.cities["Dublin"].id or 0}),
        "group_ids": frozenset({net.group.id or 0}),
    }


@pytest.mark.parametrize("marking", [Marking.GREEN, *NEED_TO_KNOW])
def test_page_holds_everything_for_those_who_take_part(
    sign_in: SignIn, database: Database, net: Net, marking: Marking
) -> None:
    """Letters about a closed event lead to its page for the rest, and the page withheld it."""
    training = published(database, net, marking, **named(net))
    with database.transaction() as session:
        of_host = make_person(session, city=net.cities["London"])
        of_invited = make_person(session, city=net.cities["Dublin"])
        of_group = make_person(session, city=net.cities["Sydney"], roles=[Role.EXPERT])
        session.add(GroupMember(group_id=net.group.id or 0, person_id=of_group.id or 0))
        name_everybody(session)
    for person in (of_host, of_invited, of_group):
        page = sign_in(person).get(f"/trainings/{training.id}")
        assert page.status_code == 200
        for secret in SECRETS.values():
            assert secret in page.text, secret
        assert "History" not in page.text


@pytest.mark.parametrize("marking", [Marking.GREEN, *NEED_TO_KNOW])
def test_page_is_not_there_for_people_who_do_not_take_part(
    contact: FlaskClient, database: Database, net: Net, marking: Marking
) -> None:
    training = published(database, net, marking, **named(net))
    for address in (f"/trainings/{training.id}", "/trainings", "/?year=2027"):
        page = contact.get(address)
        assert page.status_code == (404 if address.endswith(str(training.id)) else 200)
        for secret in SECRETS.values():
            assert secret not in page.text, (address, secret)


def test_event_for_all_members_is_whole_for_them_up_to_amber_and_not_beyond(
    contact: FlaskClient, database: Database, net: Net
) -> None:
    amber = published(database, net, Marking.AMBER)
    strict = published(database, net, Marking.AMBER_STRICT)
    page = contact.get(f"/trainings/{amber.id}")
    for secret in SECRETS.values():
        assert secret in page.text, secret
    assert contact.get(f"/trainings/{strict.id}").status_code == 404


@pytest.mark.parametrize("marking", NEED_TO_KNOW)
def test_feeds_still_show_no_more_than_their_ring(database: Database, net: Net, marking: Marking) -> None:
    published(database, net, marking, **named(net))
    with database.reading() as session:
        of_city = entries_for(session, Audience(Ring.CITY, city_id=net.cities["Dublin"].id))
        of_group = entries_for(session, Audience(Ring.GROUP, group_id=net.group.id))
    assert bool(of_city) is (marking != Marking.RED)
    for entry in [*of_city, *of_group]:
        for secret in SECRETS.values():
            assert secret not in f"{entry.title} {entry.place} {entry.description}"


@pytest.mark.parametrize("is_named", [True, False])
def test_people_of_a_former_member_lose_the_page(
    sign_in: SignIn, database: Database, net: Net, is_named: bool
) -> None:
    """A city's feed stopped when it left, but its people could still open the pages of past events."""
    training = published(database, net, Marking.AMBER, **(named(net) if is_named else {}))
    with database.transaction() as session:
        of_dublin = make_person(session, city=net.cities["Dublin"])
    browser = sign_in(of_dublin)
    assert browser.get(f"/trainings/{training.id}").status_code == 200
    with database.transaction() as session:
        end_memberships(session, net.cities["Dublin"].id)
    for address in (f"/trainings/{training.id}", "/trainings", "/?year=2027"):
        page = browser.get(address)
        assert page.status_code == (404 if address.endswith(str(training.id)) else 200)
        assert SECRETS["title"] not in page.text


def test_expert_of_a_group_sees_its_events_on_every_list(
    sign_in: SignIn, database: Database, net: Net
) -> None:
    """An event that invites a group alone stood on no list of an expert whose city is not invited."""
    group_only = {"group_ids": frozenset({net.group.id or 0})}
    training = published(database, net, Marking.GREEN, **group_only)
    with database.transaction() as session:
        expert = make_person(session, city=net.cities["Sydney"], roles=[Role.EXPERT])
        session.add(GroupMember(group_id=net.group.id or 0, person_id=expert.id or 0))
        other = make_person(session, city=net.cities["Sydney"], roles=[Role.EXPERT])
    for person, is_seen in ((expert, True), (other, False)):
        browser = sign_in(person)
        for address in ("/trainings", "/?year=2027"):
            page = browser.get(address).text
            assert (SECRETS["title"] in page) is is_seen, address
            assert (f"/trainings/{training.id}" in page) is is_seen, address


def test_block_that_came_later_stops_publication(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    """A holiday entered after the draft was saved stopped a cycle's publication and not an event's."""
    with database.transaction() as session:
        training = make_training(
            session,
            host_city=net.cities["London"],
            title="On Good Friday",
            on_local=date(2027, 3, 26),
            is_published=False,
        )
        with pytest.raises(Blocked):
            publish_training(session, training, actor=net.coordinator, now=NOW)
    address = f"/trainings/{training.id}"
    page = coordinator.get(f"{address}/publish").text
    assert "Good Friday" in page
    assert "Publish now" not in page
    assert f"{address}/edit" in page
    assert coordinator.post(f"{address}/publish", data={"version": "1"}).status_code == 400
    with database.reading() as session:
        assert session.get_one(TrainingEvent, training.id).published_at is None
