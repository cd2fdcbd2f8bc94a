"""Sign-in links and sessions: made, used once, ended; each deed in the audit trail.

A token leaves here once, for a letter or a cookie; the database keeps its digest.
"""

from datetime import datetime, timedelta
from urllib.parse import urlencode

from sqlalchemy import delete, or_, update
from sqlmodel import Session, col

from exchange.accounts.queries import open_sessions, person_with_address
from exchange.audit import record
from exchange.errors import Conflict, NotFound
from exchange.mail.compose import sign_in_letter
from exchange.mail.edited import load_wordings
from exchange.mail.outbox import SIGN_IN, queue
from exchange.models import Person, SignInLink, WebSession
from exchange.settings import Settings
from exchange.tokens import digest, new_token

BROWSER_MAX = 300  # characters of a browser's description that are kept
HOME = "/"


class SpentLink(Conflict):
    """A sign-in link that was used, has expired, or never existed: said alike."""


def send_sign_in_link(
    session: Session, email: str, *, leads_to: str = HOME, settings: Settings, now: datetime
) -> None:
    """Queue a letter with a sign-in link to the person who has the address; nothing when nobody has it.

    The caller answers alike in both cases; a letter is composed in both, so that neither takes longer.
    """
    person = person_with_address(session, email)
    url = (
        make_sign_in_link(session, person, leads_to=leads_to, settings=settings, now=now) if person else HOME
    )
    worded = sign_in_letter(person or _nobody(), url, minutes=settings.sign_in_minutes)
    letter = worded.written(settings, load_wordings(session))
    if person is None:
        return
    queue(
        session,
        letter,
        to=person,
        once_key=f"{SIGN_IN}:{digest(url)}",
        kind=SIGN_IN,
        why="Asked for on the sign-in page.",
        useless_after=now + timedelta(minutes=settings.sign_in_minutes),
        now=now,
    )


def make_sign_in_link(
    session: Session, person: Person, *, leads_to: str = HOME, settings: Settings, now: datetime
) -> str:
    """The address of a page that signs ``person`` in once, for settings.sign_in_minutes."""
    token = new_token()
    session.add(
        SignInLink(
            token_digest=digest(token),
            person_id=_id_of(person),
            created_at=now,
            expires_at=now + timedelta(minutes=settings.sign_in_minutes),
        )
    )
    record(session, actor=None, action="make sign-in link", subject=_subject(person), now=now)
    query = "" if leads_to == HOME else "?" + urlencode({"next": leads_to})
    return f"{settings.base_url}/sign-in/{token}{query}"


def sign_in(session: Session, token: str, *, browser: str, settings: Settings, now: datetime) -> str:
    """Use a link: the token of the new session, for the browser's cookie.

    Of two that use one link at the same time only one gets in. Raises SpentLink.
    """
    person = _person_of_used_link(session, token, now)
    session_token = new_token()
    session.add(
        WebSession(
            token_digest=digest(session_token),
            person_id=_id_of(person),
            created_at=now,
            expires_at=now + timedelta(hours=settings.session_hours),
            user_agent=browser[:BROWSER_MAX],
        )
    )
    record(session, actor=person, action="sign in", subject=_subject(person), now=now)
    return session_token


def sign_out(session: Session, session_id: int, *, actor: Person, now: datetime) -> None:
    """End the session the reader is in; nothing when it has ended already."""
    if _revoke(session, session_id, actor, now):
        record(session, actor=actor, action="sign out", subject=_subject(actor), now=now)


def end_session(session: Session, session_id: int, *, actor: Person, now: datetime) -> None:
    """End one of the actor's own sessions. Raises NotFound when it is not theirs or has ended."""
    if not _revoke(session, session_id, actor, now):
        raise NotFound("There is no such session; it may have ended meanwhile.")
    record(
        session,
        actor=actor,
        action="end session",
        subject=_subject(actor),
        now=now,
        after={"session": session_id},
    )


def end_other_sessions(session: Session, *, actor: Person, keep: int, now: datetime) -> int:
    """End all of the actor's sessions but ``keep``; how many that were."""
    others = [found.id or 0 for found in open_sessions(session, actor, now) if found.id != keep]
    for session_id in others:
        end_session(session, session_id, actor=actor, now=now)
    return len(others)


def forget_spent(session: Session, before: datetime) -> None:
    """Delete links used or expired, and sessions ended or expired, before ``before``: they let nobody in."""
    for spent in (
        delete(SignInLink).where(or_(col(SignInLink.expires_at) < before, col(SignInLink.used_at) < before)),
        delete(WebSession).where(
            or_(col(WebSession.expires_at) < before, col(WebSession.revoked_at) < before)
        ),
    ):
        session.connection().execute(spent)


def _person_of_used_link(session: Session, token: str, now: datetime) -> Person:
    claim = (
        update(SignInLink)
        .where(
            col(SignInLink.token_digest) == digest(token),
            col(SignInLink.used_at).is_(None),
            col(SignInLink.expires_at) > now,
        )
        .values(used_at=now)
        .returning(col(SignInLink.person_id))
    )
    person_id = session.connection().execute(claim).scalar_one_or_none()
    person = session.get(Person, person_id) if person_id is not None else None
    if person is None or not person.is_active:
        raise SpentLink("This sign-in link was used before, or its time is over.")
    return person


def _revoke(session: Session, session_id: int, owner: Person, now: datetime) -> bool:
    ended = session.connection().execute(
        update(WebSession)
        .where(
            col(WebSession.id) == session_id,
            col(WebSession.person_id) == owner.id,
            col(WebSession.revoked_at).is_(None),
        )
        .values(revoked_at=now)
    )
    return ended.rowcount == 1


def _nobody() -> Person:
    return Person(name="", email="", city_id=0)


def _subject(person: Person) -> str:
    return f"person:{person.id}"


def _id_of(person: Person) -> int:
    if person.id is None:
        raise ValueError("a person needs a row before a link or a session")
    return person.id
