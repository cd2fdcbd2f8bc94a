"""The two secrets of an invitation: the link by which its reader answers, and the address for calendars.

Derived from the secret key like feed addresses; the table keeps digests. Both are bearer secrets.
"""

import base64
import re
from email.utils import parseaddr

from exchange.models import Invitation
from exchange.settings import Settings
from exchange.tokens import derived, digest

_LENGTH = 20  # bytes: 160 bits, 32 letters and digits
_ALPHABET = "[a-z2-7]{32}"  # lower-case base32: mail servers may change the case of an address


def link_token(settings: Settings, name: str) -> str:
    """The secret part of the answer link of the invitation with that secret_name."""
    return _derived(settings, "answer link", name)


def reply_token(settings: Settings, name: str) -> str:
    """The secret part of the address that takes a calendar's answer, of the same."""
    return _derived(settings, "reply address", name)


def secret_name(invitation: Invitation) -> str:
    """What its secrets are derived from: its UID, with the person where all who plan have the same."""
    is_shared = invitation.preparation_step_id is not None
    return f"{invitation.uid}:{invitation.person_id}" if is_shared else invitation.uid


def answer_link(settings: Settings, invitation: Invitation) -> str:
    """The page on which the invited person answers without signing in."""
    return f"{settings.base_url.rstrip('/')}/attend/{link_token(settings, secret_name(invitation))}"


def reply_address(settings: Settings, invitation: Invitation) -> str:
    """Where the person's calendar sends its answer; the plain sender's where nobody reads such mail."""
    _, sender = parseaddr(settings.mail_from)
    if settings.imap_url is None:
        return sender
    return settings.reply_pattern.replace("{token}", reply_token(settings, secret_name(invitation)))


def takes_replies(settings: Settings) -> bool:
    """Whether answers of calendars are read at all."""
    return settings.imap_url is not None


def tokens_in(settings: Settings, addresses: list[str]) -> list[str]:
    """The tokens that stand in addresses of ours, in lower case."""
    before, _, after = settings.reply_pattern.lower().partition("{token}")
    ours = re.compile(f"{re.escape(before)}({_ALPHABET}){re.escape(after)}")
    found = (ours.fullmatch(address.strip().lower()) for address in addresses)
    return [match.group(1) for match in found if match]


def seal(settings: Settings, invitation: Invitation) -> None:
    """Keep the digests of the tokens; again after the secret key has changed, which ends the old ones."""
    invitation.link_digest = digest(link_token(settings, secret_name(invitation)))
    invitation.reply_digest = digest(reply_token(settings, secret_name(invitation)))


def _derived(settings: Settings, purpose: str, name: str) -> str:
    secret = derived(settings.secret_key, f"{purpose}:{name}")
    return base64.b32encode(secret[:_LENGTH]).decode().lower()
