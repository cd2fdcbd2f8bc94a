"""The blueprint of people's data. No pages of its own."""

from flask import Blueprint
from werkzeug.wrappers import Response

Page = str | tuple[str, int] | Response

blueprint = Blueprint("personal_data", __name__)
