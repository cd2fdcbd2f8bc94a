"""Figures without names: of a meeting, of a year, after somebody was erased, and until they are forgotten."""

from datetime import UTC, date, datetime, time

from sqlmodel import Session, select

from exchange.access.standings import standing_of
from exchange.answering.attendance.counts import (
    CityCount,
    YearCount,
    counts_of_sittings,
    counts_of_training,
    counts_of_year,
)
from exchange.attendance.actions import claim, note
from exchange.attendance.drafts import SheetDraft, Unnamed
from exchange.attendance.meetings import Meeting
from exchange.attendance.noting import Noting
from exchange.attendance.queries import meeting_of_sitting, meeting_of_training
from exchange.db import Database
from exchange.models import Attendance, AttendanceSheet, Letter, Person, Presence, TrainingKind
from exchange.personal_data.erasure import erase
from exchange.personal_data.retention import apply, due
from exchange.personal_data.retention_rules import read_retention
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.programme.preparation_profiles import read_profiles
from exchange.settings import CONFIG, Settings, read_toml
from tests.access.routes import ON_SQLITE
from tests.attendance.conftest import AFTER, Event, noted, training_of
from tests.factories import make_cycle
from tests.sign_in import SignIn

RULES = read_retention(CONFIG / "retention.toml")
PROFILES = read_profiles(read_toml(CONFIG / "training.toml"), list(TrainingKind))


def noting(
    session: Session,
    meeting: Meeting,
    settings: Settings,
    by: Person,
    *people: Person,
    unnamed: tuple[Unnamed, ...] = (),
    now: datetime = AFTER,
) -> None:
    """Somebody notes these people, by their addresses."""
    added = {one.email: meeting.presence for one in people}
    draft = SheetDraft(present={}, added=added, unnamed=unnamed, seen=0)
    found = claim(session, meeting, version=1, now=now)
    note(session, found, draft, by=Noting(by, now, settings, PROFILES))


def test_a_year_counts_by_city_and_sector_what_its_reader_may_know_of(
    database: Database, event: Event, settings: Settings
) -> None:
    lena, paul, dora, cora = (event.people[name] for name in ("lena", "paul", "dora", "cora"))
    dublin = event.net.cities["Dublin"].id or 0
    with database.transaction() as session:
        others = (Unnamed(dublin, "fire", Presence.REMOTE, 12),)
        training = meeting_of_training(session, event.id)
        noting(session, training, settings, session.merge(lena), paul, dora, unnamed=others)
        cycle = make_cycle(
            session,
            lead_city=event.net.cities["London"],
            cities=[event.net.cities["Dublin"]],
            sittings=[(time(14), "Europe/London"), (time(9), "Europe/London")],
            starts_on=date(2027, 4, 5),
        )
        first, second = cycle.sittings[0].id or 0, cycle.sittings[1].id or 0
        sitting = meeting_of_sitting(session, first)
        noting(session, sitting, settings, session.merge(lena), paul)
    with database.reading() as session:
        assert counts_of_training(session, event.id) == [
            CityCount("Dublin", 13, 12),
            CityCount("London", 1, 0),
        ]
        assert counts_of_sittings(session, [first, second]) == {first: [CityCount("London", 1, 1)]}
        standing = standing_of(session, session.get_one(Person, cora.id), AFTER)
        assert [
            (one.city, one.sector, one.meetings, one.people)
            for one in counts_of_year(session, 2027, standing)
        ] == [
            ("Dublin", "", 1, 1),
            ("Dublin", "fire", 1, 12),
            ("London", "police", 2, 2),
        ]
        assert counts_of_year(session, 2026, standing) == []
        stranger = standing_of(session, session.get_one(Person, event.people["sid"].id), AFTER)
        assert [one.people for one in counts_of_year(session, 2027, stranger)] == [
            1,
            12,
            1,
        ]  # not the exchange
    with database.transaction() as session:
        training_of(session, event).marking = Marking.RED
    with database.reading() as session:
        london = YearCount(event.net.cities["London"].id or 0, "London", "police", 1, 1)
        assert counts_of_year(session, 2027, standing) == [london]
    with database.transaction() as session:
        board = training_of(session, event)
        board.marking, board.kind = Marking.GREEN, TrainingKind.BOARD_MEETING
    with database.reading() as session:
        assert counts_of_year(session, 2027, standing) == [london], "a meeting of a board is no event"


@ON_SQLITE
def test_who_is_erased_stays_a_count_of_their_city_and_sector(
    database: Database, event: Event, settings: Settings, sign_in: SignIn
) -> None:
    lena, paul = event.people["lena"], event.people["paul"]
    with database.transaction() as session:
        noting(session, meeting_of_training(session, event.id), settings, session.merge(lena), paul)
    with database.transaction() as session:
        person, actor = session.get_one(Person, paul.id), session.get_one(Person, event.people["cora"].id)
        erase(session, person, [], actor=actor, reason="They asked.", settings=settings, now=AFTER)
    assert noted(database) == [("", "London", "police", 1, "in person")]
    browser = sign_in(lena)
    page = browser.get(event.page)
    assert 'value="1"' in page.text
    assert browser.post(event.page, data=event.sent(version=2)).status_code == 409  # it shows his name
    with database.reading() as session:
        assert counts_of_training(session, event.id) == [CityCount("London", 1, 0)]


@ON_SQLITE
def test_attendance_is_forgotten_seven_years_after(
    database: Database, event: Event, settings: Settings
) -> None:
    with database.transaction() as session:
        lena = session.merge(event.people["lena"])
        noting(session, meeting_of_training(session, event.id), settings, lena, event.people["paul"])
    early, late = datetime(2034, 6, 2, tzinfo=UTC), datetime(2034, 6, 5, tzinfo=UTC)
    with database.reading() as session:
        assert due(session, RULES, early).attendance == 0
        assert due(session, RULES, late).attendance == 1
    assert apply(database.transaction, RULES, late).attendance == 1
    with database.reading() as session:
        assert session.exec(select(Attendance)).all() == []
        assert session.exec(select(AttendanceSheet)).all() == []


@ON_SQLITE
def test_who_was_there_is_thanked_once_and_who_was_not_after_all_is_not(
    database: Database, event: Event, settings: Settings, sign_in: SignIn
) -> None:
    """It was 16:30 in London on a Thursday: the letters wait for nobody's morning there."""
    browser = sign_in(event.people["lena"])
    assert browser.post(event.page, data=event.sent("paul", "dora")).status_code == 303
    assert browser.post(event.page, data=event.sent("paul", "sid", version=2, seen=2)).status_code == 303
    with database.reading() as session:
        letters = session.exec(select(Letter).where(Letter.kind == "event thanks")).all()
        told = sorted((one.to_name, str(one.state), one.due_at) for one in letters)
        assert told == [
            ("Dora Dublin", "withdrawn", AFTER),
            ("Paul Police", "queued", AFTER),
            ("Sid Contact", "queued", datetime(2027, 6, 3, 23, tzinfo=UTC)),  # 09:00 on Friday in Sydney
        ]
        assert "Thank you for taking part in “Drone over a stadium”, hosted by London." in letters[0].text
