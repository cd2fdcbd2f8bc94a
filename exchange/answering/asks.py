"""Asking: the rows of an ask, its parties and addressees, made when somebody is asked.

It writes no letter; the queue of letters calls it, and so does the page that changes questions.
"""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption
from sqlmodel import Session, col, select

from exchange.answering.ask_days import of_plans
from exchange.errors import NotFound
from exchange.models import (
    Ask,
    AskAddressee,
    AskParty,
    AskQuestion,
    Cycle,
    FindingsRound,
    NeedsRound,
    Person,
    TrainingEvent,
)
from exchange.rules.programme.stage_plan import CycleAsk, StagePlan


def ask_by_id(session: Session, ask_id: int) -> Ask:
    """An ask with its questions and rows, its subject with cities and groups. Raises NotFound."""
    found = session.exec(
        select(Ask)
        .where(Ask.id == ask_id)
        .options(
            *_with_subject(),
            selectinload(Ask.questions),  # type: ignore[arg-type]  # SQLModel types relations as their values
            selectinload(Ask.rows),  # type: ignore[arg-type]  # as above
        )
    ).first()
    if found is None:
        raise NotFound("There is no such page, or it is not for you to see.")
    return found


def asks_held_by(session: Session, people: Collection[int], since: date) -> list[Ask]:
    """Asks that no stage plan makes, open or over since some day, which any of them answers; with subject."""
    held = (
        select(AskParty.ask_id)
        .join(AskAddressee, col(AskAddressee.party_id) == AskParty.id)
        .where(col(AskAddressee.holder_id).in_(people))
    )
    found = session.exec(
        select(Ask)
        .where(
            col(Ask.id).in_(held),
            ~of_plans(),
            col(Ask.closed_at).is_(None),
            col(Ask.closes_on) >= since,
        )
        .options(*_with_subject())
        .order_by(col(Ask.closes_on), col(Ask.id))
    )
    return list(found)


def tasks_by_id(session: Session, ids: Collection[int]) -> dict[int, AskAddressee]:
    """What was asked, by its id, with party, person and holder."""
    found = session.exec(
        select(AskAddressee)
        .where(col(AskAddressee.id).in_(ids))
        .options(
            joinedload(AskAddressee.party),  # type: ignore[arg-type]  # SQLModel types relations as their values
            joinedload(AskAddressee.person),  # type: ignore[arg-type]  # as above
            joinedload(AskAddressee.holder),  # type: ignore[arg-type]  # as above
        )
    )
    return {one.id or 0: one for one in found}


def _with_subject() -> tuple[ORMOption, ...]:
    cycle = joinedload(Ask.cycle)  # type: ignore[arg-type]  # SQLModel types relations as their values
    training = joinedload(Ask.training)  # type: ignore[arg-type]  # as above
    round_ = joinedload(Ask.needs_round)  # type: ignore[arg-type]  # as above
    return (
        cycle.selectinload(Cycle.cities),  # type: ignore[arg-type]  # as above
        cycle.selectinload(Cycle.groups),  # type: ignore[arg-type]  # as above
        cycle.selectinload(Cycle.stages),  # type: ignore[arg-type]  # as above
        cycle.joinedload(Cycle.lead_city),  # type: ignore[arg-type]  # as above
        training.selectinload(TrainingEvent.cities),  # type: ignore[arg-type]  # as above
        training.selectinload(TrainingEvent.groups),  # type: ignore[arg-type]  # as above
        training.joinedload(TrainingEvent.host_city),  # type: ignore[arg-type]  # as above
        round_.selectinload(NeedsRound.cities),  # type: ignore[arg-type]  # as above
        round_.joinedload(NeedsRound.city),  # type: ignore[arg-type]  # as above
        joinedload(Ask.findings_round).joinedload(FindingsRound.city),  # type: ignore[arg-type]  # as above
    )


def ask_of(session: Session, cycle: Cycle, kind: CycleAsk) -> Ask | None:
    """The cycle's ask with its questions; None while nobody changed or asked them."""
    return session.exec(
        select(Ask)
        .where(Ask.cycle_id == cycle.id, Ask.template == kind.template)
        .options(selectinload(Ask.questions))  # type: ignore[arg-type]  # SQLModel types relations as their values
    ).first()


def kept_ask(session: Session, cycle: Cycle, kind: CycleAsk, *, plan: StagePlan, now: datetime) -> Ask:
    """The cycle's ask; the plan's questions are written down for it when there is none yet."""
    ask = ask_of(session, cycle, kind)
    if ask is not None:
        return ask
    ask = Ask(cycle_id=cycle.id, template=kind.template, created_at=now, changed_at=now)
    ask.questions = [
        AskQuestion(ask_id=0, position=position, text=text)
        for position, text in enumerate(plan.ask(kind).questions, 1)
    ]
    session.add(ask)
    session.flush()
    return ask


def asked_people(
    session: Session, cycle: Cycle, kind: CycleAsk, person: Person, *, plan: StagePlan, now: datetime
) -> list[AskAddressee]:
    """The rows of one person who is asked now: once for their city, or once for each of their groups.

    What stands already is returned as it stands. Needs the cycle's cities and groups with members.
    """
    ask = kept_ask(session, cycle, kind, plan=plan, now=now)
    parties = {(one.city_id, one.group_id): one for one in _parties(session, ask)}
    found = []
    for key in _keys(cycle, kind, person):
        party = parties.get(key) or _new_party(session, ask, *key)
        found.append(_addressee(session, party, person, now))
    return found


def held_by(session: Session, cycle: Cycle, kind: CycleAsk, person: Person) -> list[AskAddressee]:
    """What a person has to answer in a cycle, their own and what was handed to them, as it was asked."""
    party = joinedload(AskAddressee.party)  # type: ignore[arg-type]  # SQLModel types relations as their values
    return list(
        session.exec(
            select(AskAddressee)
            .join(AskParty, col(AskAddressee.party_id) == AskParty.id)
            .join(Ask, col(AskParty.ask_id) == Ask.id)
            .where(
                Ask.cycle_id == cycle.id, Ask.template == kind.template, AskAddressee.holder_id == person.id
            )
            .options(
                party.joinedload(AskParty.city),  # type: ignore[arg-type]  # as above
                party.joinedload(AskParty.group),  # type: ignore[arg-type]  # as above
            )
            .order_by(col(AskAddressee.id))
        )
    )


def _keys(cycle: Cycle, kind: CycleAsk, person: Person) -> list[tuple[int | None, int | None]]:
    if kind is CycleAsk.CITIES:
        city_ids = {cycle.lead_city_id, *(city.id for city in cycle.cities)}
        return [(person.city_id, None)] if person.city_id in city_ids else []
    return [
        (None, group.id)
        for group in cycle.groups
        if any(seat.person_id == person.id for seat in group.members)
    ]


def _parties(session: Session, ask: Ask) -> list[AskParty]:
    return list(session.exec(select(AskParty).where(AskParty.ask_id == ask.id).order_by(col(AskParty.id))))


def _new_party(session: Session, ask: Ask, city_id: int | None, group_id: int | None) -> AskParty:
    party = AskParty(ask_id=ask.id or 0, city_id=city_id, group_id=group_id)
    session.add(party)
    session.flush()
    return party


def _addressee(session: Session, party: AskParty, person: Person, now: datetime) -> AskAddressee:
    found = session.exec(
        select(AskAddressee).where(AskAddressee.party_id == party.id, AskAddressee.person_id == person.id)
    ).first()
    if found is not None:
        return found
    addressee = AskAddressee(
        party_id=party.id or 0, person_id=person.id or 0, holder_id=person.id or 0, asked_at=now
    )
    session.add(addressee)
    session.flush()
    return addressee
