"""The pages of governance: boards with their seats and meetings, and decisions.

They save nothing by themselves: actions do."""

from exchange.boards.views import boards, decisions, governance, meetings
from exchange.boards.views.blueprint import blueprint

__all__ = ["blueprint", "boards", "decisions", "governance", "meetings"]
