"""Codes that an app makes from a shared secret and the clock (RFC 6238). Nothing is stored here.

The secret is kept encrypted under a key derived from the installation's secret key.
"""

from datetime import datetime

import pyotp
import segno
from cryptography.fernet import InvalidToken

from exchange.errors import Conflict
from exchange.models import Person
from exchange.settings import Settings
from exchange.tokens import is_same, sealing

STEP_SECONDS = 30
STEPS_OFF = (0, -1, 1)  # a clock may be half a minute wrong, and a code takes time to type
_PURPOSE = "exchange totp secret of person {}"  # another person's row opens nothing


def new_secret() -> str:
    """160 random bits in base32, as apps take them."""
    return pyotp.random_base32(32)


def seal(secret: str, person: Person, settings: Settings) -> str:
    """The secret as the database, or a form on its way, may hold it."""
    return sealing(settings.secret_key, _PURPOSE.format(person.id)).encrypt(secret.encode()).decode()


def unseal(sealed: str, person: Person, settings: Settings) -> str:
    """The secret again. Raises Conflict when it was sealed under another secret key, or for others."""
    try:
        return sealing(settings.secret_key, _PURPOSE.format(person.id)).decrypt(sealed.encode()).decode()
    except (InvalidToken, UnicodeError) as error:
        raise Conflict(
            "The code cannot be checked, because the secret key of this installation was changed."
            " Use a recovery code, or ask the network coordinator to reset your second factor."
        ) from error


def step_of(code: str, secret: str, now: datetime) -> int | None:
    """The time step that ``code`` belongs to, at most one from the present; None for a wrong code."""
    totp = pyotp.TOTP(secret, interval=STEP_SECONDS)
    present = int(now.timestamp()) // STEP_SECONDS
    for step in (present + off for off in STEPS_OFF):
        if is_same(totp.generate_otp(step), code):
            return step
    return None


def qr_code(secret: str, person: Person, settings: Settings) -> str:
    """The secret as a picture for an app's camera: SVG without style, fit for the page's policy."""
    uri = pyotp.TOTP(secret, interval=STEP_SECONDS).provisioning_uri(
        name=person.email, issuer_name=settings.network_short_name
    )
    made = segno.make(uri, error="m")
    return made.svg_inline(scale=5, border=4, dark="#000", light="#fff", omitsize=True)
