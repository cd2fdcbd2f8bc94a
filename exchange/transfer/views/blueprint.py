"""The blueprint of exports and imports. No pages of its own."""

from flask import Blueprint

blueprint = Blueprint("transfer", __name__)
