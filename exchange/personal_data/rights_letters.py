"""Letters about somebody's own data: a new address to confirm, a note to the old one, an answer.

They go once and are worded here alone; nothing of the programme stands in them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from exchange.mail.outbox.letter_queue import ADDRESS, RIGHTS
from exchange.mail.writing.personal_letters import page, queue_personal
from exchange.models import Decision, Person, RightsRequest
from exchange.settings import Settings

ADDRESS_HOURS = 24  # in which a new address is confirmed


@dataclass(frozen=True)
class NewAddress:
    """A change of address on its way; ``key`` names it among letters, ``link`` confirms it."""

    key: str
    address: str
    link: str


def queue_address_letters(
    session: Session, person: Person, new: NewAddress, *, settings: Settings, now: datetime
) -> None:
    """The link to the new address, and a note without it to the old one."""
    there = Person(
        id=person.id, name=person.name, email=new.address, city_id=person.city_id, language=person.language
    )
    queue_personal(
        session,
        "address_link",
        {"hours": ADDRESS_HOURS, "link": new.link},
        to=there,
        once_key=f"{ADDRESS}:{new.key}:new",
        kind=ADDRESS,
        why="A new address is to be confirmed.",
        useless_after=now + timedelta(hours=ADDRESS_HOURS),
        settings=settings,
        now=now,
    )
    queue_personal(
        session,
        "address_note",
        {"hours": ADDRESS_HOURS, "account": page(settings, "/account/sessions")},
        to=person,
        once_key=f"{ADDRESS}:{new.key}:old",
        kind=ADDRESS,
        why="The old address hears that a new one was given.",
        settings=settings,
        now=now,
    )


def queue_answer(
    session: Session, request: RightsRequest, person: Person, *, settings: Settings, now: datetime
) -> None:
    """What became of a request, with the words of who decided."""
    granted = request.decision == Decision.GRANTED
    queue_personal(
        session,
        "rights_answer",
        {"answer": request.answer, "is_granted": granted, "page": page(settings, "/account/data")},
        to=person,
        once_key=f"{RIGHTS}:{request.id}",
        kind=RIGHTS,
        why="A request about personal data was decided.",
        settings=settings,
        now=now,
    )
