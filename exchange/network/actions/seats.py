"""Who sits in an expert group or on a board, and who chairs it."""

from collections.abc import Iterable
from datetime import date, datetime

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
FIRST_YEAR, LAST_YEAR = 2000, 2100  # a day outside is a slip of the keyboard


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


def set_days(
    session: Session,
    board: Board,
    person: Person,
    days: tuple[date | None, date | None],
    *,
    actor: Person,
    settings: Settings,
    now: datetime,
) -> None:
    """Say from which day to which, both included, the seat is held; None is open.

    Days are on the wall of the person's city. Outside them the seat gives no right.
    Raises InvalidInput, field "ends_on", for a seat that ends before it begins or years away from any.
    """
    starts_on, ends_on = days
    if starts_on and ends_on and ends_on < starts_on:
        raise InvalidInput("It ends before it begins.", field="ends_on")
    for name, day in (("starts_on", starts_on), ("ends_on", ends_on)):
        if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise InvalidInput("Give a day of this century.", field=name)
    held = _held(board, person)
    if not isinstance(held, BoardMember) or (held.starts_on, held.ends_on) == days:
        return
    before = {"from": _text(held.starts_on), "to": _text(held.ends_on)}
    held.starts_on, held.ends_on = days
    session.flush()
    _record(
        session,
        "set days of seat",
        board,
        person,
        actor=actor,
        settings=settings,
        now=now,
        is_narrower=True,
        changed=(before, {"from": _text(starts_on), "to": _text(ends_on)}),
    )


def _text(day: date | None) -> str:
    return day.isoformat() if day else ""


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


def _record(  # noqa: PLR0913 - the facts of one entry, each by its name
    session: Session,
    action: str,
    body: Body,
    person: Person,
    *,
    actor: Person | None,
    settings: Settings,
    now: datetime,
    is_narrower: bool = False,
    changed: tuple[dict[str, str], dict[str, str]] = ({}, {}),
) -> None:
    """One entry in the trail; the person's calendar and letters that wait are worked out anew."""
    mark_person_stale(session, person, is_narrower=is_narrower)
    withdraw_waiting(session, person_id=person.id, why="The person's seats were changed.")
    welcome_anew(session, person, settings=settings, now=now)
    subject = f"{NOUNS[type(body)]}:{body.id}"
    before, after = changed
    audit.record(
        session,
        actor=actor,
        action=action,
        subject=subject,
        before=before or None,
        after={"person": audit.named(person), **after},
        now=now,
    )
