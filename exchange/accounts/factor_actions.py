"""Second factors set up, used, taken away, reset; each in the audit trail, and told to its owner.

Of wrong tries views keep count: they must stay counted when nothing else of the request does.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from exchange.accounts import passkeys, totp
from exchange.accounts.letters_to_owners import tell_owner
from exchange.accounts.queries import factors_of
from exchange.accounts.recovery_codes import forget_codes, make_codes, use_code
from exchange.answering.ended_access import end_sessions
from exchange.audit import record
from exchange.errors import Conflict, Forbidden, InvalidInput, NotFound
from exchange.mail.writing.occasions.account_letters import SignInNews
from exchange.models import Passkey, Person, SecondFactor, WebSession
from exchange.settings import Settings
from exchange.tokens import digest, new_token

PASSKEY, APP, RECOVERY = "passkey", "code of an app", "recovery code"
PASSKEYS_MAX = 20  # of one person


@dataclass(frozen=True)
class Typed:
    """What somebody gave to prove that it is they: a code, or the browser's answer of a passkey."""

    code: str = ""
    passkey: str = ""


@dataclass(frozen=True)
class Context:
    """Who does something about a second factor, in which of their sessions, and when."""

    person: Person
    session_id: int
    settings: Settings
    now: datetime


def add_passkey(session: Session, at: Context, name: str, answer: str) -> list[str]:
    """Keep the key that a browser made; recovery codes to show when there were none yet.

    Raises InvalidInput when the answer is not right.
    """
    if len(factors_of(session, at.person).passkeys) >= PASSKEYS_MAX:
        raise InvalidInput("You have %(most)s passkeys. Remove one first.", most=PASSKEYS_MAX)
    try:
        made = passkeys.registered(session, at.session_id, answer, settings=at.settings, now=at.now)
    except passkeys.WrongPasskey as error:
        raise InvalidInput("This passkey could not be kept. Try again.") from error
    credential_id, public_key, sign_count = made
    try:
        with session.begin_nested():
            session.add(
                Passkey(
                    person_id=at.person.id or 0,
                    name=name,
                    credential_id=credential_id,
                    public_key=public_key,
                    sign_count=sign_count,
                    created_at=at.now,
                )
            )
    except IntegrityError as error:
        raise InvalidInput("This passkey is kept already.") from error
    return _set_up(session, at, PASSKEY, name)


def add_totp(session: Session, at: Context, sealed: str, code: str) -> list[str]:
    """Take up the secret of an app, proved by its first code; recovery codes to show when there were none.

    Raises InvalidInput, field "code", when the code is wrong.
    """
    step = totp.step_of(code, totp.unseal(sealed, at.person, at.settings), at.now)
    if step is None:
        raise InvalidInput("This is not the code that the app shows now.", field="code")
    kept = session.get(SecondFactor, at.person.id) or SecondFactor(person_id=at.person.id or 0)
    kept.totp_sealed, kept.totp_since, kept.totp_step = sealed, at.now, step
    session.add(kept)
    return _set_up(session, at, APP, "")


def new_codes(session: Session, at: Context) -> list[str]:
    """New recovery codes; the earlier ones end. Raises Conflict without a second factor to stand in for."""
    if not factors_of(session, at.person).count:
        raise Conflict("Set up a second factor first.")
    codes = make_codes(session, at.person, at.settings)
    _record(session, at, "make recovery codes")
    return codes


def remove_passkey(session: Session, at: Context, passkey_id: int) -> None:
    """Take a passkey away. Raises NotFound, and Conflict when it is the last factor of who must have one."""
    passkey = session.get(Passkey, passkey_id)
    if passkey is None or passkey.person_id != at.person.id:
        raise NotFound("There is no such passkey.")
    _refuse_last(session, at)
    session.delete(passkey)
    _taken_away(session, at, PASSKEY, passkey.name)


def remove_totp(session: Session, at: Context) -> None:
    """Take the app away. Raises NotFound, and Conflict when it is the last factor of who must have one."""
    kept = session.get(SecondFactor, at.person.id)
    if kept is None or not kept.totp_sealed:
        raise NotFound("No app makes codes for you.")
    _refuse_last(session, at)
    kept.totp_sealed, kept.totp_since = "", None
    session.add(kept)
    _taken_away(session, at, APP, "")


def reset_factor(
    session: Session, person: Person, *, actor: Person | None, settings: Settings, now: datetime
) -> None:
    """Take all of a person's second factors away, end their sessions, tell them. Raises Conflict without one.

    Nobody resets their own by this: it would make a stolen session worth more than the factor.
    """
    if actor is not None and actor.id == person.id:
        raise Forbidden("Another coordinator resets yours. You can change your own in your account.")
    if not factors_of(session, person).count:
        raise Conflict("%(name)s has no second factor.", name=person.name)
    session.connection().execute(delete(Passkey).where(col(Passkey.person_id) == person.id))
    session.connection().execute(
        update(SecondFactor)
        .where(col(SecondFactor.person_id) == person.id)
        .values(totp_sealed="", totp_since=None)
    )
    forget_codes(session, person)
    end_sessions(session, person, now=now)
    entry = record(session, actor=actor, action="reset second factor", subject=f"person:{person.id}", now=now)
    tell_owner(session, person, SignInNews.RESET, entry, settings=settings, now=now)


def proved_by(session: Session, at: Context, typed: Typed) -> str:
    """How a person proved that it is they; "" when they did not, which is in the audit trail then."""
    how = _by_passkey(session, at, typed) if typed.passkey else _by_code(session, at, typed.code)
    if not how:
        _record(session, at, "refuse second factor", with_="passkey" if typed.passkey else "code")
    return how


def let_in(session: Session, at: Context, how: str) -> str:
    """Let the session that owed the second factor in: its new token, the old one opens nothing."""
    _record(session, at, "sign in", with_=how)
    lasts = timedelta(hours=at.settings.session_hours)
    return _renewed(session, at, awaits_factor=False, created_at=at.now, expires_at=at.now + lasts)


def note_proof(session: Session, at: Context, how: str) -> str:
    """The session may do what is dangerous for a while: its new token, the old one opens nothing."""
    _record(session, at, "confirm", with_=how)
    return _renewed(session, at)


def _by_passkey(session: Session, at: Context, typed: Typed) -> str:
    try:
        passkeys.check_passkey(
            session, at.session_id, at.person, typed.passkey, settings=at.settings, now=at.now
        )
    except passkeys.WrongPasskey:
        return ""
    return PASSKEY


def _by_code(session: Session, at: Context, code: str) -> str:
    digits = "".join(code.split())
    if len(digits) == 6 and digits.isascii() and digits.isdigit():
        return APP if _uses_step(session, at, digits) else ""
    return RECOVERY if use_code(session, at.person, code, at.settings, at.now) else ""


def _uses_step(session: Session, at: Context, code: str) -> bool:
    """Whether an app's code is right and of a later step than any before: none is good twice."""
    kept = session.get(SecondFactor, at.person.id)
    if kept is None or not kept.totp_sealed:
        return False
    step = totp.step_of(code, totp.unseal(kept.totp_sealed, at.person, at.settings), at.now)
    if step is None:
        return False
    claimed = session.connection().execute(
        update(SecondFactor)
        .where(col(SecondFactor.person_id) == at.person.id, col(SecondFactor.totp_step) < step)
        .values(totp_step=step)
    )
    return claimed.rowcount == 1


def _renewed(session: Session, at: Context, **values: object) -> str:
    token = new_token()
    session.connection().execute(
        update(WebSession)
        .where(col(WebSession.id) == at.session_id)
        .values(token_digest=digest(token), proved_at=at.now, last_seen_at=at.now, **values)
    )
    return token


def _set_up(session: Session, at: Context, what: str, name: str) -> list[str]:
    _record(session, at, "set up second factor", with_=what, name=name)
    session.connection().execute(
        update(WebSession).where(col(WebSession.person_id) == at.person.id).values(factor_due_at=None)
    )
    if factors_of(session, at.person).codes_left:
        return []
    return make_codes(session, at.person, at.settings)


def _taken_away(session: Session, at: Context, what: str, name: str) -> None:
    session.flush()
    if not factors_of(session, at.person).count:
        forget_codes(session, at.person)
    _record(session, at, "remove second factor", with_=what, name=name)


def _refuse_last(session: Session, at: Context) -> None:
    must = at.settings.enforces_second_factor and at.person.needs_second_factor
    if must and factors_of(session, at.person).count == 1:
        raise Conflict("This is your only second factor, and your role needs one. Set up another one first.")


_TOLD = {
    "set up second factor": SignInNews.ADDED,
    "remove second factor": SignInNews.REMOVED,
    "make recovery codes": SignInNews.CODES,
}


def _record(session: Session, at: Context, action: str, *, with_: str = "", name: str = "") -> None:
    after = {key: value for key, value in (("with", with_), ("name", name)) if value}
    entry = record(
        session,
        actor=at.person,
        action=action,
        subject=f"person:{at.person.id}",
        now=at.now,
        after=after or None,
    )
    if action in _TOLD or with_ == RECOVERY:
        news = _TOLD.get(action, SignInNews.CODE_USED)
        tell_owner(session, at.person, news, entry, settings=at.settings, now=at.now)
