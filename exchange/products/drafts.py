"""What somebody typed as a product, as a value, checked. No rows, no pages."""

from dataclasses import dataclass

from exchange.errors import InvalidInput
from exchange.rules.markings.state_secrets import refuse_state_secrets
from exchange.rules.markings.tlp_labels import parse_marking

TEXT_MAX = 60_000  # characters; two to four pages have 6,000 to 16,000


@dataclass(frozen=True)
class ProductDraft:
    """A version in the making, on the number of the one it was opened on; 0 when there was none.

    ``reason`` is needed for a lower marking than that one's: who agreed, and why.
    """

    opened_on: int
    title: str
    marking: str
    text: str
    named: tuple[str, ...] = ()
    reason: str = ""


def checked(draft: ProductDraft) -> None:
    """Raise InvalidInput, at its field, unless the draft can be kept: a title, a marking, a text."""
    if not draft.title:
        raise InvalidInput("Give it a title.", field="title")
    parse_marking(draft.marking)
    if not draft.text.strip():
        raise InvalidInput("Nothing is written yet.", field="text")
    refuse_state_secrets(draft.text, field="text")
    refuse_state_secrets(draft.title, field="title")
