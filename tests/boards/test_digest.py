"""E11, the digest of a quarter: to whom, when, and nothing in it that its reader may not know."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from exchange.boards import decision_actions
from exchange.boards.digests import send_digests
from exchange.db import Database
from exchange.models import BoardMember, ImprovementAction, Lesson, LessonKind, Letter, Person
from exchange.preferences.actions import stop_programme
from exchange.rules.letters.quarters import quarter_before, quarter_of
from exchange.rules.markings.tlp_labels import Marking
from exchange.settings import Settings
from tests.access.routes import ON_SQLITE
from tests.boards.conftest import Net, a_decision, published
from tests.factories import make_cycle, make_training
from tests.mail.writing.test_compose import compare, words_of

MORNING = datetime(2027, 4, 7, 8, tzinfo=UTC)  # Wednesday after Easter; 10:00 in Stockholm, 18:00 in Sydney
IN_QUARTER = datetime(2027, 2, 12, 9, tzinfo=UTC)


@given(st.dates(date(1999, 1, 1), date(2200, 12, 31)))
def test_quarters_follow_one_another_without_a_gap(on: date) -> None:
    quarter = quarter_of(on)
    before = quarter_before(on)
    assert quarter.holds(on)
    assert before.last_on + timedelta(days=1) == quarter.first_on
    assert 90 <= (quarter.last_on - quarter.first_on).days + 1 <= 92
    assert quarter_of(quarter.last_on) == quarter
    assert before.key != quarter.key


def happened(session: Session, net: Net) -> None:
    """Something of each kind in the first quarter, and as much at TLP:RED, named to the chair."""
    chair = session.get_one(Person, net.chair.id)
    session.get_one(type(net.stockholm), net.stockholm.id)
    for marking in (Marking.AMBER, Marking.RED):
        word = "Secretly" if marking is Marking.RED else "Openly"
        named = [chair.id] if marking is Marking.RED else []
        fields: dict[str, object] = {"marking": marking, "named_ids": named}
        make_cycle(
            session,
            lead_city=net.stockholm,
            cities=[net.sydney],
            starts_on=date(2027, 1, 11),
            title=f"{word} exchanged",
            **fields,
        )
        make_training(
            session,
            host_city=net.stockholm,
            on_local=date(2027, 2, 3),
            starts_local=time(9),
            title=f"{word} trained",
            **fields,
        )
        session.add(
            Lesson(
                kind=LessonKind.RECOMMENDATION,
                title=f"{word} found",
                text="x",
                created_at=IN_QUARTER,
                **fields,
            )
        )
        draft = a_decision(
            net,
            reference=f"{word} D",
            title="decided",
            marking=marking,
            named=(chair.email,) if named else None,
        )
        decision_actions.write_decision(session, draft, by=net.by(IN_QUARTER))
    for due_on, done_at in ((date(2027, 3, 1), IN_QUARTER), (date(2027, 3, 2), None)):
        session.add(
            ImprovementAction(
                marking=Marking.AMBER,
                text="Do it",
                owner_city_id=net.stockholm.id,
                due_on=due_on,
                state="done" if done_at else "open",
                done_at=done_at,
                evidence="A note of it" if done_at else "",
                created_at=IN_QUARTER,
            )
        )
    published(session, net, now=IN_QUARTER - timedelta(days=20))
    session.flush()


def digests(session: Session) -> Sequence[Letter]:
    return session.exec(select(Letter).where(Letter.kind == "board digest").order_by(Letter.id)).all()  # type: ignore[arg-type]


def test_whoever_sits_on_boards_gets_one_digest_a_quarter_that_says_nothing_of_red(
    database: Database, net: Net, settings: Settings
) -> None:
    with database.transaction() as session:
        happened(session, net)
        assert send_digests(session, settings, MORNING) == 3
        assert send_digests(session, settings, MORNING + timedelta(days=1)) == 0
        found = digests(session)
        assert [one.to_name for one in found] == ["Chris Chair", "Mia Member", "Otto Other"]
        for one in found:
            whole = one.subject + one.text + one.html
            assert "Secretly" not in whole
            for words in ("Openly exchanged", "Openly trained", "Openly found", "Openly D decided"):
                assert words in whole, words
            assert "Winter meeting" not in whole  # meetings of boards are no events
        for language, one in zip(("en", "sv"), found, strict=False):
            compare(f"board_digest_{language}", f"To: {one.to_name}\nSubject: {one.subject}\n\n{one.text}")


@ON_SQLITE
def test_its_html_says_the_same(database: Database, net: Net, settings: Settings) -> None:
    with database.transaction() as session:
        happened(session, net)
        send_digests(session, settings, MORNING)
        for one in digests(session):
            text = " ".join(one.text.split())
            for words in words_of(one.html):
                assert words in text or words == one.subject, words


@ON_SQLITE
def test_a_quarter_in_which_nothing_happened_makes_no_letter(
    database: Database, net: Net, settings: Settings
) -> None:
    with database.transaction() as session:
        assert send_digests(session, settings, MORNING) == 0


@ON_SQLITE
def test_it_goes_at_nine_on_the_readers_clock_of_the_new_quarter_and_not_weeks_later(
    database: Database, net: Net, settings: Settings
) -> None:
    """On 31 March at 22:30 UTC the new quarter has begun in Sydney; at 09:00 there it is 22:00 UTC."""
    with database.transaction() as session:
        happened(session, net)
        assert send_digests(session, settings, datetime(2027, 3, 31, 21, tzinfo=UTC)) == 0
        assert send_digests(session, settings, datetime(2027, 3, 31, 22, 30, tzinfo=UTC)) == 1
        assert [one.to_name for one in digests(session)] == ["Mia Member"]
        assert send_digests(session, settings, datetime(2027, 5, 3, 9, tzinfo=UTC)) == 0


@ON_SQLITE
def test_it_goes_to_nobody_whose_seat_is_over_or_who_stopped_letters(
    database: Database, net: Net, settings: Settings
) -> None:
    with database.transaction() as session:
        happened(session, net)
        for seat in session.exec(select(BoardMember).where(BoardMember.person_id == net.other.id)):
            seat.ends_on = date(2027, 3, 31)
        stop_programme(session, session.get_one(Person, net.member.id), how="link", now=IN_QUARTER)
        session.flush()
        send_digests(session, settings, MORNING)
        assert [one.to_name for one in digests(session)] == ["Chris Chair"]


@ON_SQLITE
def test_what_is_held_closely_stands_in_the_digests_of_those_who_may_know(
    database: Database, net: Net, settings: Settings
) -> None:
    with database.transaction() as session:
        draft = a_decision(net, marking=Marking.AMBER_STRICT)  # for its own board
        decision_actions.write_decision(session, draft, by=net.by(IN_QUARTER))
        send_digests(session, settings, MORNING)
        assert [one.to_name for one in digests(session)] == ["Chris Chair", "Mia Member"]
        assert all(one.subject.startswith("[TLP:AMBER+STRICT]") for one in digests(session))
