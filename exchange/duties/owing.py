"""Whose a duty is: whether one person owes it, as they stand now."""

from dataclasses import dataclass

from sqlalchemy import or_
from sqlmodel import Session, col, select

from exchange.models import ExpertGroup, GroupMember
from exchange.rules.access.standing import Standing
from exchange.rules.duties.duty import Owner, Role


@dataclass(frozen=True)
class Reader:
    """Somebody as duties are asked about them: how they stand, and the groups for which they write.

    Those are the groups that they chair, and groups without a chair in which they sit.
    """

    standing: Standing
    chairs: frozenset[int] = frozenset()


def owes(reader: Reader, owner: Owner) -> bool:
    """Whether the reader is the owner, or holds the role that owes."""
    standing = reader.standing
    if owner.role is Role.PERSON:
        return owner.id is not None and owner.id == standing.person_id
    if owner.role is Role.CITY_LEAD:
        return owner.id in standing.leads
    if owner.role is Role.CITY_CONTACT:
        return owner.id in standing.cities
    if owner.role is Role.GROUP_CHAIR:
        return owner.id in reader.chairs and owner.id in standing.groups
    return owner.role is Role.COORDINATOR and standing.plans


def chairs_of(session: Session, person_id: int) -> frozenset[int]:
    """The groups the person chairs, and those without a chair in which they sit."""
    chaired = select(GroupMember.group_id).where(col(GroupMember.is_chair))
    seats = session.exec(
        select(ExpertGroup.id)
        .join(GroupMember)
        .where(
            GroupMember.person_id == person_id,
            or_(col(GroupMember.is_chair), col(ExpertGroup.id).not_in(chaired)),
        )
    )
    return frozenset(group_id or 0 for group_id in seats)
