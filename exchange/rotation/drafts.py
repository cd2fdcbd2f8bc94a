"""What a coordinator says of one turn, checked but not saved. It knows no forms."""

from dataclasses import dataclass

from exchange.errors import InvalidInput
from exchange.models import RotationState
from exchange.rules.markings.state_secrets import refuse_state_secrets

FIRST_YEAR, LAST_YEAR = 2018, 2100  # the network began in 2018
CURRENCIES = ("GBP", "SEK", "USD", "EUR")


@dataclass(frozen=True)
class TurnDraft:
    """One city's turn; ``cost`` in minor units of ``currency``, None and "" where nobody said."""

    city_id: int
    state: RotationState
    cost: int | None = None
    currency: str = ""
    in_kind: str = ""
    decision_id: int | None = None


def check_turn(draft: TurnDraft) -> None:
    """Raise InvalidInput at the field that cannot be right."""
    refuse_state_secrets(draft.in_kind, field="in_kind")
    if (draft.cost is None) is not (draft.currency == ""):
        raise InvalidInput("Give a cost with its currency, or neither.", field="currency")
    if draft.currency and draft.currency not in CURRENCIES:
        raise InvalidInput("Choose one of the currencies.", field="currency")
