"""Numbers that visitors give: an id in an address, an id to page on from. None beyond what a column holds."""

from werkzeug.routing import IntegerConverter, Map

ID_MAX = 2**31 - 1  # the largest INTEGER of PostgreSQL


class IdConverter(IntegerConverter):
    """``<int:...>`` in an address; a number no row can have finds no page."""

    regex = r"[0-9]{1,10}"

    def __init__(self, rules: Map) -> None:
        super().__init__(rules, max=ID_MAX)


def clamped(number: int | None) -> int | None:
    """The nearest number that a column holds; None stays None."""
    return None if number is None else max(0, min(number, ID_MAX))
