"""Personal links: derived for letters, found by their token, revoked when they are handed on.

A token is a bearer secret. Only its digest is stored; nothing here logs one. The same task has the
same link in every letter until it is revoked.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import joinedload
from sqlmodel import Session, col, select

from exchange.models import AskAddressee, ImprovementAction, Person, PersonalLink, ProductReviewer
from exchange.settings import Settings
from exchange.tokens import derived_token, digest, is_same

_PURPOSE = "personal link"
# Tokens have 43 characters, or 32 in answers to invitations; nothing else after these words is as long.
# As it stands it is one of Python, of SQLite by SQLAlchemy, and of PostgreSQL.
LINK_PATTERN = (
    r"(/(?:answer|review|action|attend|asked|released|new-address|letters/preferences|letters/stop)/)"
    r"(?:[0-9]+\.)?[A-Za-z0-9_-]{32,}"
)
_IN_TEXT = re.compile(LINK_PATTERN)
TAKEN_OUT = "…"  # stands where a token was
LINK_MAX_AGE_DAYS = 120  # eight weeks, two before them, and time for extensions and a late look


@dataclass(frozen=True)
class Task:
    """What a link is for: one addressee's answer, one reviewer's review, or one action."""

    addressee_id: int | None = None
    reviewer_id: int | None = None
    action_id: int | None = None

    @property
    def path_segment(self) -> str:
        """The word in the address."""
        if self.action_id:
            return "action"
        return "answer" if self.addressee_id else "review"

    @property
    def of(self) -> int | None:
        """The id of what it is for."""
        return self.addressee_id or self.reviewer_id or self.action_id


def link_for(session: Session, task: Task, *, to: Person, settings: Settings, now: datetime) -> str:
    """The address of the task's link in force, made when there is none; needs a writing session.

    A link given to somebody else, expired, or derived from an earlier secret key is not given
    again: the next one is made. Only a hand-over revokes the one before.
    """
    links = _links(session, task)
    for link in links:
        token = _token(settings, task, link.serial)
        is_its = is_same(digest(token), link.token_digest)
        if is_its and link.person_id == to.id and link.revoked_at is None and link.expires_at > now:
            return address(settings, task, token)
    made = _add(session, task, to.id or 0, now + timedelta(days=LINK_MAX_AGE_DAYS), settings, now)
    return address(settings, task, _token_of(settings, made))


def address(settings: Settings, task: Task, token: str) -> str:
    """Where a token leads."""
    return f"{settings.base_url.rstrip('/')}/{task.path_segment}/{token}"


def revoke_links(session: Session, task: Task, *, why: str, now: datetime) -> int:
    """End all links of a task; how many were in force. Their page says ``why``."""
    in_force = [link for link in _links(session, task) if link.revoked_at is None]
    for link in in_force:
        link.revoked_at, link.revoked_why = now, why
        session.add(link)
    session.flush()
    return len(in_force)


def links_signed_with(session: Session, settings: Settings) -> list[PersonalLink]:
    """All links not revoked that the secret of ``settings`` makes."""
    found = session.exec(select(PersonalLink).where(col(PersonalLink.revoked_at).is_(None)))
    return [link for link in found if digest(_token_of(settings, link)) == link.token_digest]


def count_links_of_others(session: Session, settings: Settings, now: datetime) -> int:
    """Links that open at ``now`` though the secret of ``settings`` does not make them."""
    found = session.exec(
        select(PersonalLink).where(col(PersonalLink.revoked_at).is_(None), col(PersonalLink.expires_at) > now)
    )
    return sum(digest(_token_of(settings, link)) != link.token_digest for link in found)


def renew_links(session: Session, *, old: Settings, new: Settings, why: str, now: datetime) -> dict[str, str]:
    """Replace every link that the secret of ``old`` made: the token of each, and the one in its place.

    A link whose time is over gets none. Their page says ``why``.
    """
    renewed = {}
    for link in links_signed_with(session, old):
        link.revoked_at, link.revoked_why = now, why
        session.add(link)
        if link.expires_at > now:
            task = _task_of(link)
            made = _add(session, task, link.person_id, link.expires_at, new, now)
            renewed[_token_of(old, link)] = _token_of(new, made)
    session.flush()
    return renewed


def found_link(session: Session, token: str) -> PersonalLink | None:
    """The link with this token, whatever became of it; None for a forged one."""
    person = joinedload(PersonalLink.person).joinedload(Person.city)  # type: ignore[arg-type]  # SQLModel types relations as their values
    return session.exec(
        select(PersonalLink).where(PersonalLink.token_digest == digest(token)).options(person)
    ).first()


def with_tokens(text: str, renewed: Mapping[str, str]) -> str:
    """The text with other tokens in its links: those in ``renewed`` in place of what they are there for."""
    return _IN_TEXT.sub(lambda found: _replaced(found, renewed), text)


def without_tokens(text: str) -> str:
    """A letter's text for everybody but its reader: whoever opens a personal link acts as that person."""
    return _IN_TEXT.sub(rf"\1{TAKEN_OUT}", text)


def task_of(row: AskAddressee | ProductReviewer | ImprovementAction) -> Task:
    """The task that a saved row stands for."""
    if isinstance(row, AskAddressee):
        return Task(addressee_id=row.id)
    if isinstance(row, ImprovementAction):
        return Task(action_id=row.id)
    return Task(reviewer_id=row.id)


def _replaced(found: re.Match[str], renewed: Mapping[str, str]) -> str:
    token = found[0].removeprefix(found[1])
    return found[1] + renewed.get(token, token)


def _links(session: Session, task: Task) -> list[PersonalLink]:
    """The task's links, the newest first."""
    statement = select(PersonalLink).order_by(col(PersonalLink.serial).desc())
    if task.addressee_id:
        return list(session.exec(statement.where(PersonalLink.addressee_id == task.addressee_id)))
    if task.reviewer_id:
        return list(session.exec(statement.where(PersonalLink.reviewer_id == task.reviewer_id)))
    return list(session.exec(statement.where(PersonalLink.action_id == task.action_id)))


def _add(
    session: Session, task: Task, person_id: int, expires_at: datetime, settings: Settings, now: datetime
) -> PersonalLink:
    """The task's next link."""
    serial = 1 + max((link.serial for link in _links(session, task)), default=0)
    made = PersonalLink(
        addressee_id=task.addressee_id,
        reviewer_id=task.reviewer_id,
        action_id=task.action_id,
        person_id=person_id,
        serial=serial,
        token_digest=digest(_token(settings, task, serial)),
        created_at=now,
        expires_at=expires_at,
    )
    session.add(made)
    session.flush()
    return made


def _token_of(settings: Settings, link: PersonalLink) -> str:
    return _token(settings, _task_of(link), link.serial)


def _task_of(link: PersonalLink) -> Task:
    return Task(link.addressee_id, link.reviewer_id, link.action_id)


def _token(settings: Settings, task: Task, serial: int) -> str:
    return derived_token(settings.secret_key, f"{_PURPOSE}:{task.path_segment}:{task.of}:{serial}")
