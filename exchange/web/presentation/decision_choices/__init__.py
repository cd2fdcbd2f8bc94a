"""The choice of one decision in forms of other packages; how, fields.py says."""

from exchange.web.presentation.decision_choices.fields import (
    chosen_decision,
    decision_choices,
    decision_field,
)

__all__ = ["chosen_decision", "decision_choices", "decision_field"]
