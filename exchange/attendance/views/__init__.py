"""The pages of attendance: who was there, the code at the door, and "I am here".

They save nothing by themselves: actions does."""

from exchange.attendance.views import door, feedback, sheet
from exchange.attendance.views.blueprint import blueprint

__all__ = ["blueprint", "door", "feedback", "sheet"]
