"""Coverage: who took part in which theme, by notes or by the programme, and who is told of it."""

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session

from exchange.db import Database
from exchange.models import Role, Theme
from tests.factories import make_cycle, make_person, make_theme, make_training
from tests.pages import text_of
from tests.records.conftest import Net, note
from tests.sign_in import SignIn
from tests.statements import statements_for

PAGE = "/themes/coverage"
NEVER = "never yet"


def an_event(session: Session, net: Net, on: date, **fields: object) -> object:
    values: dict[str, object] = {"host_city": net.london, "cities": [net.sydney], "marking": "TLP:AMBER"}
    return make_training(session, on_local=on, theme_id=net.theme.id, **(values | fields))  # type: ignore[arg-type]  # a test's own keywords


def row_of(page: str, city: str) -> str:
    """What the page says of a city, from its name to the next one's."""
    rest = page[page.index("By city, with all years") :]
    start = rest.index(f"{city}:") if f"{city}:" in rest else rest.index(f"{city} (your city)")
    ends = [
        rest.index(f"{other}:", start + 1)
        for other in ("Dublin", "London", "Stockholm", "Sydney")
        if f"{other}:" in rest[start + 1 :]
    ]
    return rest[start : min(ends, default=len(rest))]


@pytest.mark.parametrize("who", ["board", "coordinator"])
def test_story_33_a_city_without_a_part_for_24_months_is_marked_in_words(
    request: pytest.FixtureRequest, database: Database, net: Net, who: str
) -> None:
    with database.transaction() as session:
        an_event(session, net, date(2025, 2, 20))
        an_event(session, net, date(2024, 5, 20))
        an_event(session, net, date(2026, 5, 20), cities=[net.stockholm])
    page = text_of(request.getfixturevalue(who).get(PAGE))
    assert "2024: 1, 2025: 1 no part for 24 months , last in February 2025" in row_of(page, "Sydney")
    assert "2024: 1, 2025: 1, 2026: 1" in row_of(page, "London")
    assert "no part" not in row_of(page, "London").partition("Theme")[2]
    assert NEVER in row_of(page, "Dublin")
    assert "no part in 1 theme for 24 months" in row_of(page, "Dublin")


def test_an_auditor_sees_it_and_a_citys_people_their_own_row(
    sign_in: SignIn, contact: FlaskClient, database: Database, net: Net
) -> None:
    with database.transaction() as session:
        an_event(session, net, date(2026, 5, 20))
        finance = make_person(session, "Fay", city=net.dublin, roles=[Role.FINANCE_CONTACT])
    assert NEVER in row_of(text_of(sign_in(net.auditor).get(PAGE)), "Dublin")
    own = text_of(contact.get(PAGE))
    assert "2026: 1" in row_of(own, "Sydney")
    assert not any(city in own for city in ("London", "Dublin"))
    assert sign_in(finance).get(PAGE).status_code == 404


def test_who_was_there_counts_before_who_was_invited(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    with database.transaction() as session:
        event = make_training(
            session,
            host_city=net.london,
            cities=[net.sydney],
            on_local=date(2026, 5, 20),
            theme_id=net.theme.id,
        )
        note(session, event, net.dublin, 3)
        cycle = make_cycle(
            session,
            lead_city=net.stockholm,
            cities=[net.sydney],
            theme=session.get_one(Theme, net.theme.id),
            starts_on=date(2026, 8, 3),
        )
        note(session, cycle, net.dublin, 2, remote=2)
    page = text_of(coordinator.get(PAGE))
    assert "2026: 2" in row_of(page, "Dublin")
    assert "2026: 1" in row_of(page, "London"), "who hosts took part"
    assert "2026: 1" in row_of(page, "Stockholm"), "who leads took part"
    assert NEVER in row_of(page, "Sydney"), "it was invited, and nobody of it came"


@pytest.mark.parametrize(
    "fields",
    [
        {"marking": "TLP:RED"},
        {"is_published": False},
        {"on_local": date(2027, 3, 9)},
        {"kind": "board meeting"},
    ],
)
def test_what_is_red_a_draft_to_come_or_no_training_is_not_counted(
    coordinator: FlaskClient, database: Database, net: Net, fields: dict[str, object]
) -> None:
    with database.transaction() as session:
        values: dict[str, object] = {"on_local": date(2026, 5, 20), "theme_id": net.theme.id}
        make_training(session, host_city=net.london, **(values | fields))  # type: ignore[arg-type]  # a test's own keywords
    assert "Nothing to show yet" in text_of(coordinator.get(PAGE))


def test_a_board_is_told_nothing_of_what_is_for_those_invited_alone(
    board: FlaskClient, coordinator: FlaskClient, database: Database, net: Net
) -> None:
    with database.transaction() as session:
        an_event(session, net, date(2026, 5, 20), marking="TLP:AMBER+STRICT")
        an_event(session, net, date(2026, 6, 20))
    assert "2026: 1" in row_of(text_of(board.get(PAGE)), "Sydney")
    assert "2026: 2" in row_of(text_of(coordinator.get(PAGE)), "Sydney")


def test_an_event_for_all_members_counts_for_each_member_of_its_day(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    with database.transaction() as session:
        an_event(session, net, date(2026, 5, 20), cities=[])
    page = text_of(coordinator.get(PAGE))
    assert all("2026: 1" in row_of(page, city) for city in ("Dublin", "London", "Stockholm", "Sydney"))


def test_the_picture_says_the_same_and_themes_without_anything_are_named(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    with database.transaction() as session:
        an_event(session, net, date(2026, 5, 20))
        make_theme(session, "Nobody's theme")
    answer = coordinator.get(PAGE)
    assert answer.text.count("<rect") == 4
    assert answer.text.count('<rect class="shade-1"') == 2
    assert "Nothing was held yet about" in text_of(answer)
    assert "Nobody's theme" in text_of(answer)


def test_many_events_take_as_many_statements_as_one(
    coordinator: FlaskClient, database: Database, net: Net
) -> None:
    with database.transaction() as session:
        an_event(session, net, date(2026, 5, 20))
        make_cycle(
            session,
            lead_city=net.london,
            theme=session.get_one(Theme, net.theme.id),
            starts_on=date(2026, 1, 5),
        )
    first = statements_for(coordinator, PAGE)
    with database.transaction() as session:
        for month in range(1, 12):
            theme = make_theme(session)
            an_event(session, net, date(2025, month, 20))
            make_training(session, host_city=net.dublin, on_local=date(2025, month, 2), theme_id=theme.id)
            make_cycle(session, lead_city=net.london, theme=theme, starts_on=date(2025, 1, 6))
    assert statements_for(coordinator, PAGE) == first
