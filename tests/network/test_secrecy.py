"""What a contact or an expert may not know stands on no page of the network, whatever its marking."""

import html

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, select

from exchange.db import Database
from exchange.models import City, Cycle, Person, Role, TrainingEvent
from exchange.rules.markings.tlp_labels import Marking
from tests.factories import make_cycle, make_person, make_training
from tests.network.conftest import Network
from tests.pages import text_of
from tests.sign_in import SignIn

DRAFT, PUBLISHED = "unfinished", "announced"
NEUTRAL = {Marking.AMBER, Marking.AMBER_STRICT}  # told by their time and their marking alone
OTHERS_SECRETS = [marking for marking in Marking if marking is not Marking.CLEAR]
PAGES = ("/", "/cycles", "/trainings", "/feeds", "/network/cities", "/network/cities/dublin")


def title(what: str, marking: Marking, state: str) -> str:
    return f"{what} {marking.name.lower().replace('_', '-')} {state}"


TITLES = [
    (what, marking, state)
    for what in ("exchange", "tabletop", "visit")
    for marking in Marking
    for state in (DRAFT, PUBLISHED)
]


@pytest.fixture
def programme(database: Database, network: Network) -> None:
    """Dublin leads, contributes to and hosts one of each marking, drafts and published."""
    with database.transaction() as session:
        dublin, london = (session.get_one(City, city.id) for city in (network.dublin, network.london))
        for marking in Marking:
            for state in (DRAFT, PUBLISHED):
                _plan(session, dublin, london, marking, state)
            elsewhere = title("elsewhere", marking, PUBLISHED)
            make_cycle(session, lead_city=london, title=elsewhere, marking=marking)
        for about in [*session.exec(select(Cycle)), *session.exec(select(TrainingEvent))]:
            about.named_ids = [network.coordinator.id or 0]


def _plan(session: Session, dublin: City, london: City, marking: Marking, state: str) -> None:
    is_published = state == PUBLISHED
    for what, lead, others in (("exchange", dublin, []), ("visit", london, [dublin])):
        make_cycle(
            session,
            lead_city=lead,
            cities=others,
            title=title(what, marking, state),
            marking=marking,
            is_published=is_published,
        )
    make_training(
        session,
        host_city=dublin,
        title=title("tabletop", marking, state),
        place="Vault",
        marking=marking,
        is_published=is_published,
    )


@pytest.mark.usefixtures("programme")
def test_contact_reads_on_the_city_page_what_the_citys_feed_shows(contact: FlaskClient) -> None:
    """The page of a contact's city named every title: drafts, AMBER, AMBER+STRICT and RED."""
    answer = contact.get("/network/cities/dublin")
    shown = {one for one in TITLES if title(*one) in html.unescape(answer.text)}
    assert shown == {
        (what, marking, PUBLISHED)
        for what in ("exchange", "tabletop", "visit")
        for marking in (Marking.CLEAR, Marking.GREEN)
    }
    assert text_of(answer).count("CTPN event") == 3 * len(NEUTRAL)
    assert "TLP:RED" not in answer.text


@pytest.mark.usefixtures("programme")
def test_planner_reads_everything_on_the_city_page(coordinator: FlaskClient) -> None:
    page = html.unescape(coordinator.get("/network/cities/dublin").text)
    assert [one for one in TITLES if title(*one) not in page] == []
    assert page.count(">Draft<") == len(TITLES) // 2


@pytest.mark.usefixtures("programme")
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("who", ["contact", "expert"])
def test_drafts_and_what_others_do_stand_on_no_page(
    page: str, who: str, sign_in: SignIn, database: Database, network: Network
) -> None:
    with database.transaction() as session:
        expert = make_person(session, city=network.dublin, roles=[Role.EXPERT])
    person: Person = network.contact if who == "contact" else expert
    answer = sign_in(person).get(page)
    assert answer.status_code == (404 if who == "expert" and page.endswith("/dublin") else 200)
    told = html.unescape(answer.text)
    assert [one for one in TITLES if one[2] == DRAFT and title(*one) in told] == []
    assert [one for one in OTHERS_SECRETS if title("elsewhere", one, PUBLISHED) in told] == []


@pytest.mark.usefixtures("programme")
def test_every_link_of_the_city_page_opens_for_the_contact(contact: FlaskClient) -> None:
    page = contact.get("/network/cities/dublin").text
    section = page[page.index('id="part-title"') : page.index('id="people-title"')]
    links = [part.partition('"')[0] for part in section.split('href="')[1:]]
    assert len(links) == 7
    assert [link for link in links if contact.get(link).status_code != 200] == []
