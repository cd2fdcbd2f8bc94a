"""The blueprint that all views of turns stand in, and what they share. No pages of its own."""

from flask import Blueprint
from werkzeug.wrappers import Response

from exchange.access.things import ROTATION
from exchange.errors import NotFound
from exchange.models import RotationKind
from exchange.rotation.actions import Decider
from exchange.rotation.words import ADDRESSES, KINDS, STATES
from exchange.rules.access.policy import Right
from exchange.rules.money.amounts import amount_text
from exchange.web.access.request_context import allowed, now, signed_in

Page = str | Response | tuple[str, int]
blueprint = Blueprint("rotation", __name__)


@blueprint.context_processor
def words() -> dict[str, object]:
    """The vocabularies that the pages show."""
    return {
        "rotation_kinds": KINDS,
        "rotation_states": STATES,
        "rotation_addresses": {kind: word for word, kind in ADDRESSES.items()},
        "amount_text": amount_text,
    }


def check(right: Right) -> None:
    """Raise NotFound for who has not the right on the register."""
    if not allowed(right, ROTATION):
        raise NotFound("There is no such page, or it is not for you to see.")


def kind_of(word: str) -> RotationKind:
    """The kind that the word of an address means. Raises NotFound."""
    if word not in ADDRESSES:
        raise NotFound("There is no such page.")
    return ADDRESSES[word]


def by() -> Decider:
    """Who decides by this request."""
    return Decider(signed_in().person, now())
