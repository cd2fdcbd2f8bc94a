"""The link in a letter by which its reader says what they want to get; no account needed.

Derived from the secret key and never stored: it opens one page and allows one change, both about that reader.
It changes nothing; exchange.preferences does.
"""

from exchange.models import Person
from exchange.rules.programme.stage_plan import MessageClass
from exchange.settings import Settings
from exchange.tokens import derived_token, is_same

_PURPOSE = "letter preferences"


def preferences_link(person: Person, settings: Settings) -> str:
    """The address of the reader's page."""
    return f"{settings.base_url.rstrip('/')}/letters/preferences/{token_of(person.id or 0, settings)}"


def one_click_link(person: Person, settings: Settings) -> str:
    """The address that mail programs POST to when their button "unsubscribe" is pressed (RFC 8058)."""
    return f"{settings.base_url.rstrip('/')}/letters/stop/{token_of(person.id or 0, settings)}"


def token_of(person_id: int, settings: Settings) -> str:
    """What both addresses hold: whose they are, signed with 256 bits."""
    return f"{person_id}.{derived_token(settings.secret_key, f'{_PURPOSE}:{person_id}')}"


def person_id_of(token: str, settings: Settings) -> int | None:
    """Whose the token is; None for one that was not made here with this secret key."""
    number = token.partition(".")[0]
    if not (number.isascii() and number.isdigit() and len(number) <= 10):
        return None
    right = token_of(int(number), settings)
    return int(number) if is_same(right, token) else None


def takes(person: Person, message_class: MessageClass) -> bool:
    """Whether the person gets letters of a class: service letters always."""
    return message_class is MessageClass.SERVICE or takes_programme(person)


def takes_programme(person: Person) -> bool:
    """Whether letters of the programme go to the person: neither stopped by them nor restricted."""
    return person.programme_stopped_at is None and person.restricted_at is None
