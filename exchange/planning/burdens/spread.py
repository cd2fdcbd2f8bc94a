"""How far apart cities are in what they bear: one number for the whole network. Pure."""

from collections.abc import Sequence


def spread_of(points: Sequence[int]) -> float:
    """How many points a city is from the mean of all, on average; 0.0 when all bear the same."""
    if not points:
        return 0.0
    mean = sum(points) / len(points)
    return sum(abs(each - mean) for each in points) / len(points)
