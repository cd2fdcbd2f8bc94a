"""What a coordinator says of one turn, checked but not saved. It knows no forms."""

import re
from dataclasses import dataclass

from exchange.errors import InvalidInput
from exchange.models import RotationState
from exchange.rules.markings.state_secrets import refuse_state_secrets

FIRST_YEAR, LAST_YEAR = 2018, 2100  # the network began in 2018
CURRENCIES = ("GBP", "SEK", "USD", "EUR")
COST_MOST = 10**11  # minor units: a billion of the currency is a slip of the keyboard
_AMOUNT = re.compile(r"([0-9]{1,10})(?:\.([0-9]{2}))?")


@dataclass(frozen=True)
class TurnDraft:
    """One city's turn; ``cost`` in minor units of ``currency``, None and "" where nobody said."""

    city_id: int
    state: RotationState
    cost: int | None = None
    currency: str = ""
    in_kind: str = ""
    decision_id: int | None = None


def minor_units(text: str) -> int | None:
    """ "20000" or "20,000.50" as pence or öre; None for nothing. Raises InvalidInput, field "cost"."""
    typed = text.replace(",", "").replace(" ", "").replace("\u00a0", "")
    if not typed:
        return None
    found = _AMOUNT.fullmatch(typed)
    cost = int(found[1]) * 100 + int(found[2] or 0) if found else COST_MOST + 1
    if cost > COST_MOST:
        raise InvalidInput("Give the cost as a number, like 20000 or 20000.50.", field="cost")
    return cost


def amount_text(cost: int) -> str:
    """Minor units as they are typed: "20000.50"."""
    return f"{cost // 100}.{cost % 100:02}"


def check_turn(draft: TurnDraft) -> None:
    """Raise InvalidInput at the field that cannot be right."""
    refuse_state_secrets(draft.in_kind, field="in_kind")
    if (draft.cost is None) is not (draft.currency == ""):
        raise InvalidInput("Give a cost with its currency, or neither.", field="currency")
    if draft.currency and draft.currency not in CURRENCIES:
        raise InvalidInput("Choose one of the currencies.", field="currency")
