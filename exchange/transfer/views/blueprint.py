"""The blueprint of the room. No pages of its own."""

from flask import Blueprint

blueprint = Blueprint("transfer", __name__)
