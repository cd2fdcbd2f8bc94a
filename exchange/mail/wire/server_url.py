"""The address of a mail server, as EXCHANGE_SMTP_URL and EXCHANGE_IMAP_URL give it."""

from collections.abc import Container
from urllib.parse import SplitResult, urlsplit

from exchange.errors import ConfigurationError


def server_address(url: str, schemes: Container[str], refusal: ConfigurationError) -> SplitResult:
    """Its parts. Raises the refusal for another scheme, without a host, or for a wrong port."""
    parsed = urlsplit(url)
    try:
        is_right = parsed.scheme in schemes and bool(parsed.hostname) and parsed.port != 0
    except ValueError:
        is_right = False
    if not is_right:
        raise refusal
    return parsed
