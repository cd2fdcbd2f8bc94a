"""The blueprint that all views of cycles stand in, and what they share. No pages of its own."""

from flask import Blueprint

from exchange.cycles.queries import Reader
from exchange.feeds.readers import page_audiences
from exchange.web.permissions import Permission
from exchange.web.request import may, today, viewer

blueprint = Blueprint("cycles", __name__)


def reader() -> Reader:
    """Who looks at this page."""
    found = viewer()
    if found is None:
        return Reader(plans=False)
    audiences = page_audiences(found.person.city, found.group_ids, today())
    return Reader(may(Permission.PLAN_PROGRAMME), tuple(audiences))
