"""Who may open a product that is out, by its own marking, which may be another than the exchange's."""

from exchange.rules.markings import Marking


def may_open_product(marking: str, *, is_signed_in: bool, takes_part: bool) -> bool:
    """Whether somebody may read it: everybody CLEAR, the network GREEN, who takes part the rest.

    ``takes_part``: in a city or group of the exchange, or planning it. Empty and unknown markings
    are denied.
    """
    if marking not in set(Marking):
        return False
    if marking == Marking.CLEAR:
        return True
    return takes_part or (marking == Marking.GREEN and is_signed_in)
