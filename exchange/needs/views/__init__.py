"""The pages of needs rounds and of the needs taken from them.

They save nothing by themselves: actions and ranking do."""

from exchange.needs.views import needs, results, rounds
from exchange.needs.views.blueprint import blueprint

__all__ = ["blueprint", "needs", "results", "rounds"]
