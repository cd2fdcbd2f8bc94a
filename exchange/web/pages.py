"""What every template can use besides the filters: the reader, permissions, and icons."""

from functools import cache

from flask import Flask
from lucide.jinja import lucide
from markupsafe import Markup

from exchange.web.permissions import Permission
from exchange.web.request import may, reader_time_zone, settings, today, viewer


def add_to_templates(app: Flask) -> None:
    """Give the templates of ``app`` these names."""
    app.jinja_env.globals.update(
        Permission=Permission,
        icon=icon,
        may=may,
        reader_time_zone=reader_time_zone,
        settings=settings,
        today=today,
        viewer=viewer,
    )


@cache
def icon(name: str) -> Markup:
    """A lucide icon as inline SVG, hidden from screen readers: the words stand beside it."""
    return Markup(lucide(name, size=20, aria_hidden="true", focusable="false", **{"class": "icon"}))
