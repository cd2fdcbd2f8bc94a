"""A cycle whose people were asked: for tests of who answers and by which link."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlmodel import Session

from exchange.answering.asks import asked_people
from exchange.models import AskAddressee, City, Contribution, Cycle, ExpertGroup, Person, Role
from exchange.rules.programme.stage_plan import CycleAsk
from tests.factories import make_city, make_cycle, make_group, make_person, stage_plan

ASKED_AT = datetime(2027, 10, 18, 8, tzinfo=UTC)  # the Monday of week 3 of the fifth cycle


@dataclass
class Round:
    """The cycle, its people and their rows."""

    cycle: Cycle
    london: City
    washington: City
    group: ExpertGroup
    anna: Person  # of London
    bea: Person  # of London, too
    carl: Person  # of Washington
    dora: Person  # chair of the group, in London
    emil: Person  # of the group, in Washington

    def asked(self, session: Session, person: Person, kind: CycleAsk) -> AskAddressee:
        (found,) = asked_people(session, self.cycle, kind, person, plan=stage_plan(), now=ASKED_AT)
        return found


def make_round(session: Session, **fields: object) -> Round:
    """The fifth cycle of 2027, led by London with Washington; nobody is asked yet."""
    london, washington = make_city(session, "London"), make_city(session, "Washington DC")
    dora = make_person(session, "Dora Chair", city=london, roles=[Role.EXPERT])
    emil = make_person(session, "Emil Expert", city=washington, roles=[Role.EXPERT])
    group = make_group(session, "Hostile drones", members=[emil], chair=dora)
    return Round(
        cycle=make_cycle(session, lead_city=london, cities=[washington], groups=[group], **fields),
        london=london,
        washington=washington,
        group=group,
        anna=make_person(session, "Anna Contact", city=london),
        bea=make_person(session, "Bea Lead", city=london, roles=[Role.CITY_LEAD]),
        carl=make_person(session, "Carl Contact", city=washington),
        dora=dora,
        emil=emil,
    )


def answer(session: Session, addressee: AskAddressee, *, submitted: bool = True) -> Contribution:
    """What somebody wrote, without going through a page."""
    is_city = addressee.party.city_id is not None
    row = Contribution(
        party_id=addressee.party_id,
        addressee_id=None if is_city else addressee.id,
        author_id=addressee.holder_id,
        marking="TLP:GREEN",
        created_at=ASKED_AT,
        changed_at=ASKED_AT,
        submitted_at=ASKED_AT if submitted else None,
    )
    session.add(row)
    session.flush()
    return row
