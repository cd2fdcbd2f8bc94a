"""Recovery codes: ten on paper, each good once, for the day a device is lost. Kept as keyed digests."""

import base64
import re
import secrets
from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import Session, col

from exchange.models import Person, RecoveryCode
from exchange.settings import Settings
from exchange.tokens import derived_token

CODES = 10
CODE_BYTES = 10  # 80 bits, 16 letters and digits: not to be guessed, and short enough to copy from paper


def make_codes(session: Session, person: Person, settings: Settings) -> list[str]:
    """New codes in place of all earlier ones, as they are shown: this once."""
    forget_codes(session, person)
    codes = [base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode().lower() for _ in range(CODES)]
    for code in codes:
        session.add(RecoveryCode(person_id=person.id or 0, code_digest=_digest(code, person, settings)))
    session.flush()
    return ["-".join(re.findall("....", code)) for code in codes]


def use_code(session: Session, person: Person, typed: str, settings: Settings, now: datetime) -> bool:
    """Use a code up; False when it is wrong or was used. Of two who use it at once one succeeds."""
    code = re.sub(r"[\s-]", "", typed).lower()
    claimed = session.connection().execute(
        update(RecoveryCode)
        .where(
            col(RecoveryCode.person_id) == person.id,
            col(RecoveryCode.code_digest) == _digest(code, person, settings),
            col(RecoveryCode.used_at).is_(None),
        )
        .values(used_at=now)
    )
    return claimed.rowcount == 1


def forget_codes(session: Session, person: Person) -> None:
    """Delete all of a person's codes."""
    session.connection().execute(delete(RecoveryCode).where(col(RecoveryCode.person_id) == person.id))


def _digest(code: str, person: Person, settings: Settings) -> str:
    return derived_token(settings.secret_key, f"recovery code of person {person.id}: {code}")
