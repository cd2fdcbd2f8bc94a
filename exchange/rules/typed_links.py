"""Links that people type, for others to follow: which can be kept."""

from urllib.parse import urlsplit

from exchange.errors import InvalidInput
from exchange.rules.plain_text import is_one_line

LINK_MAX = 500  # characters


def check_link(link: str, field: str) -> None:
    """Raise InvalidInput at ``field`` for what is no whole https address without a user in it."""
    if len(link) > LINK_MAX:
        raise InvalidInput("A link has at most %(most)s characters.", field=field, most=LINK_MAX)
    if not is_one_line(link) or any(character.isspace() for character in link):
        raise InvalidInput("A link holds no spaces and no control characters.", field=field)
    try:
        parts = urlsplit(link)
        is_https = parts.scheme == "https" and bool(parts.hostname) and parts.username is None
    except ValueError:
        is_https = False
    if not is_https:
        raise InvalidInput(
            "%(link)s is not a link that can be kept: it begins with https:// and names a host.",
            field=field,
            link=link[:80],
        )


def is_link(text: str) -> bool:
    """Whether the whole text is one link that can be kept."""
    try:
        check_link(text, "link")
    except InvalidInput:
        return False
    return True
