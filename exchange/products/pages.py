"""All pages of the room: one blueprint, two files of views."""

from exchange.products import review_views, views
from exchange.products.room import blueprint

__all__ = ["blueprint", "review_views", "views"]
