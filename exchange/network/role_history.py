"""Who gave and ended which role of a person, when and why: read from the audit trail, which keeps it all.

There is no table of its own: a second record of the same could say otherwise.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from exchange.audit import people_named
from exchange.models import AuditEntry, Person, Role


@dataclass(frozen=True)
class RoleHolding:
    """A span in which a person held a role; None and "" where the trail does not reach back, or it lasts."""

    role: Role
    given_at: datetime | None = None
    given_by: str = ""
    given_why: str = ""
    ended_at: datetime | None = None
    ended_by: str = ""
    ended_why: str = ""


def role_history(session: Session, person: Person) -> list[RoleHolding]:
    """Every holding, those that last first, then the one that ended last. Needs the person's roles loaded."""
    entries = session.exec(
        select(AuditEntry)
        .where(
            AuditEntry.subject == f"person:{person.id}",
            col(AuditEntry.action).in_(("add person", "edit person", "give role", "end role")),
        )
        .order_by(col(AuditEntry.id))
    ).all()
    names = people_named(session, entries)
    lasting: dict[str, RoleHolding] = {}
    ended: list[RoleHolding] = []
    for entry in entries:
        before, after, by = _roles(entry.before), _roles(entry.after), _name(entry, names)
        for role in sorted(before - after):
            holding = lasting.pop(role, RoleHolding(Role(role)))
            ended.append(replace(holding, ended_at=entry.at, ended_by=by, ended_why=entry.reason))
        for role in sorted(after - before):
            lasting[role] = RoleHolding(Role(role), entry.at, by, entry.reason)
    held = {str(one.role) for one in person.roles}
    now_held = [lasting.get(role, RoleHolding(Role(role))) for role in sorted(held)]
    return now_held + ended[::-1]


def _name(entry: AuditEntry, names: dict[int, str]) -> str:
    """What who did it is called today."""
    return names.get(entry.actor_id or 0, entry.actor)


def _roles(facts: dict[str, object] | None) -> set[str]:
    """The roles in the facts of an entry that are still roles."""
    listed = (facts or {}).get("roles")
    return {str(role) for role in listed if str(role) in set(Role)} if isinstance(listed, list) else set()
