"""When an ask that comes back is over: the last day that is proposed. Nothing is asked by it."""

from calendar import monthrange
from collections.abc import Collection
from datetime import date, timedelta

TIME_TO_ANSWER = timedelta(days=21)  # a city asks around before it says how far it is


def proposed_last_day(months: Collection[int], today: date) -> date:
    """The end of the first month (of 1 to 12) that leaves three weeks to answer; of none, three weeks on."""
    earliest = today + TIME_TO_ANSWER
    ends = [
        date(year, month, monthrange(year, month)[1])
        for year in (earliest.year, earliest.year + 1)
        for month in sorted(months)
    ]
    return next((end for end in ends if end >= earliest), earliest)
