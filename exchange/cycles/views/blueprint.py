"""The blueprint that all views of cycles stand in, and what they share. No pages of its own."""

from flask import Blueprint

blueprint = Blueprint("cycles", __name__)
