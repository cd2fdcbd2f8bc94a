"""The blueprint that all views of answers stand in, and what they share. No pages of its own."""

from flask import Blueprint
from werkzeug.wrappers import Response

from exchange.web.access.link_access import add_closed_page

Page = str | Response | tuple[str, int] | tuple[dict[str, str], int]
blueprint = Blueprint("contributions", __name__)
add_closed_page(blueprint)
