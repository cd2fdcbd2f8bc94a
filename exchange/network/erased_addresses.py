"""Addresses of people who were erased: known again by a keyed digest, so that no import brings them back.

It holds no address. Whoever adds a person or changes an address asks here.
"""

from datetime import datetime

from sqlmodel import Session, col, select

from exchange.errors import InvalidInput
from exchange.models import Erasure
from exchange.settings import Settings
from exchange.tokens import derived, is_same

_PURPOSE = "erased address"


def address_digest(email: str, settings: Settings) -> str:
    """What is kept of an erased address: HMAC-SHA-256 under the secret key, hex. ``email`` in lower case."""
    return derived(settings.secret_key, f"{_PURPOSE}:{email.strip().lower()}").hex()


def block_on(session: Session, email: str, settings: Settings) -> Erasure | None:
    """The erasure that keeps this address out; None when there is none, or when it was lifted."""
    wanted = address_digest(email, settings)
    found = session.exec(
        select(Erasure)
        .where(Erasure.address_digest == wanted, col(Erasure.lifted_at).is_(None))
        .order_by(col(Erasure.id))
    ).first()
    return found if found and is_same(wanted, found.address_digest) else None


def refuse_erased(session: Session, email: str, settings: Settings) -> None:
    """Raise InvalidInput, field "email", when somebody with this address was erased."""
    if block_on(session, email, settings):
        raise InvalidInput(
            "Somebody with this address was erased and is not to be entered again."
            " Who administers can lift that, with a reason, on the page of requests about personal data.",
            field="email",
        )


def lift(erasure: Erasure, *, by_id: int, why: str, now: datetime) -> None:
    """Let the address be entered again."""
    erasure.lifted_at, erasure.lifted_by_id, erasure.lifted_why = now, by_id, why
