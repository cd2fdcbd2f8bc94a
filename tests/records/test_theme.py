"""A theme's page: its arc by date, what each reader is told of it, and what it costs."""

from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, select

from exchange.db import Database
from exchange.models import (
    Board,
    BoardDecision,
    City,
    ImprovementAction,
    Lesson,
    LessonKind,
    Need,
    NeedsRound,
    Product,
    ProductKind,
    ProductTheme,
    ProductVersion,
    Theme,
)
from exchange.models.themes import TO_BE_CHOSEN
from tests.factories import make_cycle, make_theme, make_training
from tests.pages import text_of
from tests.records.conftest import NOW, Net
from tests.sign_in import SignIn
from tests.statements import statements_for

IN_ORDER = (
    "A need of 2026",
    "Drones over stadiums",
    "What stadiums do about drones",
    "Seminar on drones",
    "Table-top on drones",
    "Say early who leads",
    "Write the call-out list anew",
)


def tell_all(session: Session, net: Net, marking: str = "TLP:AMBER", year: int = 2026) -> None:
    """One of everything about the theme, each a month after the one before."""
    theme_id = net.theme.id or 0
    need(session, net, marking, year)
    cycle = make_cycle(
        session,
        lead_city=net.stockholm,
        cities=[net.sydney],
        theme=session.get_one(Theme, theme_id),
        title="Drones over stadiums",
        starts_on=date(2026, 6, 1),
        marking=marking,
    )
    product(session, net, marking, cycle.id or 0, datetime(2026, 8, 3, 9, tzinfo=UTC))
    for title, kind, on in (
        ("Seminar on drones", "seminar", date(2026, 9, 10)),
        ("Table-top on drones", "table-top", date(2026, 10, 15)),
    ):
        make_training(
            session,
            host_city=net.stockholm,
            cities=[net.sydney],
            kind=kind,
            title=title,
            on_local=on,
            theme_id=theme_id,
            marking=marking,
        )
    lesson = Lesson(
        kind=LessonKind.RECOMMENDATION,
        title="Say early who leads",
        text="Two waited.",
        theme_id=theme_id,
        source="A report",
        marking=marking,
        created_at=datetime(2026, 11, 20, 9, tzinfo=UTC),
    )
    session.add(lesson)
    session.flush()
    session.add(
        ImprovementAction(
            lesson_id=lesson.id,
            text="Write the call-out list anew",
            owner_city_id=net.sydney.id,
            due_on=date(2027, 4, 1),
            created_at=NOW,
        )
    )


def need(session: Session, net: Net, marking: str, year: int) -> None:
    found = NeedsRound(
        year=year,
        opens_on=date(2026, 4, 1),
        closes_on=date(2026, 4, 30),
        city_id=net.stockholm.id or 0,
        marking=marking,
        created_at=NOW,
        opened_at=NOW,
        closed_at=NOW,
        cities=[session.get_one(City, net.sydney.id)],
    )
    session.add(found)
    session.flush()
    session.add(
        Need(
            round_id=found.id or 0,
            theme_id=net.theme.id or 0,
            theme_name=net.theme.name,
            rank=1,
            reason="The widest gap",
            people=9,
            gap="2.5",
            priority="11.0",
            cities=2,
            cities_with_gap=1,
        )
    )


def product(session: Session, net: Net, marking: str, cycle_id: int | None, at: datetime) -> Product:
    found = Product(
        kind=ProductKind.EXCHANGE_NOTE if cycle_id else ProductKind.REPORT,
        cycle_id=cycle_id,
        created_at=at,
        published_at=at,
        published_number=1,
        published_marking=marking,
    )
    found.versions = [
        ProductVersion(
            number=1,
            title="What stadiums do about drones",
            marking=marking,
            text="Text",
            person_id=net.coordinator.id or 0,
            saved_at=at,
        )
    ]
    session.add(found)
    session.flush()
    return found


def places(page: str) -> list[int]:
    return [page.index(title) for title in IN_ORDER]


@pytest.mark.parametrize("who", ["board", "coordinator", "contact"])
def test_story_32_a_theme_shows_its_arc_in_date_order(
    request: pytest.FixtureRequest, database: Database, net: Net, who: str
) -> None:
    with database.transaction() as session:
        tell_all(session, net)
    browser = request.getfixturevalue(who)
    page = text_of(browser.get(f"/themes/{net.theme.id}"))
    assert places(page) == sorted(places(page))
    assert "gap 2.5, priority 11.0, by 9 people; 1 of 2 cities shown had a gap of 2 or more" in page
    assert "Thu 1 Apr 2027" in page, "an action stands on the day it is due"


@pytest.mark.parametrize("marking", ["TLP:AMBER+STRICT", "TLP:RED"])
def test_who_is_not_named_is_told_nothing_of_what_is_held_closely(
    sign_in: SignIn, database: Database, net: Net, marking: str
) -> None:
    with database.transaction() as session:
        tell_all(session, net, "TLP:AMBER+STRICT")
        make_cycle(session, lead_city=net.sydney, theme=session.get_one(Theme, net.theme.id), marking=marking)
    page = text_of(sign_in(net.other).get(f"/themes/{net.theme.id}"))
    assert not any(title in page for title in IN_ORDER)
    assert "Nothing about this theme is open to you" in page


def test_a_product_is_not_found_by_the_theme_of_an_exchange_that_is_not_known(
    sign_in: SignIn, database: Database, net: Net
) -> None:
    with database.transaction() as session:
        theme = session.get_one(Theme, net.theme.id)
        cycle = make_cycle(session, lead_city=net.sydney, theme=theme, marking="TLP:AMBER+STRICT")
        found = product(session, net, "TLP:GREEN", cycle.id, datetime(2026, 8, 3, 9, tzinfo=UTC))
    browser = sign_in(net.other)
    assert "What stadiums do" not in browser.get(f"/themes/{net.theme.id}").text
    with database.transaction() as session:
        session.add(ProductTheme(product_id=found.id or 0, theme_id=net.theme.id or 0))
    assert "What stadiums do" in browser.get(f"/themes/{net.theme.id}").text


def test_drafts_and_what_was_called_off_say_so(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    with database.transaction() as session:
        theme = net.theme.id
        make_training(
            session, host_city=net.london, title="Still a draft", is_published=False, theme_id=theme
        )
        make_training(session, host_city=net.london, title="Called off", cancelled_at=NOW, theme_id=theme)
    page = text_of(coordinator.get(f"/themes/{net.theme.id}"))
    assert "Still a draft TLP" in page
    assert "Draft" in page
    assert "Cancelled" in page


@pytest.mark.parametrize("who", ["board", "coordinator", "contact"])
def test_a_long_arc_takes_as_many_statements_as_a_short_one(
    request: pytest.FixtureRequest, database: Database, net: Net, who: str
) -> None:
    browser = request.getfixturevalue(who)
    with database.transaction() as session:
        tell_all(session, net)
    first = statements_for(browser, f"/themes/{net.theme.id}")
    with database.transaction() as session:
        for year in range(2010, 2020):
            tell_all(session, net, year=year)
    assert statements_for(browser, f"/themes/{net.theme.id}") == first


def test_themes_are_listed_with_the_ways_on_and_the_one_to_be_chosen_is_none(
    contact: FlaskClient, database: Database, net: Net
) -> None:
    with database.transaction() as session:
        none_yet = make_theme(session, "To be chosen", key=TO_BE_CHOSEN)
    page = contact.get("/themes").text
    assert f'href="/themes/{net.theme.id}"' in page
    assert "Sydney in 2027" in page
    assert "To be chosen" not in page
    assert contact.get(f"/themes/{none_yet.id}").status_code == 404
    assert contact.get("/themes/99999").status_code == 404


def test_items_lead_to_the_arc_of_their_theme(
    contact: FlaskClient, coordinator: FlaskClient, database: Database, net: Net
) -> None:
    with database.transaction() as session:
        tell_all(session, net)
    link = f'href="/themes/{net.theme.id}"'
    for browser in (contact, coordinator):
        for path in ("/cycles/1", "/trainings/1", "/findings/1", "/actions/1", "/needs/1"):
            assert link in browser.get(path).text, path
    assert link in coordinator.get("/network/themes").text


@pytest.mark.parametrize("marking", ["TLP:GREEN", "TLP:RED"])
def test_a_theme_tells_its_strategies_and_the_decisions_about_it(
    database: Database, net: Net, board: FlaskClient, coordinator: FlaskClient, marking: str
) -> None:
    with database.transaction() as session:
        theme = session.get_one(Theme, net.theme.id)
        theme.strategies = "Sendai Framework"
        for reference, themes in (("ADD2634", [theme]), ("ADD2635", [])):
            decision = BoardDecision(
                reference=reference,
                title=f"{reference} in words",
                decided_on=date(2026, 11, 20),
                board_id=session.exec(select(Board.id)).one() or 0,
                marking=marking,
                named_ids=[net.board.id] if marking == "TLP:RED" else [],
                created_at=NOW,
            )
            decision.themes = themes
            session.add(decision)
    shown = text_of(board.get(f"/themes/{net.theme.id}"))
    assert "Strategies it serves Sendai Framework" in shown
    assert "Decision ADD2634 ADD2634 in words" in shown
    assert "ADD2635" not in shown
    assert ("ADD2634" in text_of(coordinator.get(f"/themes/{net.theme.id}"))) is (marking != "TLP:RED")
