"""The blueprint that all views of cycles stand in, and what they share. No pages of its own."""

from flask import Blueprint

from exchange.cycles.queries import Reader
from exchange.web.permissions import Permission
from exchange.web.request import may, viewer

blueprint = Blueprint("cycles", __name__)


def reader() -> Reader:
    """Who looks at this page."""
    found = viewer()
    if found is None:
        return Reader(plans=False)
    return Reader(may(Permission.PLAN_PROGRAMME), found.person.city_id, found.group_ids)
