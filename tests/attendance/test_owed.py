"""When nobody notes who was there, it stands on the desk of the host city and of coordinators."""

from datetime import UTC, datetime, time

from exchange.db import Database
from tests.access.routes import ON_SQLITE
from tests.attendance.conftest import BEFORE, Event
from tests.factories import make_cycle
from tests.hand_clock import HandClock
from tests.pages import text_of
from tests.sign_in import SignIn
from tests.statements import statements_for

pytestmark = ON_SQLITE
TUESDAY = datetime(2027, 6, 8, 9, tzinfo=UTC)


def test_host_and_coordinators_are_asked_until_it_is_noted_and_nobody_else(
    event: Event, clock: HandClock, sign_in: SignIn
) -> None:
    clock.set(BEFORE)
    assert "Note who was there" not in text_of(sign_in(event.people["lena"]).get("/desk"))
    clock.set(TUESDAY)
    for name in ("lena", "paul", "cora"):
        desk = sign_in(event.people[name]).get("/desk")
        assert "Note who was there Drone over a stadium" in text_of(desk)
        assert "Mon 7 Jun 2027" in text_of(desk)
        assert f'href="{event.page}"' in desk.text
    assert "Note who was there" not in text_of(sign_in(event.people["dora"]).get("/desk"))
    lena = sign_in(event.people["lena"])
    assert lena.post(event.page, data=event.sent("paul")).status_code == 303
    for name in ("lena", "cora"):
        assert "Note who was there" not in text_of(sign_in(event.people[name]).get("/desk"))


def test_a_sitting_is_noted_on_its_own_page_by_who_speaks_for_the_lead_city(
    database: Database, event: Event, clock: HandClock, sign_in: SignIn
) -> None:
    with database.transaction() as session:
        cycle = make_cycle(
            session,
            lead_city=event.net.cities["Dublin"],
            cities=[event.net.cities["London"]],
            sittings=[(time(14), "Europe/Dublin"), (time(9), "Europe/Dublin")],
            title="Hostile drones",
        )
        first, second = (one.id for one in cycle.sittings)
        held_on = cycle.sittings[0].on_local
    clock.set(datetime(held_on.year, held_on.month, held_on.day, 18, tzinfo=UTC))
    dora = sign_in(event.people["dora"])
    desk = dora.get("/desk")
    assert f'href="/sittings/{first}/attendance"' in desk.text
    assert f'href="/sittings/{second}/attendance"' in desk.text
    page = text_of(dora.get(f"/sittings/{first}/attendance"))
    assert "Nobody was invited by a letter." in page
    assert "from elsewhere" not in page
    sent = {"version": "1", "seen": "0", "added": event.people["paul"].email}
    assert dora.post(f"/sittings/{first}/attendance", data=sent).status_code == 303
    assert f"/sittings/{first}/attendance" not in dora.get("/desk").text
    shown = dora.get(f"/cycles/{cycle.id}")
    assert "Who was there City People From elsewhere London 1 1 Together 1 1" in text_of(shown)
    assert "Nobody has noted it yet." in text_of(shown)
    london = sign_in(event.people["lena"])
    assert "London 1 1 Together 1 1" in text_of(london.get(f"/cycles/{cycle.id}"))
    assert london.get(f"/sittings/{first}/attendance").status_code == 404


def test_a_desk_of_many_meetings_asks_no_more_statements(
    database: Database, event: Event, clock: HandClock, sign_in: SignIn
) -> None:
    def cycles(count: int) -> None:
        with database.transaction() as session:
            for _ in range(count):
                make_cycle(session, lead_city=event.net.cities["London"])

    clock.set(datetime(2027, 11, 5, 9, tzinfo=UTC))
    browser = sign_in(event.people["lena"])
    cycles(1)
    few = statements_for(browser, "/desk")
    cycles(12)
    assert statements_for(browser, "/desk") == few
