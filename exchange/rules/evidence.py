"""What shows that something was done: a link, or a sentence where one will do. It opens nothing."""

from exchange.errors import InvalidInput
from exchange.rules.markings.state_secrets import refuse_state_secrets
from exchange.rules.typed_links import is_link


def checked_evidence(text: str) -> str:
    """The link without the space around it. Raises InvalidInput, field "evidence", for what is no link."""
    link = text.strip()
    if not is_link(link):
        raise InvalidInput(
            "Give a link that begins with https://, to the minutes, the file or the page that shows it.",
            field="evidence",
        )
    refuse_state_secrets(link, field="evidence")
    return link


def checked_link_or_sentence(text: str) -> str:
    """A link, or a sentence of some words. Raises InvalidInput, field "evidence", for what is neither."""
    said = text.strip()
    if is_link(said):
        return checked_evidence(said)
    if len(said.split()) < 2 or "://" in said.split()[0]:
        raise InvalidInput(
            "Say what shows it: a link that begins with https://, or a sentence.", field="evidence"
        )
    refuse_state_secrets(said, field="evidence")
    return said
