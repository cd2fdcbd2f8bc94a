"""Adding and editing people. Who sits in which body is changed in seats.py."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from exchange import audit
from exchange.answering.ended_access import end_links, end_sessions
from exchange.errors import Conflict, InvalidInput
from exchange.feeds.publishing.invalidation import mark_person_stale
from exchange.invitations.returned_people import tell_returned
from exchange.lifecycle import Change
from exchange.mail.outbox.withdrawals import follow_address, withdraw_farewells_to, withdraw_waiting
from exchange.models import SPEAKS_FOR_CITY, GroupMember, Person, PersonRole, Role
from exchange.network.actions.departures import replace_known_addresses
from exchange.network.actions.letters_to_members import welcome_anew
from exchange.network.actions.saving import flush, insert, refuse_stale, take
from exchange.network.drafts import PersonDraft, checked_person, draft_of_person, facts
from exchange.network.erased_addresses import refuse_erased
from exchange.settings import Settings


def add_person(session: Session, draft: PersonDraft, *, actor: Person | None, now: datetime) -> Person:
    """A new person. Raises InvalidInput, field "email", when the address is somebody's."""
    draft = checked_person(draft)
    person = Person(name="", email="", city_id=draft.city_id)
    _write(person, draft)
    insert(session, person)
    audit.record(
        session, actor=actor, action="add person", subject=f"person:{person.id}", after=_kept(draft), now=now
    )
    return person


def edit_person(
    session: Session,
    person: Person,
    draft: PersonDraft,
    *,
    seen: str | None = None,
    actor: Person,
    settings: Settings,
    now: datetime,
) -> None:
    """Write the draft over the person. ``seen`` is the fingerprint the form carried, groups included."""
    change_person(session, person, draft, Change("edit person", actor, now), seen=seen, settings=settings)


def change_person(
    session: Session,
    person: Person,
    draft: PersonDraft,
    change: Change,
    *,
    seen: str | None = None,
    settings: Settings,
) -> None:
    """Write the draft over the person, for the reason of the change.

    Whoever speaks for their city no more, or leaves the network, loses what they kept: the calendars
    whose addresses they knew get new ones, and their own shows nothing until it is worked out anew.
    Raises InvalidInput when nobody would be left to coordinate the network or the new address is that of
    somebody erased, Conflict when they themselves were.
    """
    draft = checked_person(draft)
    take(session, person)
    present = draft_of_person(person)
    refuse_stale(present, seen, _group_ids(session, person))
    before, after = facts(present), facts(draft)
    if before == after:
        return
    _refuse(session, person, present, draft, settings)
    _write(person, draft)
    flush(session, person)
    _follow(session, person, present, change, settings)
    if person.is_active and (not present.is_active or present.email != draft.email):
        tell_returned(session, person, change.now)
    audit.record(
        session,
        actor=change.actor,
        action=change.action,
        subject=f"person:{person.id}",
        before=_kept(present),
        after=_kept(draft) | {"changed": _differing(before, after)},
        now=change.now,
        reason=change.reason,
    )


def _follow(
    session: Session, person: Person, present: PersonDraft, change: Change, settings: Settings
) -> None:
    """What depends on a person goes along: calendars they may read no more, letters that wait."""
    draft = draft_of_person(person)
    left_city = _speaks_for(present) - _speaks_for(draft)
    left_groups = () if person.is_active or not present.is_active else _group_ids(session, person)
    mark_person_stale(session, person, is_narrower=bool(left_city or left_groups))
    replace_known_addresses(
        session,
        person,
        city_ids=left_city,
        group_ids=left_groups,
        actor=change.actor,
        settings=settings,
        now=change.now,
    )
    withdraw_waiting(session, person_id=person.id, why="The person's entry was changed.")
    _end_access(session, person, present, actor=change.actor, now=change.now)
    if present.email != draft.email:
        follow_address(session, person, "The person's address was changed.")
    if present.city_id != draft.city_id:
        session.refresh(person, ["city"])
        withdraw_farewells_to(session, person.id or 0, "The person moved to another city.")
    welcome_anew(session, person, settings=settings, now=change.now)


def _refuse(
    session: Session, person: Person, present: PersonDraft, draft: PersonDraft, settings: Settings
) -> None:
    if person.erased_at is not None:
        raise Conflict("This person was erased: there is nothing to edit.")
    if present.email != draft.email:
        refuse_erased(session, draft.email, settings)
    if _coordinates(present) and not _coordinates(draft):
        _refuse_last_coordinator(session, person, draft)


def _differing(before: dict[str, object], after: dict[str, object]) -> list[str]:
    return sorted(name for name in after if before[name] != after[name])


def _kept(draft: PersonDraft) -> dict[str, object]:
    """What the trail keeps for good: neither name nor address, which erasure must be able to take away."""
    return {key: value for key, value in facts(draft).items() if key not in ("name", "email")}


def _end_access(
    session: Session, person: Person, before: PersonDraft, *, actor: Person | None, now: datetime
) -> None:
    """Who left, and what went to an address that is theirs no more, opens nothing from now on."""
    if before.is_active and not person.is_active:
        end_links(session, person, why="The person left the network.", now=now)
        end_sessions(session, person, now=now)
    elif before.email != person.email:
        end_links(session, person, why="The person's address was changed.", now=now)
        if actor is None or actor.id != person.id:  # who changes their own has just proved that it is they
            end_sessions(session, person, now=now)


def _group_ids(session: Session, person: Person) -> Sequence[int]:
    return session.exec(select(GroupMember.group_id).where(GroupMember.person_id == person.id)).all()


def _write(person: Person, draft: PersonDraft) -> None:
    person.name = draft.name
    person.email = draft.email
    person.city_id = draft.city_id
    person.organisation_id = draft.organisation_id
    person.language = draft.language
    person.is_active = draft.is_active
    kept = {held.role: held for held in person.roles}
    person.roles = [
        kept.get(role) or PersonRole(role=role)  # type: ignore[call-arg]  # the relation gives person_id
        for role in sorted(draft.roles)
    ]


def _speaks_for(draft: PersonDraft) -> set[int]:
    return {draft.city_id} if draft.is_active and draft.roles.intersection(SPEAKS_FOR_CITY) else set()


def _coordinates(draft: PersonDraft) -> bool:
    return draft.is_active and Role.COORDINATOR in draft.roles


def _refuse_last_coordinator(session: Session, person: Person, draft: PersonDraft) -> None:
    others = session.exec(
        select(PersonRole.person_id)
        .join(Person)
        .where(PersonRole.role == Role.COORDINATOR, col(Person.is_active), Person.id != person.id)
    ).first()
    if others is None:
        raise InvalidInput(
            "%(name)s is the only coordinator. Make somebody else one first.",
            field="is_active" if Role.COORDINATOR in draft.roles else "role",
            name=person.name,
        )
