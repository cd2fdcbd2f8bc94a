"""The pages of turns. They save nothing by themselves: actions do."""

from exchange.rotation.views import pages
from exchange.rotation.views.blueprint import blueprint

__all__ = ["blueprint", "pages"]
