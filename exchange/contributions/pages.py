"""All pages of the room: one blueprint, four files of views."""

from exchange.contributions import cycle_views, handing_views, notes_views
from exchange.contributions.views import blueprint

__all__ = ["blueprint", "cycle_views", "handing_views", "notes_views"]
