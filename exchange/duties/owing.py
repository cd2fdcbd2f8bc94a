"""Whose a duty is: whether one person owes it, as they stand now."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, select

from exchange import models
from exchange.models import BoardMember, GroupMember, Person, PersonRole
from exchange.rules.access.standing import Standing
from exchange.rules.duties.duty import Owner, Role


@dataclass(frozen=True)
class Reader:
    """Somebody as duties are asked about them: how they stand, and the groups for which they write.

    Those are the groups that they chair, and groups without a chair in which they sit.
    """

    standing: Standing
    chairs: frozenset[int] = frozenset()

    @property
    def has_part(self) -> bool:
        """Whether what a role owes can be theirs, and not only what names them."""
        return self.standing.plans or bool(self.standing.cities) or bool(self.chairs)


def owes(reader: Reader, owner: Owner) -> bool:
    """Whether the reader is the owner, or holds the role that owes."""
    standing = reader.standing
    if owner.role is Role.PERSON:
        return owner.id is not None and owner.id == standing.person_id
    if owner.role is Role.CITY_LEAD:
        return owner.id in standing.leads
    if owner.role is Role.CITY_CONTACT:
        return owner.id in standing.cities
    if owner.role is Role.FINANCE_CONTACT:
        return owner.id in standing.finances
    if owner.role is Role.BOARD:
        return owner.id in standing.boards
    if owner.role is Role.GROUP_CHAIR:
        return owner.id in reader.chairs and owner.id in standing.groups
    return owner.role is Role.COORDINATOR and standing.plans


def reader_of(session: Session, standing: Standing) -> Reader:
    """The person of a standing, with the groups for which they write."""
    person_id = standing.person_id or 0
    return Reader(standing, chairs_of(session, [person_id]).get(person_id, frozenset()))


def chairs_of(session: Session, person_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """The groups that each of some people chairs, and those without a chair in which they sit."""
    chaired = select(GroupMember.group_id).where(col(GroupMember.is_chair))
    seats = session.exec(
        select(GroupMember.person_id, GroupMember.group_id).where(
            col(GroupMember.person_id).in_(person_ids),
            or_(col(GroupMember.is_chair), col(GroupMember.group_id).not_in(chaired)),
        )
    )
    found: dict[int, set[int]] = defaultdict(set)
    for person_id, group_id in seats:
        found[person_id].add(group_id)
    return {person_id: frozenset(groups) for person_id, groups in found.items()}


def who_may_owe(owners: Collection[Owner]) -> ColumnElement[bool]:
    """The condition on people without whom none of the owners is anybody."""
    ids = {role: [one.id for one in owners if one.role is role] for role in Role}
    person_id = col(Person.id)

    def holds(role: models.Role) -> ColumnElement[bool]:
        return person_id.in_(select(PersonRole.person_id).where(PersonRole.role == role))

    seats = select(GroupMember.person_id).where(col(GroupMember.group_id).in_(ids[Role.GROUP_CHAIR]))
    found: list[ColumnElement[bool]] = [
        person_id.in_(ids[Role.PERSON]),
        col(Person.city_id).in_(ids[Role.CITY_LEAD]) & holds(models.Role.CITY_LEAD),
        col(Person.city_id).in_(ids[Role.CITY_CONTACT]),
        col(Person.city_id).in_(ids[Role.FINANCE_CONTACT]) & holds(models.Role.FINANCE_CONTACT),
        person_id.in_(seats),
        person_id.in_(select(BoardMember.person_id).where(col(BoardMember.board_id).in_(ids[Role.BOARD]))),
    ]
    if ids[Role.COORDINATOR]:
        found.append(holds(models.Role.COORDINATOR))
    return or_(*found)
