"""The page that a duty leads to: whoever owes something may open it, under every marking."""

from datetime import date, timedelta

from flask import Flask
from sqlmodel import Session, col, select

from exchange.db import Database
from exchange.duties.listed import Listed, Plans, Window
from exchange.duties.owing import reader_of
from exchange.duties.sources import KINDS, duties_within, owed_by
from exchange.models import (
    Agreement,
    AgreementPayer,
    Ask,
    AskAddressee,
    AskParty,
    BoardMeeting,
    City,
    Contribution,
    Cycle,
    ExpertGroup,
    FindingsRound,
    Invitation,
    LessonProgress,
    Nomination,
    Person,
    Product,
    ProductKind,
    ProductReviewer,
    ProductVersion,
    StandingDocument,
    TrainingEvent,
    TrainingKind,
)
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.programme.preparation_profiles import read_profiles
from exchange.settings import ROOT, read_toml
from tests.access.routes import ON_SQLITE, browsers
from tests.access.world import NOW, World
from tests.factories import make_training, stage_plan
from tests.sign_in import SignIn

pytestmark = ON_SQLITE
DAYS = timedelta(days=70)
PLANS = Plans(stage_plan(), read_profiles(read_toml(ROOT / "config/training.toml"), list(TrainingKind)))


def test_whoever_owes_something_may_open_its_page(
    app: Flask, database: Database, world: World, sign_in: SignIn
) -> None:
    with database.transaction() as session:
        for marking in Marking:
            owe_more(session, world, marking)
        owe_of_governing(session)
    owed = owed_by_person(database, world)
    assert {one.kind for listed in owed.values() for one in listed} == set(KINDS)
    refused: list[str] = []
    everybody = browsers(world, database, app, sign_in)
    routes = app.url_map.bind("localhost")
    for name, listed in owed.items():
        pages: dict[str, str] = {}
        for one in listed:
            path, _, place = one.path.partition("#")
            if path not in pages:
                routes.match(path, method="GET")  # raises NotFound for what is no page
                answer = everybody[name].get(path)
                pages[path] = answer.text
                refused += [f"{name} at {path}: {answer.status}"] if answer.status_code != 200 else []
            assert not place or f'id="{place}"' in pages[path], one.path
    assert refused == []


def owed_by_person(database: Database, world: World) -> dict[str, list[Listed]]:
    """What everybody of the world owes, by who they are."""
    people = frozenset(world.people.values())
    around = Window(NOW.date() - DAYS, NOW.date() + DAYS, NOW, PLANS, people=people)
    with database.reading() as session:
        listed = duties_within(session, around)
        readers = {name: reader_of(session, world.standings[name]) for name in world.people}
    return {name: owed_by(reader, listed, NOW) for name, reader in readers.items()}


def owe_more(session: Session, world: World, marking: Marking) -> None:
    """Under one marking, what the world has not: a meeting held, questions, reviews, a colleague named."""
    people = {name: session.get_one(Person, one) for name, one in world.people.items()}
    coming = session.exec(
        select(TrainingEvent).where(
            TrainingEvent.marking == marking, col(TrainingEvent.published_at).is_not(None)
        )
    ).one()
    make_training(
        session,
        host_city=coming.host_city,
        cities=coming.cities,
        groups=coming.groups,
        title=f"Held-{marking}",
        marking=marking,
        named_ids=coming.named_ids,
        on_local=date(2027, 2, 2),
    )
    ask = session.exec(select(Ask).where(Ask.training_id == coming.id)).one()
    party = AskParty(ask_id=ask.id or 0)
    session.add(party)
    session.flush()
    for name in ("contact", "expert"):
        person_id = people[name].id or 0
        session.add(
            AskAddressee(party_id=party.id or 0, person_id=person_id, holder_id=person_id, asked_at=NOW)
        )
    invitation = Invitation(
        training_id=coming.id,
        person_id=people["contact"].id or 0,
        uid=f"invitation-{coming.id}@exchange",
        changed_at=NOW,
        link_digest=f"link-{coming.id}",
        reply_digest=f"reply-{coming.id}",
    )
    session.add(invitation)
    session.flush()
    email = f"nia-{coming.id}@example.org"
    session.add(Nomination(invitation_id=invitation.id or 0, name="Nia", email=email, made_at=NOW))
    _reviews(session, people, marking)
    for one in session.exec(select(LessonProgress)):
        one.review_on = date(2027, 2, 15)
    session.flush()


def owe_of_governing(session: Session) -> None:
    """Of what has one marking only: dates that come near, and what was noted before is not."""
    session.exec(select(Agreement)).one().ends_on = date(2028, 2, 10)
    session.exec(select(AgreementPayer)).one().ends_on = date(2027, 2, 28)
    session.exec(select(StandingDocument)).one().review_on = date(2027, 2, 20)
    session.exec(select(FindingsRound)).one().opened_on = date(2026, 8, 10)
    for meeting in session.exec(select(BoardMeeting)):
        meeting.recorded_at, meeting.record, meeting.record_marking = None, "", ""
    session.flush()


def _reviews(session: Session, people: dict[str, Person], marking: Marking) -> None:
    """The note of the exchange and a report of none are in review; those it asked have not answered."""
    cycle = session.exec(
        select(Cycle).where(Cycle.marking == marking, col(Cycle.published_at).is_not(None))
    ).one()
    note = session.exec(
        select(Product).where(Product.cycle_id == cycle.id, Product.kind == ProductKind.EXCHANGE_NOTE)
    ).one()
    report = Product(
        kind=ProductKind.REPORT,
        cities=[session.exec(select(City).where(City.name == "London")).one()],
        groups=[session.exec(select(ExpertGroup)).one()],
        created_at=NOW,
    )
    session.add(report)
    session.flush()
    session.add(
        ProductVersion(
            product_id=report.id or 0,
            number=1,
            title=f"Report-{marking}",
            marking=marking,
            named_ids=cycle.named_ids,
            text="Text",
            person_id=people["chair"].id or 0,
            saved_at=NOW,
        )
    )
    for one in (note, report):
        one.published_at = one.published_number = None
        one.review_opened_at, one.review_due_on = NOW, date(2027, 2, 15)
        for name in ("contact", "chair"):
            session.add(ProductReviewer(product_id=one.id or 0, person_id=people[name].id or 0, asked_at=NOW))
    of_cycle = select(AskParty.id).join(Ask).where(Ask.cycle_id == cycle.id)
    for answer in session.exec(select(Contribution).where(col(Contribution.party_id).in_(of_cycle))):
        answer.submitted_at = None
    session.flush()
