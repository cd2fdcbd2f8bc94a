"""A letter leaves only when what it says is so; else who owes the fact hears how many wait for it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlmodel import Session, select

from exchange.db import Database
from exchange.mail.schedule.letter_schedule import planned_for_cycle
from exchange.models import (
    Answer,
    Cycle,
    Invitation,
    Letter,
    LetterState,
    Person,
    Product,
    ProductReviewer,
    ProductVersion,
    Role,
)
from exchange.products.actions import open_review, publish_product
from exchange.products.reviews import agree, comment
from exchange.settings import Settings
from tests.factories import make_person, stage_plan
from tests.mail.letters import all_letters
from tests.mail.programme import EARLY, three_city_cycle
from tests.queueing import queue_due

PLAN = stage_plan()
DRAFT_AT = datetime(2027, 2, 15, 16, tzinfo=UTC)  # Monday of week 6
REVIEW_AT = datetime(2027, 2, 22, 16, tzinfo=UTC)  # Monday of week 7, in working time of all three cities
REMINDED_AT = datetime(2027, 2, 24, 16, tzinfo=UTC)  # Wednesday, two days before the review is due
OUT_AT = datetime(2027, 3, 4, 16, tzinfo=UTC)  # Thursday of week 8
OVER_AT = datetime(2027, 2, 12, 16, tzinfo=UTC)  # the day after the session
SCOPE_AT = datetime(2027, 1, 18, 16, tzinfo=UTC)
INVITING_AT = datetime(2027, 2, 1, 16, tzinfo=UTC)


@pytest.fixture
def cycle(database: Database) -> Cycle:
    with database.transaction() as session:
        made = three_city_cycle(session)
        make_person(session, "Cora Lindt", city=made.lead_city, roles=[Role.COORDINATOR])
        return made


def tick(database: Database, now: datetime) -> list[Letter]:
    """The letters of one tick at a moment."""
    before = {letter.id for letter in all_letters(database)}
    with database.transaction() as session:
        queue_due(session, plan=PLAN, settings=Settings(), now=now)
    return [letter for letter in all_letters(database) if letter.id not in before]


def readers(letters: list[Letter], kind: str) -> set[str]:
    return {letter.to_name for letter in letters if letter.kind == kind}


def write_product(
    session: Session, cycle: Cycle, *, is_in_review: bool = False, is_out: bool = False
) -> None:
    author = session.exec(select(Person)).first()
    assert author
    product = Product(cycle_id=cycle.id, created_at=EARLY)
    product.review_opened_at = REVIEW_AT if is_in_review else None
    if is_out:
        product.published_at, product.published_number, product.published_marking = OUT_AT, 1, "TLP:GREEN"
    session.add(product)
    session.flush()
    session.add(
        ProductVersion(
            product_id=product.id,
            number=1,
            title="Drones",
            marking="TLP:GREEN",
            text="Words",
            person_id=author.id,
            saved_at=EARLY,
        )
    )


CONTACTS = {"Åsa Öberg", "Tom Baker-Lane", "Maria Ruiz"}


@pytest.mark.parametrize("has_draft", [False, True])
def test_no_review_is_asked_for_without_a_draft_in_review(
    database: Database, cycle: Cycle, has_draft: bool
) -> None:
    if has_draft:
        with database.transaction() as session:
            write_product(session, cycle)
    letters = tick(database, REVIEW_AT)
    assert readers(letters, "E8") == set()
    assert readers(letters, "E8-wait") == {"Priya Nair", "Cora Lindt"}
    told = next(letter for letter in letters if letter.kind == "E8-wait")
    assert "3 people wait" in told.subject
    assert "3 people wait for the draft" in told.text
    assert "nobody has opened the review" in told.html
    assert tick(database, REVIEW_AT + timedelta(hours=1)) == []


@pytest.mark.parametrize(
    ("product", "asked"),
    [
        (None, {"Priya Nair"}),
        ({}, {"Priya Nair"}),
        ({"is_in_review": True}, set()),
        ({"is_in_review": True, "is_out": True}, set()),
    ],
    ids=["nothing", "a draft", "a draft in review", "results that are out"],
)
def test_no_draft_is_due_of_who_handed_it_in(
    database: Database, cycle: Cycle, product: dict[str, bool] | None, asked: set[str]
) -> None:
    if product is not None:
        with database.transaction() as session:
            write_product(session, cycle, **product)
    assert readers(tick(database, DRAFT_AT), "E7") == asked


def test_a_draft_that_is_due_is_not_asked_for_once_it_is_in_review(database: Database, cycle: Cycle) -> None:
    with database.transaction() as session:
        write_product(session, cycle)
    tick(database, DRAFT_AT)
    assert waiting(database, "E7") == {"Priya Nair"}
    with database.transaction() as session:
        product, actor = session.exec(select(Product)).one(), session.get_one(Person, 1)
        open_review(session, product.cycle, product, actor=actor, now=DRAFT_AT)
    assert waiting(database, "E7") == set()


def test_a_review_is_asked_for_as_soon_as_there_is_a_draft(database: Database, cycle: Cycle) -> None:
    tick(database, REVIEW_AT)
    with database.transaction() as session:
        write_product(session, cycle, is_in_review=True)
    letters = tick(database, REVIEW_AT + timedelta(days=1))
    assert readers(letters, "E8") == CONTACTS
    assert readers(letters, "E8-wait") == set()


def waiting(database: Database, kind: str) -> set[str]:
    """Who waits for a letter, since the mail server is away."""
    return readers([one for one in all_letters(database) if one.state == LetterState.QUEUED], kind)


def test_what_became_untrue_while_it_waited_is_taken_back(database: Database, cycle: Cycle) -> None:
    """A draft in review was waited for, and results that were out, by letters queued the day before."""
    tick(database, INVITING_AT)
    with database.transaction() as session:
        write_product(session, cycle)
    tick(database, REVIEW_AT)
    assert waiting(database, "E8-wait")
    with database.transaction() as session:
        product, actor = session.exec(select(Product)).one(), session.get_one(Person, 1)
        open_review(session, product.cycle, product, actor=actor, now=REVIEW_AT)
    assert waiting(database, "E8-wait") == set()
    tick(database, REVIEW_AT)
    tick(database, OUT_AT)
    assert waiting(database, "E8") == CONTACTS
    assert waiting(database, "E9-wait")
    with database.transaction() as session:
        product, actor = session.exec(select(Product)).one(), session.get_one(Person, 1)
        publish_product(session, product.cycle, product, plan=PLAN, reason="", actor=actor, now=OUT_AT)
    assert waiting(database, "E8") == waiting(database, "E9-wait") == set()
    assert waiting(database, "E4") == CONTACTS | {"Priya Nair"}  # which says nothing of the product
    tick(database, OUT_AT)
    assert waiting(database, "E9") == CONTACTS | {"Priya Nair"}
    assert waiting(database, "E8") == waiting(database, "E9-wait") == set()


def test_a_reminder_of_a_review_that_waits_is_taken_back_from_who_speaks(
    database: Database, cycle: Cycle
) -> None:
    with database.transaction() as session:
        write_product(session, cycle)
        product, actor = session.exec(select(Product)).one(), session.get_one(Person, 1)
        open_review(session, product.cycle, product, actor=actor, now=REVIEW_AT)
    tick(database, REVIEW_AT)
    tick(database, REMINDED_AT)
    assert waiting(database, "E8-2d") == CONTACTS
    with database.transaction() as session:
        asked = {one.person.name: one for one in session.exec(select(ProductReviewer))}
        agree(session, asked["Åsa Öberg"], seen=1, plan=PLAN, now=REMINDED_AT)
        comment(session, asked["Maria Ruiz"], "A date is wrong.", seen=1, plan=PLAN, now=REMINDED_AT)
    tick(database, REMINDED_AT)
    assert waiting(database, "E8-2d") == {"Tom Baker-Lane"}
    assert waiting(database, "E8") == CONTACTS  # who asked them is no reminder


def test_nobody_is_reminded_of_a_review_that_never_was(database: Database, cycle: Cycle) -> None:
    letters = tick(database, REMINDED_AT)
    assert readers(letters, "E8-2d") == set()


@pytest.mark.parametrize("is_out", [False, True])
def test_results_are_there_only_when_they_are(database: Database, cycle: Cycle, is_out: bool) -> None:
    with database.transaction() as session:
        write_product(session, cycle, is_out=is_out)
    letters = tick(database, OUT_AT)
    assert readers(letters, "E9") == (CONTACTS | {"Priya Nair"} if is_out else set())
    assert readers(letters, "E9-wait") == (set() if is_out else {"Priya Nair", "Cora Lindt"})


def test_thanks_go_to_those_who_said_that_they_come(database: Database, cycle: Cycle) -> None:
    tick(database, INVITING_AT)
    with database.transaction() as session:
        theirs = select(Person.id).where(Person.name == "Maria Ruiz")
        is_hers = Invitation.person_id.in_(theirs) & (Invitation.meeting == "session")  # type: ignore[attr-defined]  # a column
        session.connection().execute(update(Invitation).where(is_hers).values(answer=Answer.ACCEPTED.value))
    assert readers(tick(database, OVER_AT), "E6") == {"Maria Ruiz"}


@pytest.mark.parametrize(
    ("meeting", "now", "letter"), [("scoping_call", SCOPE_AT, "E2"), ("session", INVITING_AT, "E4")]
)
def test_nobody_is_called_to_a_meeting_that_is_not_set(
    database: Database, cycle: Cycle, meeting: str, now: datetime, letter: str
) -> None:
    with database.transaction() as session:
        found = session.get_one(Cycle, cycle.id)
        found.sittings = [one for one in found.sittings if one.meeting != meeting]
    letters = tick(database, now)
    assert readers(letters, letter) == set()
    assert readers(letters, f"{letter}-wait") == {"Cora Lindt"}


def test_what_waits_for_a_fact_counts_as_planned_before_its_day(database: Database, cycle: Cycle) -> None:
    """A draft may be there by then: pages of what goes out next show it."""
    with database.reading() as session:
        kinds = {
            one.kind
            for one in planned_for_cycle(session, session.get_one(Cycle, cycle.id), plan=PLAN, now=EARLY)
        }
    assert {"E6", "E8", "E8-2d", "E9"} <= kinds
    assert not any(kind.endswith("-wait") for kind in kinds)
