"""The pages of people's data: one's own, those of who administers, and the notice for everybody.

They save nothing by themselves: actions does."""

from exchange.personal_data.views import erasing, export, notice, own, requests
from exchange.personal_data.views.blueprint import blueprint

__all__ = ["blueprint", "erasing", "export", "notice", "own", "requests"]
