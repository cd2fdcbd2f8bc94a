"""The pages of agreements and money.

They save nothing by themselves: actions and line_actions do."""

from exchange.money.views import agreements, lines, overview, statements
from exchange.money.views.blueprint import blueprint

__all__ = ["agreements", "blueprint", "lines", "overview", "statements"]
