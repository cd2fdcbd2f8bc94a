"""The pages of training events.

They save nothing by themselves: actions does."""

from exchange.trainings.views import training_changes, training_needs, trainings
from exchange.trainings.views.blueprint import blueprint

__all__ = ["blueprint", "training_changes", "training_needs", "trainings"]
