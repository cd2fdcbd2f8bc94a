"""A cycle with readers in three lead cities, for tests of letters."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

from sqlmodel import Session

from exchange.mail.outbox.letter_queue import ComposedLetter
from exchange.mail.schedule.letter_schedule import planned_for_cycle
from exchange.mail.schedule.planned import Planned
from exchange.mail.writing.custom_wording import NO_WORDINGS
from exchange.mail.writing.rehearsal import tried_letter
from exchange.models import (
    City,
    Cycle,
    Letter,
    LetterState,
    MembershipStatus,
    Product,
    ProductVersion,
    Role,
    Sitting,
)
from exchange.settings import Settings
from tests.factories import make_city, make_cycle, make_group, make_person, make_theme, stage_plan

EARLY = datetime(2026, 11, 22, 8, tzinfo=UTC)  # before any letter of 2027 is due
ATLANTIC = (time(14), "Europe/London")
PACIFIC = (time(8), "Europe/London")


def lead_cities(session: Session) -> list[City]:
    """Stockholm, London and Washington DC, each with one contact."""
    cities = [
        make_city(session, name, status=MembershipStatus.LEAD)
        for name in ("Stockholm", "London", "Washington DC")
    ]
    for city, name in zip(cities, ("Åsa Öberg", "Tom Baker-Lane", "Maria Ruiz"), strict=True):
        make_person(session, name, city=city)
    return cities


def three_city_cycle(session: Session, *, starts_on: date = date(2027, 1, 11), **fields: object) -> Cycle:
    """A published cycle led by Stockholm with London and Washington, one group with a chair in London."""
    stockholm, london, washington = lead_cities(session)
    chair = make_person(session, "Priya Nair", city=london, roles=[Role.EXPERT])
    group = make_group(session, "Explosives and hostile drones", chair=chair)
    values: dict[str, object] = {"sittings": (ATLANTIC,), "marking": "TLP:GREEN"} | fields
    cycle = make_cycle(
        session,
        lead_city=stockholm,
        cities=[london, washington],
        groups=[group],
        theme=make_theme(session, "Hostile drones"),
        starts_on=starts_on,
        **values,  # type: ignore[arg-type]
    )
    call_on = cycle.starts_on + timedelta(days=10)  # Thursday of week 2, as the plan has it
    call = Sitting(
        meeting="scoping_call",
        number=1,
        on_local=call_on,
        starts_local=time(14),
        time_zone="Europe/London",
        minutes=45,
        join_link="https://meet.example.org/scoping",
        uid=f"{uuid4()}@exchange",
        changed_at=EARLY,
    )
    cycle.sittings = [*cycle.sittings, call]
    session.flush()
    return cycle


def with_second_version(session: Session, cycle: Cycle, at: datetime) -> Product:
    """The cycle's product in its second version, out since ``at``; all were told of the first."""
    for one in planned_for_cycle(session, cycle, plan=stage_plan(), now=EARLY):
        if one.kind == "E9":
            told = Letter(
                once_key=f"{one.once_key}@v1",
                kind="E9",
                person_id=one.person.id,
                cycle_id=cycle.id,
                to_name=one.person.name,
                to_address=one.person.email,
                subject="",
                text="",
                html="",
                message_id=f"<{one.once_key}@example.org>",
                queued_at=EARLY,
                due_at=EARLY,
                state=LetterState.SENT,
            )
            session.add(told)
    product = Product(
        cycle_id=cycle.id or 0,
        created_at=EARLY,
        published_at=at,
        published_number=2,
        published_marking="TLP:GREEN",
    )
    text = ProductVersion(number=2, title="T", marking="TLP:GREEN", text="T", person_id=1, saved_at=EARLY)
    product.versions = [text]
    session.add(product)
    session.flush()
    return product


def letter_to(planned: list[Planned], kind: str, name: str) -> Planned:
    """The one letter of a kind to a person."""
    (found,) = [one for one in planned if one.kind == kind and one.person.name == name]
    return found


def composed(planned: Planned) -> ComposedLetter:
    """The letter written, with settings of its own."""
    settings = Settings(base_url="https://exchange.example.org", mail_from="CTPN <programme@example.org>")
    return tried_letter(planned, plan=stage_plan(), settings=settings, wordings=NO_WORDINGS)
