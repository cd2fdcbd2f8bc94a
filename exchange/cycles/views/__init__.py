"""The pages of cycles.

They save nothing by themselves: actions does."""

from exchange.cycles.views import cycle_changes, cycles, show_cycle
from exchange.cycles.views.blueprint import blueprint

__all__ = ["blueprint", "cycle_changes", "cycles", "show_cycle"]
