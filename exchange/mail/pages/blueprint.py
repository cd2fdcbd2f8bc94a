"""The blueprint of all views of letters. No pages of its own."""

from flask import Blueprint

blueprint = Blueprint("letters", __name__)
