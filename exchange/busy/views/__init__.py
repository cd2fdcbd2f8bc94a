"""Pages of busy times: calendars that are read, and days that cities write themselves."""

from exchange.busy.views import calendars, unavailable_days
from exchange.busy.views.blueprint import blueprint

__all__ = ["blueprint", "calendars", "unavailable_days"]
