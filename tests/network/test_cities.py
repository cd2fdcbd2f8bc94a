"""Pages of cities: seen, added, edited; what was typed wrong stays, with the reason at its field."""

import html
import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from exchange.audit import actor_name
from exchange.db import Database
from exchange.feeds.subscriptions.secret_addresses import current_address
from exchange.models import AuditEntry, City, Feed, Membership
from exchange.settings import Settings
from tests.factories import make_city, make_cycle, make_training
from tests.hand_clock import HandClock
from tests.network.conftest import Network

REYKJAVIK = {
    "name": "Reykjavík",
    "time_zone": "Atlantic/Reykjavik",
    "country": "is",
    "subdivision": "",
    "categories": "public",
    "work_starts": "08:00",
    "work_ends": "16:00",
    "language": "sv",
    "position": " 64.15,-21.94 ",
    "status": "observer",
    "from_on": "2027-01-01",
    "quiet_periods-0-name": "Summer",
    "quiet_periods-0-first": "w28",
    "quiet_periods-0-last": "W31",
    "quiet_periods-1-name": "",
    "quiet_periods-1-first": "",
    "quiet_periods-1-last": "",
}


def field_values(page: str) -> dict[str, str]:
    """What the form of a page would send if nobody touched it."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", page):
        attributes = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))
        if "name" in attributes and (attributes.get("type") != "checkbox" or " checked" in tag):
            found[attributes["name"]] = html.unescape(attributes.get("value", ""))
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'<option selected value="([^"]*)"', options)
        found[name] = chosen[1] if chosen else ""
    return found


def test_new_city_is_saved_with_membership_quiet_period_and_feed(
    coordinator: FlaskClient, database: Database, settings: Settings
) -> None:
    answer = coordinator.post("/network/cities/new", data=REYKJAVIK)
    assert (answer.status_code, answer.location) == (303, "/network/cities")
    assert "Reykjavík was saved." in coordinator.get("/network/cities").text
    with database.reading() as session:
        city = session.exec(select(City).where(City.slug == "reykjavik")).one()
        feed = session.exec(select(Feed).where(Feed.city_id == city.id)).one()
        assert (city.holidays_country, city.work_starts_local.hour) == ("IS", 8)
        assert (city.language, city.latitude, city.longitude) == ("sv", 64.15, -21.94)
        assert [(p.name, p.first, p.last) for p in city.quiet_periods] == [("Summer", "W28", "W31")]
        assert [(m.status, m.starts_on) for m in city.memberships] == [("observer", date(2027, 1, 1))]
        assert current_address(settings, feed) is not None
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "add city")).one()
        assert (actor_name(session, entry), entry.subject) == ("Cora Coordinator", f"city:{city.id}")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"time_zone": "Reykjavik"}, "Reykjavik is not a known time zone. Did you mean Atlantic/Reykjavik?"),
        ({"time_zone": "Europe/Stokholm"}, "Did you mean Europe/Stockholm"),
        ({"time_zone": "xyzzy"}, "Write it like Europe/Stockholm."),
        ({"country": "XX"}, "No holidays calendar for country XX."),
        ({"subdivision": "ZZ"}, "IS has no subdivisions"),
        ({"categories": "public, lunar"}, "IS has no holidays category lunar"),
        ({"name": "x" * 10_000}, "This is 10,000 characters long; at most 200 fit."),
        ({"name": "Reyk\rjavik"}, "Use one line without line breaks"),
        ({"name": "Stockholm"}, "Another one has this already."),
        ({"name": ""}, "This field is required."),
        ({"work_ends": "07:00"}, "The working day cannot end before it begins."),
        ({"quiet_periods-0-first": "July"}, "JULY does not say when: write a week (W28)"),
        ({"quiet_periods-0-name": ""}, "Give the quiet period a name."),
        (
            {
                "quiet_periods-1-name": "Summer",
                "quiet_periods-1-first": "W01",
                "quiet_periods-1-last": "W02",
            },
            "There are two named Summer.",
        ),
        ({"position": "64.15"}, "64.15 is not a position. Write latitude and longitude in degrees"),
        ({"language": "xx"}, "Not a valid choice."),
        ({"from_on": "soon"}, "Not a valid date value."),
        ({"status": "former"}, "Not a valid choice."),
    ],
)
def test_wrong_city_keeps_what_was_typed_and_saves_nothing(
    coordinator: FlaskClient, database: Database, typed: dict[str, str], said: str
) -> None:
    answer = coordinator.post("/network/cities/new", data=REYKJAVIK | typed)
    page = html.unescape(answer.text)
    assert answer.status_code == 400
    assert said in page
    assert "Nothing was saved yet" in page
    kept = field_values(answer.text)
    assert kept["time_zone"] == (REYKJAVIK | typed)["time_zone"]
    assert kept["quiet_periods-0-last"] == "W31"
    with database.reading() as session:
        assert session.exec(select(City).where(City.time_zone == "Atlantic/Reykjavik")).all() == []


def test_edited_city_keeps_its_address_and_notes_before_and_after(
    coordinator: FlaskClient, database: Database, network: Network
) -> None:
    page = coordinator.get("/network/cities/dublin/edit").text
    typed = field_values(page) | {"name": "Dublin City", "quiet_periods-0-name": "August"}
    typed |= {"quiet_periods-0-first": "08-01", "quiet_periods-0-last": "08-31"}
    assert coordinator.post("/network/cities/dublin/edit", data=typed).location == "/network/cities/dublin"
    # Once more: the row of the quiet period is changed in place.
    typed = field_values(coordinator.get("/network/cities/dublin/edit").text)
    assert typed["quiet_periods-0-name"] == "August"
    again = coordinator.post("/network/cities/dublin/edit", data=typed | {"quiet_periods-0-last": "08-15"})
    assert again.status_code == 303
    with database.reading() as session:
        city = session.exec(select(City).where(City.slug == "dublin")).one()
        assert (city.name, [p.last for p in city.quiet_periods]) == ("Dublin City", ["08-15"])
        entries = session.exec(select(AuditEntry).where(AuditEntry.action == "edit city")).all()
        assert [(e.before or {})["name"] for e in entries] == ["Dublin", "Dublin City"]


def test_form_sent_from_an_older_page_is_refused(coordinator: FlaskClient, network: Network) -> None:
    first = field_values(coordinator.get("/network/cities/dublin/edit").text)
    coordinator.post("/network/cities/dublin/edit", data=first | {"work_starts": "10:00"})
    late = coordinator.post("/network/cities/dublin/edit", data=first | {"name": "Dubh Linn"})
    assert late.status_code == 400
    assert "Somebody else changed this while you were editing" in late.text
    assert field_values(late.text)["name"] == "Dubh Linn"


def test_city_page_shows_clock_holidays_people_and_what_it_takes_part_in(
    contact: FlaskClient, database: Database, network: Network, clock: HandClock
) -> None:
    with database.transaction() as session:
        dublin = session.get_one(City, network.dublin.id)
        make_cycle(session, lead_city=dublin, title="Drones over Dublin")
        make_cycle(
            session, lead_city=session.get_one(City, network.london.id), cities=[dublin], title="Talking"
        )
        make_training(session, host_city=dublin, title="Table-top in Dublin")
    page = html.unescape(contact.get("/network/cities/dublin").text)
    assert "the same as your clock" in page
    assert "Saint Patrick's Day" in page
    assert "Dara Contact" in page
    assert "person" in page
    assert re.search(r"Drones over Dublin</a>.*?leads it", page, re.S)
    assert re.search(r"Talking</a>.*?contributes", page, re.S)
    assert re.search(r"Table-top in Dublin</a>.*?hosts it", page, re.S)
    assert "/edit" not in page


def test_city_page_says_how_far_a_clock_is_from_the_readers(
    coordinator: FlaskClient, database: Database, network: Network
) -> None:
    with database.transaction() as session:
        make_city(session, "Washington DC")
    assert "5 h behind your clock" in coordinator.get("/network/cities/washington-dc").text
    assert "1 h ahead of your clock" in coordinator.get("/network/cities/stockholm").text


def test_contact_sees_own_city_only_and_changes_nothing(contact: FlaskClient, network: Network) -> None:
    assert contact.get("/network/cities/dublin").status_code == 200
    assert contact.get("/network/cities/london").status_code == 404
    assert 'href="/network/cities/london"' not in contact.get("/network/cities").text
    for path in ("cities/new", "cities/dublin/edit", "cities/dublin/end", "people", "people/new"):
        assert contact.get(f"/network/{path}").status_code == 403
        assert contact.post(f"/network/{path}").status_code in {403, 405}


def test_visitor_is_sent_to_sign_in(client: FlaskClient, network: Network) -> None:
    assert client.get("/network/cities").location.startswith("/sign-in")


def test_unknown_city_is_not_found(coordinator: FlaskClient, network: Network) -> None:
    assert coordinator.get("/network/cities/atlantis").status_code == 404


def test_second_city_of_like_name_gets_an_address_of_its_own(
    coordinator: FlaskClient, database: Database, network: Network
) -> None:
    for name in ("New", "Dúblin"):
        assert coordinator.post("/network/cities/new", data=REYKJAVIK | {"name": name}).status_code == 303
    with database.reading() as session:
        slugs = session.exec(select(City.slug).join(Membership).where(Membership.status == "observer")).all()
    assert sorted(slugs) == ["dublin-2", "new-2"]
