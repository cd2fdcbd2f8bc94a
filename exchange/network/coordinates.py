"""Where a city lies, as people and files write it: "59.33, 18.07", latitude first, in degrees."""

import re

from exchange.errors import InvalidInput

_DEGREES = r"[-+]?\d{1,3}(?:\.\d{1,8})?"
_POSITION = re.compile(rf"\s*({_DEGREES})\s*[,;]\s*({_DEGREES})\s*", re.ASCII)


def parse_position(text: str) -> tuple[float, float] | None:
    """Latitude and longitude; None for nothing. Raises InvalidInput, field "position"."""
    if not text.strip():
        return None
    found = _POSITION.fullmatch(text)
    latitude, longitude = (float(found[1]), float(found[2])) if found else (91.0, 0.0)
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise InvalidInput(
            "%(position)s is not a position. Write latitude and longitude in degrees, like 59.33, 18.07.",
            field="position",
            position=text.strip()[:40],
        )
    return latitude, longitude


def position_text(latitude: float | None, longitude: float | None) -> str:
    """What parse_position reads; "" when it is not known."""
    return "" if latitude is None or longitude is None else f"{latitude:g}, {longitude:g}"
