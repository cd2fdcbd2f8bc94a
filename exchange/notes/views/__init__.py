"""The pages of notes to the network. They save nothing by themselves: actions do."""

from exchange.notes.views import notes, sending
from exchange.notes.views.blueprint import blueprint

__all__ = ["blueprint", "notes", "sending"]
