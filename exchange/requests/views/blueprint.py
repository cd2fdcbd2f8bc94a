"""The blueprint of requests, and what its views share."""

from flask import Blueprint
from werkzeug.wrappers import Response

from exchange.requests.letters import By
from exchange.web.access.request_context import now, settings, viewer

Page = str | Response | tuple[str, int]
blueprint = Blueprint("requests", __name__)


def by() -> By:
    """Who acts on this page."""
    reader = viewer()
    return By(reader.person if reader else None, now(), settings())
