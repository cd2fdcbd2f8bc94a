"""Letters about a person's own sign-in: news of how they sign in, and links that confirm it is they."""

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col

from exchange.audit import record
from exchange.mail.outbox.letter_queue import ACCOUNT, SIGN_IN, queue
from exchange.mail.writing.custom_wording import load_wordings
from exchange.mail.writing.occasions.account_letters import (
    SignInNews,
    confirming_letter,
    second_factor_letter,
)
from exchange.mail.writing.personal_letters import page
from exchange.models import AuditEntry, Person, SignInLink, WebSession
from exchange.settings import Settings
from exchange.tokens import digest, new_token


def tell_owner(
    session: Session,
    person: Person,
    news: SignInNews,
    entry: AuditEntry,
    *,
    settings: Settings,
    now: datetime,
) -> None:
    """Queue the letter that tells a person what ``entry`` did to how they sign in."""
    of_provider = news in (SignInNews.PROVIDER_REMEMBERED, SignInNews.PROVIDER_FORGOTTEN)
    shown_on = "/account/sessions" if of_provider else "/account/sign-in"
    letter = second_factor_letter(person, news, page(settings, shown_on))
    queue(
        session,
        letter.written(settings, load_wordings(session)),
        to=person,
        once_key=f"{ACCOUNT}:{entry.id}",
        kind=ACCOUNT,
        why="Something changed about how they sign in.",
        now=now,
    )


def send_confirming_link(
    session: Session, person: Person, session_id: int, *, settings: Settings, now: datetime
) -> None:
    """Queue a letter with a link that confirms, in this session alone, that it is its person who uses it."""
    token = new_token()
    ends_at = now + timedelta(minutes=settings.sign_in_minutes)
    session.add(
        SignInLink(
            token_digest=digest(token),
            person_id=person.id or 0,
            created_at=now,
            expires_at=ends_at,
            confirms_session_id=session_id,
        )
    )
    record(session, actor=person, action="ask for a confirming link", subject=f"person:{person.id}", now=now)
    letter = confirming_letter(
        person, page(settings, f"/account/confirm/{token}"), minutes=settings.sign_in_minutes
    )
    queue(
        session,
        letter.written(settings, load_wordings(session)),
        to=person,
        once_key=f"{SIGN_IN}:{digest(token)}",
        kind=SIGN_IN,
        why="Asked for before something dangerous.",
        useless_after=ends_at,
        now=now,
    )


def use_confirming_link(
    session: Session, token: str, session_id: int, *, person: Person, now: datetime
) -> bool:
    """Use a link up and note the proof; False when it is spent, or was made for another session."""
    claimed = session.connection().execute(
        update(SignInLink)
        .where(
            col(SignInLink.token_digest) == digest(token),
            col(SignInLink.confirms_session_id) == session_id,
            col(SignInLink.used_at).is_(None),
            col(SignInLink.expires_at) > now,
        )
        .values(used_at=now)
    )
    if claimed.rowcount != 1:
        return False
    proved = update(WebSession).where(col(WebSession.id) == session_id).values(proved_at=now)
    session.connection().execute(proved)
    record(
        session,
        actor=person,
        action="confirm",
        subject=f"person:{person.id}",
        now=now,
        after={"with": "link"},
    )
    return True
