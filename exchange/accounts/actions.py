"""Sign-in links and sessions: asked for, made, used once, ended; each action in the audit trail.

A token leaves here once, for a letter or a cookie; the database keeps its digest.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from sqlalchemy import delete, or_, update
from sqlmodel import Session, col, select

from exchange.accounts.queries import has_factor, open_sessions, person_with_address
from exchange.audit import record
from exchange.audit.sign_ins import record_refused_sign_in
from exchange.errors import Conflict, NotFound
from exchange.mail.outbox.letter_queue import SIGN_IN, queue
from exchange.mail.writing.compose import sign_in_letter
from exchange.mail.writing.custom_wording import load_wordings
from exchange.models import Person, ProviderAttempt, SecondFactor, SignInLink, SignInRequest, WebSession
from exchange.settings import Settings
from exchange.tokens import digest, new_token

BROWSER_MAX = 300  # characters of a browser's description that are kept
HALFWAY_MINUTES = 15  # between the link and the second factor
HOME = "/"


class SpentLink(Conflict):
    """A sign-in link that was used, has expired, or never existed: said alike."""


@dataclass(frozen=True)
class Proof:
    """How somebody showed who they are, and when: ``action`` is what the trail calls it while the second
    factor is owed, ``told`` what it says besides; ``is_factor`` where it is one, too."""

    action: str
    at: datetime | None  # None: nobody can tell, so it allows nothing dangerous
    told: dict[str, str] | None = None
    is_factor: bool = False


@dataclass(frozen=True)
class SignedIn:
    """The token of a new session, for the browser's cookie, and whether the second factor is owed first."""

    token: str
    awaits_factor: bool


def ask_for_link(session: Session, address: str, *, leads_to: str = HOME, now: datetime) -> None:
    """Write down that somebody at ``address`` wants to sign in.

    The same row for everybody: whose address it is, answer_request finds out when the answer has left.
    """
    session.add(SignInRequest(address=address, leads_to=leads_to, asked_at=now))


def waiting_requests(session: Session, most: int) -> list[int]:
    """The requests for links that nobody has answered yet, the oldest first."""
    statement = select(SignInRequest.id).order_by(col(SignInRequest.id)).limit(most)
    return [found for found in session.exec(statement) if found is not None]


def answer_request(session: Session, request_id: int, *, settings: Settings, now: datetime) -> None:
    """Queue the letter that a request asks for, once; nothing for a strange address or an old request."""
    taken = session.connection().execute(
        delete(SignInRequest)
        .where(col(SignInRequest.id) == request_id)
        .returning(col(SignInRequest.address), col(SignInRequest.leads_to), col(SignInRequest.asked_at))
    )
    found = taken.one_or_none()
    if found is None or found.asked_at + timedelta(minutes=settings.sign_in_minutes) <= now:
        return
    send_sign_in_link(session, found.address, leads_to=found.leads_to, settings=settings, now=now)


def send_sign_in_link(
    session: Session, email: str, *, leads_to: str = HOME, settings: Settings, now: datetime
) -> None:
    """Queue a letter with a sign-in link to the person who has the address; nothing when nobody has it."""
    person = person_with_address(session, email)
    if person is None:
        record_refused_sign_in(session, why="unknown address", now=now)
        return
    url = make_sign_in_link(session, person, leads_to=leads_to, settings=settings, now=now)
    queue(
        session,
        sign_in_letter(person, url, minutes=settings.sign_in_minutes).written(
            settings, load_wordings(session)
        ),
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


def sign_in(session: Session, token: str, *, browser: str, settings: Settings, now: datetime) -> SignedIn:
    """Use a link: a new session, which opens nothing yet when its person has a second factor.

    Of two that use one link at the same time only one gets in. Raises SpentLink.
    """
    person = _person_of_used_link(session, token, now)
    proof = Proof("use sign-in link", now)
    return open_session(session, person, proof, browser=browser, settings=settings, now=now)


def open_session(
    session: Session, person: Person, proof: Proof, *, browser: str, settings: Settings, now: datetime
) -> SignedIn:
    """A new session of a person who showed who they are; it opens nothing while a second factor is owed."""
    owes = has_factor(session, person) and not proof.is_factor
    lasts = timedelta(minutes=HALFWAY_MINUTES) if owes else timedelta(hours=settings.session_hours)
    session_token = new_token()
    session.add(
        WebSession(
            token_digest=digest(session_token),
            person_id=_id_of(person),
            created_at=now,
            last_seen_at=now,
            expires_at=now + lasts,
            user_agent=browser[:BROWSER_MAX],
            awaits_factor=owes,
            proved_at=None if owes else proof.at,
            factor_due_at=None if owes or proof.is_factor else _factor_due_at(session, person, settings, now),
        )
    )
    action = proof.action if owes else "sign in"
    record(session, actor=person, action=action, subject=_subject(person), now=now, after=proof.told)
    return SignedIn(session_token, owes)


def note_spent_link(session: Session, token: str, now: datetime) -> None:
    """Put into the trail that a link was refused, and whose it was if it ever was one."""
    of = select(SignInLink.person_id).where(SignInLink.token_digest == digest(token))
    person_id = session.exec(of).first()
    why = "spent link" if person_id else "unknown link"
    record_refused_sign_in(session, why=why, person_id=person_id, now=now)


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


def end_other_sessions(
    session: Session, *, actor: Person, keep: int, settings: Settings, now: datetime
) -> int:
    """End all of the actor's sessions but ``keep``; how many that were."""
    others = [found.id or 0 for found in open_sessions(session, actor, settings, now) if found.id != keep]
    for session_id in others:
        end_session(session, session_id, actor=actor, now=now)
    return len(others)


def forget_spent(session: Session, before: datetime) -> None:
    """Delete links used or expired, what expired on its way to the provider, and sessions ended or expired,
    before ``before``: they let nobody in."""
    for spent in (
        delete(SignInLink).where(or_(col(SignInLink.expires_at) < before, col(SignInLink.used_at) < before)),
        delete(ProviderAttempt).where(col(ProviderAttempt.expires_at) < before),
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
            col(SignInLink.confirms_session_id).is_(None),
        )
        .values(used_at=now)
        .returning(col(SignInLink.person_id))
    )
    person_id = session.connection().execute(claim).scalar_one_or_none()
    person = session.get(Person, person_id) if person_id is not None else None
    if person is None or not person.is_active:
        raise SpentLink("This sign-in link was used before, or its time is over.")
    return person


def _factor_due_at(session: Session, person: Person, settings: Settings, now: datetime) -> datetime | None:
    """By when a person without a second factor must set one up; its days begin at the first such sign-in."""
    if not (settings.enforces_second_factor and person.needs_second_factor):
        return None
    kept = session.get(SecondFactor, person.id) or SecondFactor(person_id=_id_of(person))
    if kept.asked_since is None:
        kept.asked_since = now
        session.add(kept)
    return kept.asked_since + timedelta(days=settings.second_factor_days)


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


def _subject(person: Person) -> str:
    return f"person:{person.id}"


def _id_of(person: Person) -> int:
    if person.id is None:
        raise ValueError("a person needs a row before a link or a session")
    return person.id
