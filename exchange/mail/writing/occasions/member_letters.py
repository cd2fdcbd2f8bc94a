"""The first letter to somebody new, and that a city leaves, to its people. Not when they go.

They are about no exchange: nothing marked stands in them, and no link that acts for their reader.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session, col, select

from exchange.mail.writing.personal_letters import page
from exchange.mail.writing.transactional_letters import FAREWELL, WELCOME, TransactionalLetter
from exchange.mail.writing.words import Wording, wording
from exchange.models import SPEAKS_FOR_CITY, ExpertGroup, GroupMember, Person, Role
from exchange.rules.sentences import Sentence
from exchange.settings import Settings

_STAYS_WITHOUT_CITY = (Role.COORDINATOR, Role.AUDITOR)  # they serve the network itself

_SPEAKS = Sentence(
    "You speak for %(city)s. When it takes part in an exchange, a letter brings its questions, with a link of"
    " your own to answer by."
)
_SITS = Sentence(
    "You are a member of the expert group %(group)s. When an exchange asks it, a letter brings its questions,"
    " with a link of your own to answer by."
)
_CHAIRS = Sentence(
    "You chair the expert group %(group)s. When an exchange asks it, a letter brings its questions, and you"
    " hear who has not answered."
)
_OTHERS = {
    Role.COORDINATOR: Sentence("You coordinate the network: you plan its year and write its letters."),
    Role.AUDITOR: Sentence("You audit the programme: each month a letter says how its trail stands."),
    Role.FINANCE_CONTACT: Sentence("You are asked about your city’s share of the costs."),
    Role.LIAISON: Sentence("You stand for an organisation that works with the network."),
    Role.EXPERT: Sentence("You are an expert of the network; which group asks you, you will hear."),
}
_LEAVING = Sentence(
    "From that day letters about the programme no longer come to you, its calendars end for you, and its"
    " exchanges and events no longer open. You still read what is open to everybody, and the answers"
    " that you handed in. What the city did stays on record."
)
_STAYING = Sentence(
    "From that day the city’s calendar ends, and its part in exchanges and events. Your own work for the"
    " network goes on as before."
)


@dataclass(frozen=True)
class Leaving:
    """That a city leaves: the first day it is no longer in the network, and why."""

    city: str
    from_on: date
    reason: str


def welcome_letter(session: Session, person: Person, settings: Settings) -> TransactionalLetter:
    """Who we are, what ``person`` will get, where their calendar is, and what is kept about them."""
    seats = session.exec(
        select(ExpertGroup.name, GroupMember.is_chair)
        .join(GroupMember, col(GroupMember.group_id) == ExpertGroup.id)
        .where(GroupMember.person_id == person.id)
        .order_by(col(ExpertGroup.id))
    ).all()
    facts: dict[str, object] = {
        "label": "",
        "name": person.name,
        "city": person.city.name,
        "own_part": tuple(_part(person, seats, wording(person.language))),
        "link": page(settings, "/feeds"),
        "privacy": page(settings, "/privacy"),
    }
    return TransactionalLetter(WELCOME, person.language, facts)


def farewell_letter(person: Person, leaving: Leaving, settings: Settings) -> TransactionalLetter:
    """That their city leaves, why and from when, and what that means for ``person``; needs their roles."""
    words = wording(person.language)
    facts: dict[str, object] = {
        "label": "",
        "name": person.name,
        "city": leaving.city,
        "from_day": words.long_day(leaving.from_on),
        "from_day_short": words.short_day(leaving.from_on),
        "reason": leaving.reason,
        "outlook": words.sentence(_STAYING if _stays(person) else _LEAVING),
        "privacy": page(settings, "/privacy"),
    }
    return TransactionalLetter(FAREWELL, person.language, facts)


def _stays(person: Person) -> bool:
    is_liaison = person.has_role(Role.LIAISON) and person.organisation_id is not None
    return is_liaison or any(person.has_role(role) for role in _STAYS_WITHOUT_CITY)


def _part(person: Person, seats: Sequence[tuple[str, bool]], words: Wording) -> Iterator[str]:
    if any(person.has_role(role) for role in SPEAKS_FOR_CITY):
        yield words.sentence(replace(_SPEAKS, values={"city": person.city.name}))
    for group, is_chair in seats:
        yield words.sentence(replace(_CHAIRS if is_chair else _SITS, values={"group": group}))
    for role, said in _OTHERS.items():
        if person.has_role(role) and not (role is Role.EXPERT and seats):
            yield words.sentence(said)
