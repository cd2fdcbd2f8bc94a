"""The people named on what is marked TLP:RED: from addresses to people, and back for forms."""

from collections.abc import Collection, Sequence

from sqlmodel import Session, col, select

from exchange.errors import InvalidInput
from exchange.models import Person
from exchange.rules.markings.tlp_labels import Marking

NAMED_MOST = 100  # people on one thing: eyes and ears of a room, not of a network


def named_people(
    session: Session, marking: Marking, addresses: Collection[str] | None, present: Sequence[int] = ()
) -> list[int]:
    """The ids of those named by their e-mail addresses; nobody below TLP:RED.

    ``addresses`` None leaves those who are named at ``present``. Raises InvalidInput, field "named",
    when nobody is named, too many are, or an address is no active person's.
    """
    if marking is not Marking.RED:
        return []
    found = list(present) if addresses is None else _ids(session, addresses)
    if not found:
        raise InvalidInput("TLP:RED is for named people: give the e-mail address of each.", field="named")
    return sorted(found)


def addresses_of(session: Session, ids: Collection[int]) -> str:
    """Their addresses, one a line, as a form shows them."""
    people = select(Person.email).where(col(Person.id).in_(ids)).order_by(col(Person.email))
    return "\n".join(session.exec(people))


def names_of(session: Session, ids: Collection[int]) -> list[str]:
    """Their names, for a page."""
    return list(session.exec(select(Person.name).where(col(Person.id).in_(ids)).order_by(col(Person.name))))


def _ids(session: Session, addresses: Collection[str]) -> list[int]:
    wanted = {address.lower() for address in addresses}
    if len(wanted) > NAMED_MOST:
        raise InvalidInput("At most %(most)s people are named.", field="named", most=NAMED_MOST)
    people = select(Person.email, Person.id).where(col(Person.email).in_(wanted), col(Person.is_active))
    found = dict(session.exec(people).all())
    missing = sorted(wanted - found.keys())
    if missing:
        raise InvalidInput(
            "%(address)s is nobody's address here: name people who are in the network.",
            field="named",
            address=missing[0][:80],
        )
    return [one for one in found.values() if one is not None]
