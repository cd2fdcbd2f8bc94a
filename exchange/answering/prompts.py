"""Asking: the rows of a prompt, its parties and addressees, made when somebody is asked.

It writes no letter; the queue of letters calls it, and so does the page that changes questions.
"""

from datetime import datetime

from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import Session, col, select

from exchange.models import (
    Cycle,
    Person,
    Prompt,
    PromptAddressee,
    PromptParty,
    PromptQuestion,
)
from exchange.rules.programme.stage_plan import PromptKind, StagePlan


def prompt_of(session: Session, cycle: Cycle, kind: PromptKind) -> Prompt | None:
    """The cycle's prompt with its questions; None while nobody changed or asked them."""
    return session.exec(
        select(Prompt)
        .where(Prompt.cycle_id == cycle.id, Prompt.kind == kind)
        .options(selectinload(Prompt.questions))  # type: ignore[arg-type]  # SQLModel types relations as their values
    ).first()


def kept_prompt(
    session: Session, cycle: Cycle, kind: PromptKind, *, plan: StagePlan, now: datetime
) -> Prompt:
    """The cycle's prompt; the plan's questions are written down for it when there is none yet."""
    prompt = prompt_of(session, cycle, kind)
    if prompt is not None:
        return prompt
    prompt = Prompt(cycle_id=cycle.id or 0, kind=kind, created_at=now, changed_at=now)
    prompt.questions = [
        PromptQuestion(prompt_id=0, position=position, text=text)
        for position, text in enumerate(plan.prompt(kind).questions, 1)
    ]
    session.add(prompt)
    session.flush()
    return prompt


def asked_people(
    session: Session, cycle: Cycle, kind: PromptKind, person: Person, *, plan: StagePlan, now: datetime
) -> list[PromptAddressee]:
    """The rows of one person who is asked now: once for their city, or once for each of their groups.

    What stands already is returned as it stands. Needs the cycle's cities and groups with members.
    """
    prompt = kept_prompt(session, cycle, kind, plan=plan, now=now)
    parties = {(one.city_id, one.group_id): one for one in _parties(session, prompt)}
    found = []
    for key in _keys(cycle, kind, person):
        party = parties.get(key) or _new_party(session, prompt, *key)
        found.append(_addressee(session, party, person, now))
    return found


def held_by(session: Session, cycle: Cycle, kind: PromptKind, person: Person) -> list[PromptAddressee]:
    """What a person has to answer in a cycle, their own and what was handed to them, as it was asked."""
    party = joinedload(PromptAddressee.party)  # type: ignore[arg-type]  # SQLModel types relations as their values
    return list(
        session.exec(
            select(PromptAddressee)
            .join(PromptParty, col(PromptAddressee.party_id) == PromptParty.id)
            .join(Prompt, col(PromptParty.prompt_id) == Prompt.id)
            .where(Prompt.cycle_id == cycle.id, Prompt.kind == kind, PromptAddressee.holder_id == person.id)
            .options(
                party.joinedload(PromptParty.city),  # type: ignore[arg-type]  # as above
                party.joinedload(PromptParty.group),  # type: ignore[arg-type]  # as above
            )
            .order_by(col(PromptAddressee.id))
        )
    )


def _keys(cycle: Cycle, kind: PromptKind, person: Person) -> list[tuple[int | None, int | None]]:
    if kind is PromptKind.CITIES:
        city_ids = {cycle.lead_city_id, *(city.id for city in cycle.cities)}
        return [(person.city_id, None)] if person.city_id in city_ids else []
    return [
        (None, group.id)
        for group in cycle.groups
        if any(seat.person_id == person.id for seat in group.members)
    ]


def _parties(session: Session, prompt: Prompt) -> list[PromptParty]:
    return list(
        session.exec(
            select(PromptParty).where(PromptParty.prompt_id == prompt.id).order_by(col(PromptParty.id))
        )
    )


def _new_party(session: Session, prompt: Prompt, city_id: int | None, group_id: int | None) -> PromptParty:
    party = PromptParty(prompt_id=prompt.id or 0, city_id=city_id, group_id=group_id)
    session.add(party)
    session.flush()
    return party


def _addressee(session: Session, party: PromptParty, person: Person, now: datetime) -> PromptAddressee:
    found = session.exec(
        select(PromptAddressee).where(
            PromptAddressee.party_id == party.id, PromptAddressee.person_id == person.id
        )
    ).first()
    if found is not None:
        return found
    addressee = PromptAddressee(
        party_id=party.id or 0, person_id=person.id or 0, holder_id=person.id or 0, asked_at=now
    )
    session.add(addressee)
    session.flush()
    return addressee
