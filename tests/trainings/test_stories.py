"""The stories of DOMAIN.md that a training event takes part in, through the pages a coordinator uses."""

from datetime import date, time

from flask.testing import FlaskClient
from sqlmodel import select

from exchange.db import Database
from exchange.feeds.content.queries import Audience, entries_for
from exchange.models import Override, TrainingEvent
from exchange.rules.access.rings import Ring
from exchange.rules.markings.tlp_labels import Marking
from exchange.trainings.actions import publish_training
from exchange.web.presentation.date_formats import clock
from tests.pages import text_of
from tests.trainings.conftest import NOW, Net, opened, typed


def test_story_05_midsummer_eve_blocks_for_stockholm_until_there_is_a_reason(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    refused = coordinator.post("/trainings/new", data=typed(net, on="2027-06-25"))
    assert refused.status_code == 400
    page = text_of(refused)
    assert "Fri 25 Jun 2027 is Midsummer Eve in Stockholm." in page
    assert 'value="Drone over a stadium"' in refused.text
    with database.reading() as session:
        assert session.exec(select(TrainingEvent)).first() is None

    saved = coordinator.post(
        "/trainings/new", data=typed(net, on="2027-06-25", reason="The board asked for this day.")
    )
    assert saved.status_code == 303
    with database.reading() as session:
        kept = session.exec(select(Override)).one()
    assert kept.finding_key == "holiday:stockholm:2027-06-25"
    assert kept.reason == "The board asked for this day."
    assert kept.person_id == net.coordinator.id
    assert "The board asked for this day." in text_of(coordinator.get(saved.location))


def test_story_06_squeeze_day_warns_and_does_not_block(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    asked = typed(net, on="2027-05-07", preview="1")
    preview = coordinator.post("/trainings/new", data=asked)
    assert preview.status_code == 200
    assert "Fri 7 May 2027 is a squeeze day in Stockholm" in text_of(preview)
    with database.reading() as session:
        assert session.exec(select(TrainingEvent)).first() is None
    assert coordinator.post("/trainings/new", data=typed(net, on="2027-05-07")).status_code == 303


def test_story_07_new_years_eve_is_named_for_each_city(coordinator: FlaskClient, net: Net) -> None:
    page = text_of(coordinator.post("/trainings/new", data=typed(net, on="2027-12-31", preview="1")))
    assert "Fri 31 Dec 2027 is New Year's Day (observed) in Washington DC." in page
    assert "Fri 31 Dec 2027 is New Year's Eve in Stockholm." in page


def test_story_08_a_dinner_on_the_evening_before_yom_kippur_is_warned(
    coordinator: FlaskClient, net: Net
) -> None:
    dinner = typed(net, on="2027-10-10", at="19:00", minutes="180")
    page = text_of(coordinator.post("/trainings/new", data=dinner | {"preview": "1"}))
    assert "Warning Yom Kippur begins this evening, Sun 10 Oct 2027." in page
    saved = coordinator.post("/trainings/new", data=dinner)
    assert saved.status_code == 303
    assert "Yom Kippur begins this evening" in text_of(coordinator.get(saved.location))


def test_story_09_a_conference_in_the_days_of_eid_says_both_days_and_plus_or_minus_one(
    coordinator: FlaskClient, net: Net
) -> None:
    conference = typed(net, kind="conference", on="2027-03-10", at="09:00", minutes=str(2 * 1440 + 480))
    page = text_of(coordinator.post("/trainings/new", data=conference | {"preview": "1"}))
    assert "Eid al-Fitr is from Tue 9 Mar 2027 to Wed 10 Mar 2027, +/- 1 day." in page


def test_story_16_an_amber_event_is_time_and_label_to_a_member_city(
    contact: FlaskClient, database: Database, net: Net
) -> None:
    secrets = {
        "title": "Marauding attack on Old Street",
        "place": "Bunker 7",
        "description": "Three gunmen",
        "join_link": "https://meet.example.org/secret",
    }
    with database.transaction() as session:
        training = opened(session, net, marking=Marking.AMBER, **secrets)
        publish_training(session, training, actor=net.coordinator, now=NOW)
    with database.reading() as session:
        audience = Audience(Ring.CITY, city_id=net.cities["Sydney"].id, time_zone="Australia/Sydney")
        entries = entries_for(session, audience, network="CTPN")
    assert [entry.summary for entry in entries] == ["CTPN event [TLP:AMBER]"]
    assert (entries[0].starts and clock(entries[0].starts.at)) == "01:00"

    for address in ("/trainings", "/?year=2027"):
        answer = contact.get(address)
        assert answer.status_code == 200, address
        assert "CTPN event" in answer.text, address
        assert "TLP:AMBER" in answer.text, address
        for secret in (*secrets.values(), "London", "hosted"):
            if secret != "London":  # a lead city stands on every page; that it hosts must not
                assert secret not in answer.text, (address, secret)


def test_uninvited_strict_red_and_draft_events_are_not_there(
    contact: FlaskClient, database: Database, net: Net
) -> None:
    dublin = frozenset({net.cities["Dublin"].id or 0})
    with database.transaction() as session:
        strict = opened(session, net, marking=Marking.AMBER_STRICT, title="Strict", city_ids=dublin)
        red = opened(session, net, marking=Marking.RED, title="Red")
        draft = opened(session, net, marking=Marking.CLEAR, title="Only a draft")
        for training in (strict, red):
            publish_training(session, training, actor=net.coordinator, now=NOW)
        ids = [strict.id, red.id, draft.id]
    page = contact.get("/trainings").text
    assert not any(title in page for title in ("Strict", "Only a draft"))
    assert [contact.get(f"/trainings/{training_id}").status_code for training_id in ids] == [404, 404, 404]


def test_clocks_begin_with_the_readers_own_and_say_what_is_night(coordinator: FlaskClient, net: Net) -> None:
    page = text_of(coordinator.post("/trainings/new", data=typed(net, preview="1")))
    times = page[page.index("When, in each city") :]
    assert times.index("Stockholm 15:00–17:00") < times.index("London (host), Dublin 14:00–16:00")
    assert "Washington DC 09:00–11:00" in times
    assert "Sydney 01:00–03:00 Fri 15 Jan At night" in times


def test_five_hour_week_is_said_in_the_preview(coordinator: FlaskClient, net: Net) -> None:
    page = text_of(coordinator.post("/trainings/new", data=typed(net, on="2027-03-18", preview="1")))
    assert "5 hours ahead of Washington DC" in page or "4 hours ahead of Washington DC" in page


def test_gap_to_the_event_before_is_measured(coordinator: FlaskClient, database: Database, net: Net) -> None:
    with database.transaction() as session:
        opened(session, net, on_local=date(2027, 1, 14), starts_local=time(10))
    page = text_of(coordinator.post("/trainings/new", data=typed(net, on="2027-02-25", preview="1")))
    assert "Gap to the event before, on Thu 14 Jan 2027: 42 days, longer than 35." in page
