"""Letters that a calendar has a new address, to those for whom the calendar is. It replaces none."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from exchange.feeds.content.feed_owners import feed_name
from exchange.mail.outbox.letter_queue import NEW_ADDRESS, queue
from exchange.mail.writing.compose import SOMEBODY_LEFT, new_address_letter
from exchange.mail.writing.custom_wording import Wordings
from exchange.models import SPEAKS_FOR_CITY, Feed, FeedAddress, GroupMember, Person, PersonRole
from exchange.rules.sentences import Sentence
from exchange.settings import Settings


@dataclass(frozen=True)
class Cause:
    """Why addresses are replaced: for the reader, and in ``why`` for the page of letters."""

    said: Sentence
    why: str


LEFT = Cause(SOMEBODY_LEFT, "The address of a calendar was replaced, because somebody who knew it has left.")
ROTATED = Cause(
    Sentence("The secret key of this installation was changed."),
    "The address of a calendar was replaced, because the secret key was changed.",
)


def tell_keepers(
    session: Session,
    made: FeedAddress,
    keepers: Iterable[Person],
    cause: Cause,
    *,
    wordings: Wordings,
    settings: Settings,
    now: datetime,
) -> None:
    """Queue a letter for each keeper, once for each new address."""
    feed = made.feed
    page = f"{settings.base_url.rstrip('/')}/feeds/{feed.id}"
    for keeper in keepers:
        letter = new_address_letter(keeper, feed_name(feed), page, cause.said)
        queue(
            session,
            letter.written(settings, wordings),
            to=keeper,
            once_key=f"new-address:{feed.id}:{made.serial}:{keeper.id}",
            kind=NEW_ADDRESS,
            why=cause.why,
            now=now,
        )


def keepers_of(session: Session, feed: Feed) -> Sequence[Person]:
    """The people for whom the calendar is: its person, who speaks for the city, or sits in the group."""
    people = select(Person).where(col(Person.is_active)).order_by(col(Person.id))
    if feed.person_id is not None:
        return session.exec(people.where(Person.id == feed.person_id)).all()
    if feed.city_id is not None:
        speaks = select(PersonRole.person_id).where(col(PersonRole.role).in_(SPEAKS_FOR_CITY))
        return session.exec(people.where(Person.city_id == feed.city_id, col(Person.id).in_(speaks))).all()
    seats = select(GroupMember.person_id).where(GroupMember.group_id == feed.group_id)
    return session.exec(people.where(col(Person.id).in_(seats))).all()
