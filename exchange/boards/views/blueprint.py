"""The blueprint that all views of boards stand in, and what they share. No pages of its own."""

from flask import Blueprint
from werkzeug.wrappers import Response

Page = str | Response | tuple[str, int]
blueprint = Blueprint("boards", __name__)
