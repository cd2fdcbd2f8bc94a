"""How the trail names people: by number, so that a name can leave. It is looked up when it is shown."""

import re
from collections.abc import Iterable

from sqlmodel import Session, col, select

from exchange.models import AuditEntry, Person

_PERSON = re.compile(r"person:(\d+)\Z")  # how an entry names a person: by id, never by name


def named(person: Person) -> str:
    """How the trail names a person: "person:7". Their name is looked up when a page shows it."""
    return f"person:{person.id}"


def actor_name(session: Session, entry: AuditEntry) -> str:
    """What who did it is called today; "system" for the system itself."""
    return people_named(session, [entry]).get(entry.actor_id or 0, entry.actor)


def people_named(session: Session, entries: Iterable[AuditEntry]) -> dict[int, str]:
    """What the people that entries name are called today, by id: "Former contact #n" after erasure.

    Entries of before names were kept apart hold the name of then: who shows them asks here all the same.
    """
    ids = {number for entry in entries for number in _people_of(entry)}
    found = session.exec(select(Person.id, Person.name).where(col(Person.id).in_(ids))) if ids else ()
    return {number: name for number, name in found if number is not None}


def person_id_of(value: object) -> int | None:
    """The id in "person:7"; None for anything else."""
    found = _PERSON.match(value) if isinstance(value, str) else None
    return int(found[1]) if found else None


def _people_of(entry: AuditEntry) -> Iterable[int]:
    if entry.actor_id is not None:
        yield entry.actor_id
    for held in (entry.before or {}, entry.after or {}):
        for value in held.values():
            for one in value if isinstance(value, list) else [value]:
                number = person_id_of(one)
                if number is not None:
                    yield number
