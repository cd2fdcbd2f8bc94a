"""Which addresses of calendars we take: https, a server, a path, and nothing that could be read as more.

Pure: where a name leads is looked at when a connection is made, in exchange.outgoing.
"""

from urllib.parse import urlsplit, urlunsplit

from exchange.errors import InvalidInput
from exchange.rules.plain_text import is_one_line

URL_MAX = 2000  # characters; the secret addresses of calendar services have 150 to 400


def checked_url(text: str, *, allow_http: bool) -> str:
    """The address as it is kept: webcal:// is https. Raises InvalidInput, field "url"."""
    url = text.strip()
    if len(url) > URL_MAX:
        raise InvalidInput("An address has at most %(most)s characters.", field="url", most=URL_MAX)
    if not is_one_line(url) or any(character.isspace() for character in url):
        raise InvalidInput("An address holds no spaces and no control characters.", field="url")
    scheme, colon, rest = url.partition(":")
    if scheme.lower() in {"webcal", "webcals"}:
        url = f"https{colon}{rest}"
    return _checked(url, allow_http=allow_http)


def host_of(url: str) -> str:
    """The name of the server, all that is shown of an address."""
    return urlsplit(url).hostname or ""


def _checked(url: str, *, allow_http: bool) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port  # raises for a port that is none
        host = parts.hostname or ""
        host.encode("idna")
    except (ValueError, UnicodeError) as error:
        raise InvalidInput("This is not an address: https://, a server, and a path.", field="url") from error
    if parts.scheme.lower() != "https" and not (allow_http and parts.scheme.lower() == "http"):
        raise InvalidInput("The address of a calendar begins with https:// or webcal://.", field="url")
    if not host or port == 0:
        raise InvalidInput("This is not an address: https://, a server, and a path.", field="url")
    if parts.username is not None or parts.password is not None:
        raise InvalidInput(
            "Put user and password into their own fields: an address is no safe place for them.", field="url"
        )
    return urlunsplit((parts.scheme.lower(), parts.netloc, parts.path or "/", parts.query, ""))
