"""The sample year 2027, looked back on in December, with all that a year leaves behind."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, col, select

from exchange.commands.initial_data import fill
from exchange.db import Database
from exchange.models import (
    Attendance,
    AttendanceSheet,
    Board,
    BoardMember,
    City,
    Cycle,
    Deliverable,
    ImprovementAction,
    Journeys,
    Lesson,
    LessonProgress,
    Need,
    NeedEvent,
    NeedsRound,
    NetworkRequest,
    Person,
    PersonRole,
    Product,
    ProductVersion,
    Project,
    RequestState,
    Role,
    Rotation,
    TrainingEvent,
)
from exchange.settings import Settings
from tests.factories import make_person
from tests.hand_clock import HandClock
from tests.sign_in import SignIn

PLANNED_AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
NOW = datetime(2027, 12, 6, 9, tzinfo=UTC)  # a Monday
SECTORS = ("police", "fire", "health", "")


@dataclass(frozen=True)
class Sample:
    """The rows, loaded and detached: only their own columns are read."""

    coordinator: Person
    board: Person
    auditor: Person
    contact: Person
    report: Product  # an annual report of 2027, in writing


@pytest.fixture
def sample(database: Database, settings: Settings, clock: HandClock) -> Sample:
    with database.transaction() as session:
        fill(session, settings, PLANNED_AT, with_sample=True)
        session.flush()
        found = add_past(session)
    clock.set(NOW)
    return found


def add_past(session: Session) -> Sample:
    """What a year leaves behind, the same rows each time."""
    stockholm = session.exec(select(City).where(City.slug == "stockholm")).one()
    board = make_person(session, "Bea Board", city=stockholm, roles=[])
    seats = session.exec(select(Board).order_by(col(Board.id))).first() or Board(key="IB", name="Board")
    seats.members.append(BoardMember(person_id=board.id or 0))
    session.add(seats)
    coordinator = session.exec(
        select(Person).join(PersonRole).where(PersonRole.role == Role.COORDINATOR).order_by(col(Person.id))
    ).first() or make_person(session, "Cora", city=stockholm, roles=[Role.COORDINATOR])
    auditor = make_person(session, "Ada Auditor", city=stockholm, roles=[Role.AUDITOR])
    contact = make_person(session, "Kim Contact", city=stockholm, roles=[Role.CITY_CONTACT])
    for table in (Cycle, TrainingEvent):  # the sample keeps its last months as drafts
        for row in session.exec(select(table).where(col(table.published_at).is_(None))):
            row.published_at = PLANNED_AT
    _add_attendance(session)
    _add_findings(session)
    _add_needs(session)
    _add_governance(session, stockholm)
    report = _add_products(session, coordinator)
    session.flush()
    return Sample(coordinator, board, auditor, contact, report)


def _add_attendance(session: Session) -> None:
    cities = session.exec(select(City).order_by(col(City.name))).all()
    events = session.exec(select(TrainingEvent).order_by(col(TrainingEvent.on_local))).all()
    for n, event in enumerate(events[:8]):
        sheet = AttendanceSheet(training_id=event.id, noted_at=NOW)
        for m, city in enumerate(cities[:5]):
            sheet.rows += [
                Attendance(
                    city_id=city.id or 0,
                    sector=SECTORS[(n + m) % len(SECTORS)],
                    people=1 + (n + 2 * m) % 5,
                    presence="remote" if (n + m) % 3 == 0 else "in person",
                    noted_at=NOW,
                )
            ]
        session.add(sheet)


def _add_findings(session: Session) -> None:
    cities = session.exec(select(City).order_by(col(City.name))).all()
    made_at = datetime(2027, 5, 3, 9, tzinfo=UTC)
    markings = ("TLP:GREEN", "TLP:AMBER", "TLP:RED")
    for n, marking in enumerate(markings):
        finding = Lesson(
            kind="recommendation", title=f"Finding {n}", text="Text", marking=marking, created_at=made_at
        )
        session.add(finding)
        session.flush()
        for m, city in enumerate(cities[:4]):
            state = ("in place", "under way", "considering", "not for us")[(n + m) % 4]
            session.add(
                LessonProgress(lesson_id=finding.id or 0, city_id=city.id or 0, state=state, set_at=NOW)
            )
        session.add(
            ImprovementAction(
                lesson_id=finding.id,
                text=f"Action {n}",
                owner_city_id=cities[n].id,
                due_on=date(2027, 9, 1),
                state="done" if n == 0 else "open",
                done_at=NOW if n == 0 else None,
                created_at=made_at,
            )
        )


def _add_needs(session: Session) -> None:
    cycle = session.exec(select(Cycle).order_by(col(Cycle.id))).first()
    assert cycle is not None
    asked = NeedsRound(
        year=2026,
        opens_on=date(2026, 9, 1),
        closes_on=date(2026, 10, 30),
        city_id=cycle.lead_city_id,
        created_at=PLANNED_AT,
        opened_at=PLANNED_AT,
        closed_at=PLANNED_AT,
    )
    session.add(asked)
    session.flush()
    need = Need(
        round_id=asked.id or 0,
        theme_id=cycle.theme_id,
        theme_name=cycle.theme.name,
        rank=1,
        reason="First of all",
        people=40,
        gap="2.5",
        priority="18",
        cities=6,
        cities_with_gap=4,
        state="programmed",
    )
    need.events = [NeedEvent(cycle_id=cycle.id)]
    session.add(need)


def _add_governance(session: Session, lead: City) -> None:
    """Journeys of many and of few, a project with a deliverable that is late, and one turn of three."""
    event = session.exec(select(TrainingEvent).order_by(col(TrainingEvent.on_local))).first()
    assert event is not None
    for transport, people in (("train", 12), ("plane", 3)):
        session.add(
            Journeys(training_id=event.id or 0, city_id=lead.id or 0, transport=transport, people=people)
        )
    project = Project(
        name="Trains and terror",
        source="commission",
        commission="The board",
        lead_city_id=lead.id,
        starts_on=date(2026, 9, 1),
        ends_on=date(2028, 8, 31),
        marking="TLP:GREEN",
        created_at=PLANNED_AT,
    )
    project.deliverables = [
        Deliverable(text="A guide", owner_city_id=lead.id, due_on=date(2027, 6, 1), created_at=PLANNED_AT)
    ]
    turn = Rotation(
        year=2027, kind="annual conference", city_id=lead.id or 0, state="agreed", created_at=PLANNED_AT
    )
    session.add_all([project, turn])
    _add_requests(session, lead)


def _add_requests(session: Session, city: City) -> None:
    """Reports: one in time, one refused late; of a format one that is open; and one nobody confirmed."""
    told = (
        ("exercise report", RequestState.DONE, datetime(2027, 3, 30, 9, tzinfo=UTC)),
        ("exercise report", RequestState.REFUSED, datetime(2027, 4, 9, 9, tzinfo=UTC)),
        ("accessible format", RequestState.OPEN, None),
        ("fault", RequestState.UNCONFIRMED, None),
    )
    for number, (kind, state, decided_at) in enumerate(told):
        session.add(
            NetworkRequest(
                kind=kind,
                state=state,
                name="Rita Reader",
                email=f"reader-{number}@example.org",
                city_id=city.id or 0,
                made_at=datetime(2027, 3, 25, 9, tzinfo=UTC),
                asked_on=date(2027, 3, 25),
                due_on=date(2027, 4, 5),
                remind_on=date(2027, 3, 30),
                token_digest=f"{number}",
                decided_at=decided_at,
            )
        )


def _add_products(session: Session, writer: Person) -> Product:
    titles = (
        ("policy brief", "Communicating with the public", "TLP:CLEAR", 4),
        ("post-exercise report", "After the table-top", "TLP:AMBER", 7),
        ("report", "Unspeakable title", "TLP:RED", 8),
    )
    for kind, title, marking, month in titles:
        out_at = datetime(2027, month, 12, 9, tzinfo=UTC)
        product = Product(kind=kind, created_at=out_at, review_opened_at=out_at, published_at=out_at)
        product.published_number, product.published_marking, product.year = 1, marking, 2027
        product.versions = [_version(title, marking, writer, out_at, "Text")]
        session.add(product)
    report = Product(kind="annual report", year=2027, created_at=NOW)
    text = "## What we did\n\nWe *met* and practised.\n\n- with [partners](https://example.org)\n- often\n"
    report.versions = [_version("Annual report of 2027", "TLP:GREEN", writer, NOW, text)]
    session.add(report)
    return report


def _version(title: str, marking: str, writer: Person, at: datetime, text: str) -> ProductVersion:
    return ProductVersion(
        number=1, title=title, marking=marking, text=text, person_id=writer.id or 0, saved_at=at
    )


@pytest.fixture
def coordinator(sign_in: SignIn, sample: Sample) -> FlaskClient:
    return sign_in(sample.coordinator)


@pytest.fixture
def board(sign_in: SignIn, sample: Sample) -> FlaskClient:
    return sign_in(sample.board)


@pytest.fixture
def auditor(sign_in: SignIn, sample: Sample) -> FlaskClient:
    return sign_in(sample.auditor)


@pytest.fixture
def contact(sign_in: SignIn, sample: Sample) -> FlaskClient:
    return sign_in(sample.contact)
