"""The blueprint that all views of training events stand in, and what they share. No pages of its own."""

from flask import Blueprint

from exchange.web.presentation.words import TRAINING_KINDS, TRAINING_MODES, TRAINING_STATES, zone_place

blueprint = Blueprint("trainings", __name__)


@blueprint.context_processor
def words() -> dict[str, object]:
    """The vocabularies that the pages of events show."""
    return {
        "kinds": TRAINING_KINDS,
        "modes": TRAINING_MODES,
        "states": TRAINING_STATES,
        "zone_place": zone_place,
    }
