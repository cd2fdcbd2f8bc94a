"""Who sits in an expert group or on a board, and who chairs it."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from exchange import audit
from exchange.errors import Conflict, InvalidInput, NotFound
from exchange.feeds.publishing.invalidation import mark_person_stale
from exchange.mail.outbox.withdrawals import withdraw_waiting
from exchange.models import Board, BoardMember, ExpertGroup, GroupMember, Person
from exchange.network.actions.bodies_and_themes import NOUNS
from exchange.network.actions.departures import replace_known_addresses
from exchange.network.actions.letters_to_members import welcome_anew
from exchange.settings import Settings

Body = ExpertGroup | Board


def seat(
    session: Session,
    body: Body,
    person: Person,
    *,
    is_chair: bool = False,
    actor: Person | None,
    settings: Settings,
    now: datetime,
) -> None:
    """Give the person a seat. Raises Conflict when they sit there already."""
    if isinstance(body, ExpertGroup):
        body.members.append(GroupMember(person=person, is_chair=is_chair))  # type: ignore[call-arg]  # the relations give the ids
    else:
        body.members.append(BoardMember(person=person, is_chair=is_chair))  # type: ignore[call-arg]  # as above
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict(
            "%(person)s is a member of %(body)s already.", person=person.name, body=body.name
        ) from error
    action = "seat chair" if is_chair else "seat member"
    _record(session, action, body, person, actor=actor, settings=settings, now=now)


def unseat(
    session: Session, body: Body, person: Person, *, actor: Person, settings: Settings, now: datetime
) -> None:
    """Take the person's seat away; a group's calendar gets a new address, because they knew the old one."""
    held = _held(body, person)
    if isinstance(body, ExpertGroup):
        body.members = [member for member in body.members if member is not held]
    else:
        body.members = [member for member in body.members if member is not held]
    session.flush()
    _record(session, "unseat member", body, person, actor=actor, settings=settings, now=now, is_narrower=True)
    if isinstance(body, ExpertGroup):
        replace_known_addresses(
            session, person, group_ids=[body.id or 0], actor=actor, settings=settings, now=now
        )


def name_chair(
    session: Session,
    body: Body,
    person: Person,
    *,
    is_chair: bool,
    actor: Person,
    settings: Settings,
    now: datetime,
) -> None:
    """Make a member a chair, or one member among others again. A body may have several chairs."""
    held = _held(body, person)
    if held.is_chair == is_chair:
        return
    held.is_chair = is_chair
    session.flush()
    action = "name chair" if is_chair else "end chair"
    _record(session, action, body, person, actor=actor, settings=settings, now=now)


def choose_groups(
    session: Session,
    person: Person,
    group_ids: Iterable[int],
    *,
    actor: Person,
    settings: Settings,
    now: datetime,
) -> None:
    """Seat the person in exactly these expert groups; seats they keep stay as they are."""
    wanted = set(group_ids)
    held = set(session.exec(select(GroupMember.group_id).where(GroupMember.person_id == person.id)))
    for group_id in sorted(wanted ^ held):
        group = session.get(ExpertGroup, group_id)
        if group is None:
            raise InvalidInput("There is no such group.", field="group_ids")
        if group_id in wanted:
            seat(session, group, person, actor=actor, settings=settings, now=now)
        else:
            unseat(session, group, person, actor=actor, settings=settings, now=now)


def _held(body: Body, person: Person) -> GroupMember | BoardMember:
    for member in body.members:
        if member.person_id == person.id:
            return member
    raise NotFound("%(person)s is not a member of %(body)s.", person=person.name, body=body.name)


def _record(
    session: Session,
    action: str,
    body: Body,
    person: Person,
    *,
    actor: Person | None,
    settings: Settings,
    now: datetime,
    is_narrower: bool = False,
) -> None:
    """One entry in the trail; the person's calendar and letters that wait are worked out anew."""
    mark_person_stale(session, person, is_narrower=is_narrower)
    withdraw_waiting(session, person_id=person.id, why="The person's seats were changed.")
    welcome_anew(session, person, settings=settings, now=now)
    subject = f"{NOUNS[type(body)]}:{body.id}"
    after = {"person": audit.named(person)}
    audit.record(session, actor=actor, action=action, subject=subject, after=after, now=now)
