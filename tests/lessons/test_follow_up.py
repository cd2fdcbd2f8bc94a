"""What an exchange and the next event show of actions, what the desk says, and the letter E10."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, select

from exchange.db import Database
from exchange.follow_up.progress import ProgressDraft, set_progress
from exchange.follow_up.queries import duties_between
from exchange.lessons.action_changes import edit_action, followed_action, update_action
from exchange.lessons.actions import edit_lesson
from exchange.lessons.drafts import ActionDraft, UpdateDraft
from exchange.lessons.letters import tell_owners
from exchange.mail.outbox.withdrawals import withdraw_outdated
from exchange.models import (
    ActionState,
    City,
    Cycle,
    Headway,
    ImprovementAction,
    Lesson,
    Letter,
    LetterState,
    Person,
    Product,
)
from exchange.preferences.actions import stop_programme
from exchange.rules.duties.duty import Role
from exchange.rules.markings.tlp_labels import Marking
from exchange.settings import Settings
from tests.access.routes import ON_SQLITE
from tests.factories import make_cycle, make_training
from tests.hand_clock import HandClock
from tests.lessons.conftest import DUE, NOW, Net, a_draft, an_action
from tests.mail.writing.test_compose import compare, words_of
from tests.pages import text_of
from tests.sign_in import SignIn

STARTS_ON = date(2027, 1, 4)  # eight weeks to 28 Feb; the follow-up is the week of 22 Mar
SATURDAY = datetime(2027, 3, 13, 3, tzinfo=NOW.tzinfo)
FOLLOW_UP = datetime(2027, 3, 24, 9, tzinfo=NOW.tzinfo)


@dataclass(frozen=True)
class Exchange:
    """An exchange of London and Stockholm with a finding and an action of Carl's, and its product out."""

    cycle_id: int
    action_id: int
    page: str


def make_exchange(database: Database, net: Net, *, is_out: bool = True, **fields: object) -> Exchange:
    with database.transaction() as session:
        theme = session.get_one(type(net.theme), net.theme.id)
        cities = [session.get_one(City, city.id) for city in (net.stockholm, net.sydney)]
        cycle = make_cycle(
            session,
            lead_city=session.get_one(City, net.london.id),
            cities=cities,
            theme=theme,
            starts_on=STARTS_ON,
            **fields,
        )
        session.get_one(Lesson, net.lesson_id).cycle_id = cycle.id
        if is_out:
            out = Product(cycle_id=cycle.id, created_at=NOW, published_at=NOW, published_number=1)
            session.add(out)
        action = an_action(session, net)
        return Exchange(cycle.id or 0, action.id or 0, f"/cycles/{cycle.id}")


@pytest.fixture
def exchange(database: Database, net: Net) -> Exchange:
    return make_exchange(database, net)


def finish(database: Database, net: Net, action_id: int) -> None:
    with database.transaction() as session:
        found = followed_action(session, action_id, net.by)
        done = UpdateDraft(ActionState.DONE, evidence="The list hangs in the room.")
        update_action(session, found, done, by=net.by)


def tell(database: Database, settings: Settings, now: datetime = NOW) -> int:
    with database.transaction() as session:
        return tell_owners(session, settings, now)


def letters(database: Database) -> list[Letter]:
    with database.reading() as session:
        return list(session.exec(select(Letter).order_by(Letter.id)).all())  # type: ignore[arg-type]  # SQLModel types columns as their values


def test_the_page_of_an_exchange_shows_its_actions_and_in_the_follow_up_what_it_is_for(
    sign_in: SignIn, clock: HandClock, database: Database, net: Net, exchange: Exchange
) -> None:
    before = text_of(sign_in(net.coordinator).get(exchange.page))
    assert "0 of 1 action is done, verified or declined." in before
    assert "This is the time of" not in before
    clock.set(FOLLOW_UP)
    coordinator = sign_in(net.coordinator)
    during = text_of(coordinator.get(exchange.page))
    assert "This is the time of “Follow-up on actions”" in during
    assert "Write the call-out list anew" in during
    finish(database, net, exchange.action_id)
    assert "1 of 1 action is done, verified or declined." in text_of(coordinator.get(exchange.page))


@ON_SQLITE
def test_a_stage_that_looks_at_actions_is_late_only_while_one_is_open(
    sign_in: SignIn, clock: HandClock, database: Database, net: Net, exchange: Exchange
) -> None:
    def state_of_follow_up() -> str:
        page = text_of(coordinator.get(exchange.page))
        return page.split("Follow-up on actions Owners of actions", 1)[1][:60]

    clock.set(FOLLOW_UP + timedelta(days=14))
    coordinator = sign_in(net.coordinator)
    assert "Overdue" in state_of_follow_up()
    finish(database, net, exchange.action_id)
    assert "Overdue" not in state_of_follow_up()
    assert "Done" in state_of_follow_up()


def test_the_next_event_of_the_theme_shows_what_the_last_one_left_open(
    coordinator: FlaskClient, contact: FlaskClient, database: Database, net: Net
) -> None:
    with database.transaction() as session:
        london = session.get_one(City, net.london.id)
        events = [
            make_training(
                session, host_city=london, title=title, on_local=on, theme_id=theme, cities=[london]
            ).id
            for title, on, theme in (
                ("Spring exercise", date(2027, 3, 4), net.theme.id),
                ("Autumn exercise", date(2027, 9, 2), net.theme.id),
                ("Another theme", date(2027, 9, 9), None),
            )
        ]
        lesson = session.get_one(Lesson, net.lesson_id)
        lesson.training_id = events[0]
        action_id = an_action(session, net).id or 0
    for browser in (coordinator, contact):
        spring, autumn, other = (text_of(browser.get(f"/trainings/{one}")) for one in events)
        assert "Write the call-out list anew" in spring
        assert "Still open from Spring exercise" in autumn
        assert "Write the call-out list anew" in autumn
        assert "Write the call-out list anew" not in other
    finish(database, net, action_id)
    assert "Still open" not in text_of(coordinator.get(f"/trainings/{events[1]}"))


def test_owners_are_told_of_their_actions_once_when_the_product_is_out(
    database: Database, settings: Settings, net: Net
) -> None:
    made = make_exchange(database, net, is_out=False)
    assert tell(database, settings) == 0
    with database.transaction() as session:
        out = Product(cycle_id=made.cycle_id, created_at=NOW, published_at=NOW, published_number=1)
        session.add(out)
        an_action(session, net, owner_city_id=net.london.id, text="Agree it with the hospitals")
    assert tell(database, settings) == 2  # Carl of his own, Lena of her city's
    assert tell(database, settings) == 0
    assert {one.to_name: one.kind for one in letters(database)} == {
        "Carl": "your actions",
        "Lena": "your actions",
    }
    assert "/action/" in letters(database)[0].text
    with database.transaction() as session:
        an_action(session, net, text="Call the harbour, too")
    assert tell(database, settings) == 1
    assert "Write the call-out list anew" not in letters(database)[-1].text


@ON_SQLITE
def test_who_coordinates_gets_no_letter_of_what_nobody_owns(
    database: Database, settings: Settings, net: Net, exchange: Exchange
) -> None:
    with database.transaction() as session:
        for person in (net.contact, net.lead):
            session.get_one(Person, person.id).is_active = False
    assert tell(database, settings) == 0
    assert letters(database) == []


@ON_SQLITE
def test_a_letter_waits_for_a_decent_hour_of_its_reader(
    database: Database, settings: Settings, net: Net, exchange: Exchange
) -> None:
    assert tell(database, settings, SATURDAY) == 1
    assert letters(database)[0].due_at == datetime(2027, 3, 15, 9, tzinfo=NOW.tzinfo)


Change = Callable[[Session, Net, Exchange], None]


def declined(session: Session, net: Net, made: Exchange) -> None:
    found = followed_action(session, made.action_id, net.by)
    update_action(session, found, UpdateDraft(ActionState.DECLINED, note="We merged it."), by=net.by)


def given_to_the_city(session: Session, net: Net, made: Exchange) -> None:
    draft = ActionDraft("Write the call-out list anew", DUE, owner_city_id=net.london.id)
    edit_action(session, followed_action(session, made.action_id, net.by), draft, by=net.by)


def withdrawn(session: Session, net: Net, made: Exchange) -> None:
    session.exec(select(Product)).one().withdrawn_at = NOW


def postponed(session: Session, net: Net, made: Exchange) -> None:
    session.get_one(Cycle, made.cycle_id).postponed_at = NOW


def stopped(session: Session, net: Net, made: Exchange) -> None:
    stop_programme(session, session.get_one(Person, net.contact.id), how="page", now=NOW)


def left(session: Session, net: Net, made: Exchange) -> None:
    session.get_one(Person, net.contact.id).is_active = False


@pytest.mark.parametrize("change", [declined, given_to_the_city, withdrawn, postponed, stopped, left])
@ON_SQLITE
def test_a_letter_that_waits_is_taken_back_when_what_it_tells_is_so_no_more(
    database: Database, settings: Settings, net: Net, exchange: Exchange, change: Change
) -> None:
    """It waited from Saturday to Monday, and said then of what was declined that it was its reader's."""
    assert tell(database, settings, SATURDAY) == 1
    with database.transaction() as session:
        change(session, net, exchange)
    for _ in range(2):
        tell(database, settings, SATURDAY)
        with database.transaction() as session:
            withdraw_outdated(session)
        assert letters(database)[0].state == LetterState.WITHDRAWN
    waiting = [one.to_name for one in letters(database) if one.state == LetterState.QUEUED]
    assert waiting == (["Lena"] if change is given_to_the_city else [])


@ON_SQLITE
def test_a_letter_that_waits_says_what_is_so_and_nothing_of_what_became_red(
    database: Database, settings: Settings, net: Net, exchange: Exchange
) -> None:
    """It kept its words: a finding raised to TLP:RED on Saturday was in a letter of Monday."""
    assert tell(database, settings, SATURDAY) == 1
    with database.transaction() as session:
        lesson = session.get_one(Lesson, net.lesson_id)
        red = a_draft(cycle_id=exchange.cycle_id, marking=Marking.RED, named=(net.contact.email,))
        edit_lesson(session, lesson, red, reason="", by=net.by)
    assert letters(database)[0].state == LetterState.WITHDRAWN  # at once: no tick comes between
    assert tell(database, settings, SATURDAY) == 1
    assert tell(database, settings, SATURDAY) == 0
    (letter,) = letters(database)
    assert (letter.state, letter.due_at) == (LetterState.QUEUED, datetime(2027, 3, 15, 9, tzinfo=NOW.tzinfo))
    assert "call-out" not in letter.subject + letter.text + letter.html


@ON_SQLITE
def test_an_action_given_away_and_back_is_told_once_more_and_once_only(
    database: Database, settings: Settings, net: Net, exchange: Exchange
) -> None:
    def give_back() -> None:
        with database.transaction() as session:
            draft = ActionDraft("Write the call-out list anew", DUE, owner=net.contact.email)
            edit_action(session, followed_action(session, exchange.action_id, net.by), draft, by=net.by)

    def give_away() -> None:
        with database.transaction() as session:
            given_to_the_city(session, net, exchange)

    tell(database, settings, SATURDAY)
    give_away()
    give_back()
    assert tell(database, settings, SATURDAY) == 1  # the one that waited, no second one
    with database.transaction() as session:
        session.exec(select(Letter)).one().state = LetterState.SENT
    give_away()
    assert tell(database, settings, NOW + timedelta(days=7)) == 1
    give_back()
    assert tell(database, settings, NOW + timedelta(days=7)) == 1
    assert [(one.to_name, one.state) for one in letters(database)] == [
        ("Carl", LetterState.SENT),
        ("Lena", LetterState.WITHDRAWN),
        ("Carl", LetterState.QUEUED),
    ]


def test_letters_of_actions_read_as_their_golden_files(
    database: Database, settings: Settings, net: Net
) -> None:
    """At TLP:RED they name neither the exchange nor an action, and no link opens by itself."""
    fixed = settings.model_copy(update={"base_url": "https://exchange.example.org"})
    made = make_exchange(database, net, title="Strategic coordination")
    with database.transaction() as session:
        an_action(session, net, text="Ask the hospitals who is on call", due_on=DUE + timedelta(days=7))
    assert tell(database, fixed) == 1
    with database.transaction() as session:
        lesson, cycle = session.get_one(Lesson, net.lesson_id), session.get_one(Cycle, made.cycle_id)
        lesson.marking, lesson.named_ids = Marking.RED, [net.contact.id or 0]
        for one in session.exec(select(ImprovementAction)):
            one.told_at = None
        first = session.exec(select(Letter)).one()
        first.once_key, first.state = "another", LetterState.SENT
        assert cycle.marking == Marking.GREEN
    assert tell(database, fixed) == 1
    for name, letter in zip(("amber", "red"), letters(database), strict=True):
        text = letter.text
        for token in {word.rsplit("/", 1)[1] for word in text.split() if "/action/" in word}:
            text = text.replace(token, "...")
        compare(f"your_actions_{name}", f"To: {letter.to_name}\nSubject: {letter.subject}\n\n{text}")
        assert words_of(letter.html) == letter.text.split()
    assert "call-out" not in letters(database)[1].subject + letters(database)[1].text


def test_the_desk_has_actions_and_reviews_of_progress(
    contact: FlaskClient, sign_in: SignIn, database: Database, net: Net, action_id: int
) -> None:
    assert "Write the call-out list anew" in text_of(contact.get("/desk"))
    assert f"/actions/{action_id}" in contact.get("/desk").text
    with database.transaction() as session:
        lesson, london = session.get_one(Lesson, net.lesson_id), session.get_one(City, net.london.id)
        draft = ProgressDraft(Headway.CONSIDERING, review_on=date(2027, 3, 15))
        set_progress(session, lesson, london, draft, version=0, by=net.by)
    lead = sign_in(net.lead)
    assert "Say how far London is with it" in text_of(lead.get("/desk"))
    assert f"{net.page}/cities/{net.london.id}" in lead.get("/desk").text


@ON_SQLITE
def test_duties_lie_between_the_days_and_nothing_finished_is_one(
    database: Database, net: Net, action_id: int
) -> None:
    def owed(session: Session, first: date, last: date) -> list[tuple[str, Role]]:
        return [(one.duty.key, one.duty.owner.role) for one in duties_between(session, first, last, NOW)]

    with database.reading() as session:
        assert owed(session, DUE, DUE) == [(f"action:{action_id}:due", Role.PERSON)]
        assert owed(session, DUE - timedelta(days=9), DUE - timedelta(days=1)) == []
        assert owed(session, DUE + timedelta(days=1), DUE + timedelta(days=9)) == []
    finish(database, net, action_id)
    with database.reading() as session:
        assert owed(session, DUE, DUE) == []


@ON_SQLITE
def test_a_coordinator_who_is_not_named_finds_nothing_of_tlp_red_on_their_desk(
    coordinator: FlaskClient, database: Database, net: Net, action_id: int
) -> None:
    with database.transaction() as session:
        lesson = session.get_one(Lesson, net.lesson_id)
        lesson.marking, lesson.named_ids = Marking.RED, [net.other.id or 0]
    assert "call-out" not in coordinator.get("/desk").text
    assert coordinator.get(f"/actions/{action_id}").status_code == 404
