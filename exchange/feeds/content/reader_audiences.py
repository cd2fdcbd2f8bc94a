"""Who a signed-in person is before lists and pages: their rights, on the clock of their city.

What each audience may see is decided in redaction.py.
"""

from dataclasses import replace

from exchange.feeds.content.entries import Audience
from exchange.rules.access.rings import Ring
from exchange.rules.access.standing import Standing


def list_audience(standing: Standing, time_zone: str) -> Audience:
    """Before a list, which shows as much as a city's feed does; ``time_zone`` is the person's clock."""
    return Audience(
        Ring.CITY,
        city_id=min(standing.cities, default=None),
        group_ids=standing.groups,
        time_zone=time_zone,
        reader=standing,
    )


def page_audience(standing: Standing, time_zone: str) -> Audience:
    """The same person before the page of one cycle or event."""
    return replace(list_audience(standing, time_zone), ring=Ring.PAGE)
