"""Seats on boards have days, and give their right only between them."""

from datetime import date, timedelta

from sqlmodel import select

from exchange.access.standings import is_in_network, standing_of
from exchange.db import Database
from exchange.models import AuditEntry, BoardMember, Person
from tests.access.routes import ON_SQLITE
from tests.boards.conftest import NOW, Net
from tests.hand_clock import HandClock
from tests.pages import text_of
from tests.sign_in import SignIn


def set_days(database: Database, net: Net, person: Person, first: date | None, last: date | None) -> None:
    with database.transaction() as session:
        seat = session.exec(
            select(BoardMember).where(
                BoardMember.person_id == person.id, BoardMember.board_id == net.board.id
            )
        ).one()
        seat.starts_on, seat.ends_on = first, last


def test_a_seat_gives_its_right_from_its_first_day_to_its_last(database: Database, net: Net) -> None:
    """In Sydney it is Wednesday 13 January at 01:00 UTC+11 when it is still the 12th in London."""
    late = NOW.replace(hour=14)  # 01:00 of the 13th in Sydney
    cases = [
        (None, None, True),
        (date(2027, 1, 13), date(2027, 1, 13), True),
        (date(2027, 1, 14), None, False),
        (None, date(2027, 1, 12), False),
    ]
    for first, last, holds in cases:
        set_days(database, net, net.member, first, last)
        with database.reading() as session:
            person = session.get_one(Person, net.member.id)
            found = standing_of(session, person, late)
            assert bool(found.boards) is holds, (first, last)
            assert found.is_in_network is holds
            on = date(2027, 1, 13)
            listed = session.exec(select(Person.id).where(is_in_network(on))).all()
            assert (person.id in listed) is holds


@ON_SQLITE
def test_days_are_changed_on_a_page_with_an_audit_entry(
    database: Database, net: Net, sign_in: SignIn
) -> None:
    client = sign_in(net.coordinator)
    page = f"/network/boards/{net.board.id}/members/{net.member.id}/days"
    refused = client.post(page, data={"starts_on": "2027-03-01", "ends_on": "2027-02-01"})
    assert (refused.status_code, "It ends before it begins" in text_of(refused)) == (400, True)
    assert client.post(page, data={"ends_on": "0027-02-01"}).status_code == 400
    saved = client.post(page, data={"starts_on": "", "ends_on": "2027-06-30"})
    assert saved.status_code == 303
    assert "until Wed 30 Jun 2027" in text_of(client.get(saved.headers["Location"]))
    with database.reading() as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "set days of seat")).one()
        assert (entry.before, entry.after["to"] if entry.after else "") == (
            {"from": "", "to": ""},
            "2027-06-30",
        )
    assert client.get(f"/network/boards/{net.board.id}/members/{net.lead.id}/days").status_code == 404
    assert sign_in(net.member).get(page).status_code == 403


@ON_SQLITE
def test_who_no_longer_sits_on_a_board_is_shown_as_such(
    database: Database, net: Net, sign_in: SignIn, clock: HandClock
) -> None:
    clock.set(NOW)
    set_days(database, net, net.member, None, NOW.date() - timedelta(days=2))
    client = sign_in(net.coordinator)
    assert "Mia Member" not in text_of(client.get("/governance/boards"))
    assert "does not hold it" in text_of(client.get(f"/governance/boards/{net.board.id}"))
