"""The blueprint of busy times."""

from flask import Blueprint

blueprint = Blueprint("busy", __name__)
