"""What a cycle's page holds for those who take part, and that it is not there for anybody else."""

from dataclasses import dataclass
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, select

from exchange.cycles import actions, queries
from exchange.cycles.moves import SittingMove
from exchange.db import Database
from exchange.feeds.content.queries import Audience, entries_for
from exchange.models import Cycle, GroupMember, Membership, Role, Sitting
from exchange.rules.access.rings import Ring
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.time.timezones import WallTime
from tests.cycles.conftest import NOW, Net, SignIn, opened
from tests.factories import make_person, stage_plan
from tests.named import name_everybody

PLAN = stage_plan()
TITLE = "Marauding attack on Old Street"
LINK = "https://meet.example.org/secret-room"
NEED_TO_KNOW = [Marking.AMBER, Marking.AMBER_STRICT, Marking.RED]


@dataclass(frozen=True)
class Shown:
    """A published cycle led by Stockholm, with London and the group, whose session has a link."""

    cycle_id: int
    sitting_id: int

    @property
    def address(self) -> str:
        return f"/cycles/{self.cycle_id}"


def published(database: Database, net: Net, marking: Marking) -> Shown:
    with database.transaction() as session:
        cycle = opened(session, net, title=TITLE, marking=marking)
        sitting = next(s for s in cycle.sittings if s.meeting == "session")
        sitting.join_link = LINK
        actions.publish_cycle(session, cycle, plan=PLAN, actor=net.coordinator, now=NOW)
        return Shown(cycle.id or 0, sitting.id or 0)


def end_memberships(session: Session, city_id: int | None) -> None:
    for span in session.exec(select(Membership).where(Membership.city_id == city_id)):
        span.ends_on = date(2026, 10, 31)


@pytest.mark.parametrize("marking", NEED_TO_KNOW)
def test_page_holds_title_times_and_link_for_those_who_take_part(
    database: Database, net: Net, sign_in: SignIn, marking: Marking
) -> None:
    """Letters about a closed exchange lead to its page for title and link: the page of a RED one was not
    there, and no page showed a link."""
    shown = published(database, net, marking)
    with database.transaction() as session:
        of_lead_city = make_person(session, city=net.cities["Stockholm"])
        of_group_only = make_person(session, city=net.cities["Auckland"], roles=[Role.EXPERT])
        session.add(GroupMember(group_id=net.group.id or 0, person_id=of_group_only.id or 0))
        name_everybody(session)
    for person in (of_lead_city, net.expert, of_group_only):
        page = sign_in(person).get(shown.address)
        assert page.status_code == 200, person.name
        assert TITLE in page.text
        assert LINK in page.text
        assert "14:00" in page.text
        assert "History" not in page.text


@pytest.mark.parametrize("marking", [Marking.GREEN, *NEED_TO_KNOW])
def test_page_is_not_there_for_people_who_do_not_take_part(
    database: Database, net: Net, sign_in: SignIn, marking: Marking
) -> None:
    shown = published(database, net, marking)
    browser = sign_in(net.contact)
    for address in (shown.address, "/cycles", "/?year=2027", "/trainings"):
        page = browser.get(address)
        assert page.status_code == (404 if address == shown.address else 200)
        assert TITLE not in page.text
        assert LINK not in page.text


@pytest.mark.parametrize("marking", NEED_TO_KNOW)
def test_feeds_still_show_neither_title_nor_link(database: Database, net: Net, marking: Marking) -> None:
    published(database, net, marking)
    with database.reading() as session:
        of_city = entries_for(session, Audience(Ring.CITY, city_id=net.cities["London"].id))
        of_group = entries_for(session, Audience(Ring.GROUP, group_id=net.group.id))
    assert bool(of_city) is (marking != Marking.RED)
    for entry in [*of_city, *of_group]:
        assert TITLE not in entry.title
        assert LINK not in entry.description


def test_year_leads_to_the_page_of_an_exchange_whose_title_it_withholds(
    database: Database, net: Net, sign_in: SignIn
) -> None:
    """The line of a closed exchange led nowhere, although its page was there for who takes part."""
    shown = published(database, net, Marking.AMBER)
    year = sign_in(net.expert).get("/?year=2027").text
    assert shown.address in year
    assert TITLE not in year


@pytest.mark.parametrize("marking", [Marking.GREEN, *NEED_TO_KNOW])
def test_people_of_a_former_member_lose_the_pages(
    database: Database, net: Net, sign_in: SignIn, marking: Marking
) -> None:
    """A city's feed stopped when it left, but its people could still open every page of its past cycles."""
    shown = published(database, net, marking)
    with database.transaction() as session:
        of_london = make_person(session, city=net.cities["London"])
        name_everybody(session)
    browser = sign_in(of_london)
    assert browser.get(shown.address).status_code == 200
    with database.transaction() as session:
        end_memberships(session, net.cities["London"].id)
    for address in (shown.address, "/cycles", "/?year=2027"):
        page = browser.get(address)
        assert page.status_code == (404 if address == shown.address else 200)
        assert TITLE not in page.text
        assert LINK not in page.text


def test_former_member_still_sees_what_is_for_everybody(
    database: Database, net: Net, sign_in: SignIn
) -> None:
    shown = published(database, net, Marking.CLEAR)
    with database.transaction() as session:
        of_london = make_person(session, city=net.cities["London"])
        end_memberships(session, net.cities["London"].id)
    browser = sign_in(of_london)
    assert browser.get(shown.address).status_code == 200
    assert TITLE in browser.get("/?year=2027").text


def test_link_of_a_sitting_is_entered_where_it_is_moved(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    """Letters said that the link would follow, and there was no field to write it in."""
    with database.transaction() as session:
        cycle = opened(session, net, marking=Marking.CLEAR)
        actions.publish_cycle(session, cycle, plan=PLAN, actor=net.coordinator, now=NOW)
    sitting = next(s for s in cycle.sittings if s.meeting == "session")
    address = f"/cycles/{cycle.id}/sittings/{sitting.id}/move"
    assert 'name="join_link"' in coordinator.get(address).text
    sent = {
        "version": "2",
        "on": sitting.on_local.isoformat(),
        "at": "14:00",
        "time_zone": "Europe/London",
        "minutes": "90",
    }
    refused = coordinator.post(address, data=sent | {"join_link": "http://meet.example.org/x"})
    assert refused.status_code == 400
    assert "begins with https://" in refused.text
    assert coordinator.post(address, data=sent | {"join_link": LINK}).status_code == 303
    assert LINK in coordinator.get(f"/cycles/{cycle.id}").text
    with database.reading() as session:
        saved = session.get_one(Sitting, sitting.id)
        assert (saved.join_link, saved.sequence) == (LINK, 1)
        others = session.exec(select(Sitting).where(Sitting.meeting != "session")).all()
        assert {other.sequence for other in others} == {0}


def test_moving_a_sitting_keeps_its_link(database: Database, net: Net) -> None:
    shown = published(database, net, Marking.GREEN)
    to = SittingMove(WallTime(date(2027, 2, 17), NOW.time().replace(hour=15), "Europe/London"), 90)
    with database.transaction() as session:
        cycle: Cycle = queries.cycle_to_change(session, shown.cycle_id)
        actions.move_sitting(session, cycle, shown.sitting_id, to, plan=PLAN, actor=None, now=NOW)
        assert session.get_one(Sitting, shown.sitting_id).join_link == LINK


def test_expert_of_a_group_elsewhere_sees_its_cycle_on_every_list(
    database: Database, net: Net, sign_in: SignIn
) -> None:
    """An expert of London in a group that takes part saw the cycle under its own list and not on the year."""
    with database.transaction() as session:
        cycle = opened(session, net, title=TITLE, city_ids=frozenset())
        actions.publish_cycle(session, cycle, plan=PLAN, actor=net.coordinator, now=NOW)
    browser = sign_in(net.expert)
    assert TITLE in browser.get("/cycles").text
    year = browser.get("/?year=2027").text
    assert TITLE in year
    assert f"/cycles/{cycle.id}" in year
    assert TITLE not in sign_in(net.contact).get("/?year=2027").text
