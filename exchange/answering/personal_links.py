"""Personal links: derived for letters, found by their token, revoked when they are handed on.

A token is a bearer secret. Only its digest is stored; nothing here logs one. The same task has the
same link in every letter until it is revoked.
"""

import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import joinedload
from sqlmodel import Session, col, select

from exchange.models import Person, PersonalLink, ProductReviewer, PromptAddressee
from exchange.settings import Settings
from exchange.tokens import derived_token, digest

_PURPOSE = "personal link"
# Tokens have 43 characters, or 32 in answers to invitations; nothing else after these words is as long.
_IN_TEXT = re.compile(
    r"(/(?:answer|review|attend|letters/preferences|letters/stop)/)(?:[0-9]+\.)?[A-Za-z0-9_-]{32,}"
)
TAKEN_OUT = "…"  # stands where a token was
LINK_MAX_AGE_DAYS = 120  # eight weeks, two before them, and time for extensions and a late look


@dataclass(frozen=True)
class Task:
    """What a link is for: one addressee's answer or one reviewer's review."""

    addressee_id: int | None = None
    reviewer_id: int | None = None

    @property
    def room(self) -> str:
        """The word in the address."""
        return "answer" if self.addressee_id else "review"


def link_for(session: Session, task: Task, *, to: Person, settings: Settings, now: datetime) -> str:
    """The address of the task's link in force, made when there is none; needs a writing session.

    A link given to somebody else, expired, or derived from an earlier secret key is not given
    again: the next one is made. Only a hand-over revokes the one before.
    """
    links = _links(session, task)
    for link in links:
        token = _token(settings, task, link.serial)
        is_same = hmac.compare_digest(digest(token), link.token_digest)
        if is_same and link.person_id == to.id and link.revoked_at is None and link.expires_at > now:
            return address(settings, task, token)
    serial = 1 + max((link.serial for link in links), default=0)
    token = _token(settings, task, serial)
    session.add(
        PersonalLink(
            addressee_id=task.addressee_id,
            reviewer_id=task.reviewer_id,
            person_id=to.id or 0,
            serial=serial,
            token_digest=digest(token),
            created_at=now,
            expires_at=now + timedelta(days=LINK_MAX_AGE_DAYS),
        )
    )
    session.flush()
    return address(settings, task, token)


def address(settings: Settings, task: Task, token: str) -> str:
    """Where a token leads."""
    return f"{settings.base_url.rstrip('/')}/{task.room}/{token}"


def revoke_links(session: Session, task: Task, *, why: str, now: datetime) -> int:
    """End all links of a task; how many were in force. Their page says ``why``."""
    in_force = [link for link in _links(session, task) if link.revoked_at is None]
    for link in in_force:
        link.revoked_at, link.revoked_why = now, why
        session.add(link)
    session.flush()
    return len(in_force)


def found_link(session: Session, token: str) -> PersonalLink | None:
    """The link with this token, whatever became of it; None for a forged one."""
    person = joinedload(PersonalLink.person).joinedload(Person.city)  # type: ignore[arg-type]  # SQLModel types relations as their values
    return session.exec(
        select(PersonalLink).where(PersonalLink.token_digest == digest(token)).options(person)
    ).first()


def without_tokens(text: str) -> str:
    """A letter's text for everybody but its reader: whoever opens a personal link acts as that person."""
    return _IN_TEXT.sub(rf"\1{TAKEN_OUT}", text)


def task_of(row: PromptAddressee | ProductReviewer) -> Task:
    """The task that a saved row stands for."""
    if isinstance(row, PromptAddressee):
        return Task(addressee_id=row.id)
    return Task(reviewer_id=row.id)


def _links(session: Session, task: Task) -> list[PersonalLink]:
    """The task's links, the newest first."""
    statement = select(PersonalLink).order_by(col(PersonalLink.serial).desc())
    if task.addressee_id:
        return list(session.exec(statement.where(PersonalLink.addressee_id == task.addressee_id)))
    return list(session.exec(statement.where(PersonalLink.reviewer_id == task.reviewer_id)))


def _token(settings: Settings, task: Task, serial: int) -> str:
    of = task.addressee_id or task.reviewer_id
    return derived_token(settings.secret_key, f"{_PURPOSE}:{task.room}:{of}:{serial}")
