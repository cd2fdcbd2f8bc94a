"""The pages of an event's preparation.

They save nothing by themselves: actions does."""

from exchange.preparation.views import milestones, preparation
from exchange.preparation.views.blueprint import blueprint

__all__ = ["blueprint", "milestones", "preparation"]
