"""Passkeys (WebAuthn): what a browser is asked, and whether its answer is right.

A challenge is kept with the session it was made for, for two minutes, and is good for one answer.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

import webauthn
from sqlalchemy import update
from sqlmodel import Session, col, select
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    options_to_json,
    parse_authentication_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from exchange.models import Passkey, Person, WebSession
from exchange.settings import Settings
from exchange.tokens import derived, new_token

CHALLENGE_LASTS = timedelta(minutes=2)
ANSWER_MAX = 20_000  # characters of a browser's answer


class WrongPasskey(Exception):
    """The answer does not prove what was asked; why is for nobody to know."""


def can_have_passkeys(settings: Settings) -> bool:
    """Whether browsers take the base URL: its host must be a name, and no number (WebAuthn 5.1.3)."""
    try:
        ip_address(_host(settings))
    except ValueError:
        return True
    return False


def registration_options(
    session: Session, session_id: int, person: Person, settings: Settings, now: datetime
) -> str:
    """What the browser needs to make a new key, as JSON."""
    held = _passkeys(session, person)
    options = webauthn.generate_registration_options(
        rp_id=_host(settings),
        rp_name=settings.network_short_name,
        user_id=derived(settings.secret_key, f"passkey user {person.id}"),
        user_name=person.email,
        user_display_name=person.name,
        challenge=_new_challenge(session, session_id, now),
        exclude_credentials=_described(held),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
    )
    return options_to_json(options)


def authentication_options(
    session: Session, session_id: int, person: Person, settings: Settings, now: datetime
) -> str:
    """What the browser needs to sign with a key that the person has, as JSON."""
    options = webauthn.generate_authentication_options(
        rp_id=_host(settings),
        challenge=_new_challenge(session, session_id, now),
        allow_credentials=_described(_passkeys(session, person)),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(options)


def registered(
    session: Session, session_id: int, answer: str, *, settings: Settings, now: datetime
) -> tuple[str, str, int]:
    """Credential id and public key (base64url), and sign count, of a new key. Raises WrongPasskey."""
    challenge = taken_challenge(session, session_id, now)
    try:
        made = webauthn.verify_registration_response(
            credential=answer[:ANSWER_MAX],
            expected_challenge=challenge,
            expected_rp_id=_host(settings),
            expected_origin=_origin(settings),
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError) as error:
        raise WrongPasskey from error
    return (
        bytes_to_base64url(made.credential_id),
        bytes_to_base64url(made.credential_public_key),
        made.sign_count,
    )


def check_passkey(
    session: Session, session_id: int, person: Person, answer: str, *, settings: Settings, now: datetime
) -> Passkey:
    """The person's key that signed the session's challenge, its use noted. Raises WrongPasskey."""
    challenge = taken_challenge(session, session_id, now)
    try:
        credential = parse_authentication_credential_json(answer[:ANSWER_MAX])
        passkey = _passkey_of(session, person, bytes_to_base64url(credential.raw_id))
        checked = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=_host(settings),
            expected_origin=_origin(settings),
            credential_public_key=base64url_to_bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,  # one that does not rise is refused: a copy
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError) as error:
        raise WrongPasskey from error
    passkey.sign_count, passkey.last_used_at = checked.new_sign_count, now
    session.add(passkey)
    return passkey


def taken_challenge(session: Session, session_id: int, now: datetime) -> bytes:
    """The session's challenge, which is then gone. Raises WrongPasskey when there is none, or it is old."""
    row = session.get(WebSession, session_id, with_for_update=True, populate_existing=True)
    if row is None or not row.challenge:
        raise WrongPasskey
    challenge, ends_at = row.challenge, row.challenge_ends_at
    gone = update(WebSession).where(col(WebSession.id) == session_id, col(WebSession.challenge) == challenge)
    session.connection().execute(gone.values(challenge="", challenge_ends_at=None))
    if ends_at is None or ends_at <= now:
        raise WrongPasskey
    return base64url_to_bytes(challenge)


def _new_challenge(session: Session, session_id: int, now: datetime) -> bytes:
    challenge = new_token()
    kept = update(WebSession).where(col(WebSession.id) == session_id)
    session.connection().execute(kept.values(challenge=challenge, challenge_ends_at=now + CHALLENGE_LASTS))
    return base64url_to_bytes(challenge)


def _passkeys(session: Session, person: Person) -> Sequence[Passkey]:
    return session.exec(select(Passkey).where(Passkey.person_id == person.id)).all()


def _passkey_of(session: Session, person: Person, credential_id: str) -> Passkey:
    found = session.exec(
        select(Passkey).where(Passkey.person_id == person.id, Passkey.credential_id == credential_id)
    ).first()
    if found is None:
        raise WrongPasskey
    return found


def _described(passkeys: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential_id)) for one in passkeys]


def _host(settings: Settings) -> str:
    return urlsplit(settings.base_url).hostname or ""


def _origin(settings: Settings) -> str:
    parts = urlsplit(settings.base_url)
    return f"{parts.scheme}://{parts.netloc}"
