"""What every template can use besides the filters: the reader, permissions, navigation and icons."""

from functools import cache
from pathlib import Path

from flask import Flask, request
from lucide.jinja import lucide
from markupsafe import Markup

from exchange.web.access.permissions import Permission
from exchange.web.access.request_context import (
    may,
    reader_city,
    reader_time_zone,
    settings,
    today,
    viewer,
)
from exchange.web.presentation.addresses import address_of
from exchange.web.presentation.form_controls import anchor_of, control_attributes, shape_of
from exchange.web.presentation.navigation import navigation
from exchange.web.presentation.paging import page_address
from exchange.web.presentation.translations import page_locale


def add_to_templates(app: Flask) -> None:
    """Give the templates of ``app`` these names."""
    app.jinja_env.globals.update(
        Permission=Permission,
        anchor_of=anchor_of,
        control_attributes=control_attributes,
        icon=icon,
        same_icon=same_icon,
        may=may,
        navigation=navigation,
        page_address=page_address,
        page_language=page_language,
        reader_place=reader_place,
        reader_time_zone=reader_time_zone,
        settings=settings,
        shape_of=shape_of,
        stylesheets=stylesheets,
        today=today,
        url_for=address_of,
        viewer=viewer,
    )


@cache
def icon(name: str, element_id: str = "") -> Markup:
    """A lucide icon as inline SVG, hidden from screen readers: the words stand beside it.

    With an ``element_id`` same_icon can show it again: a picture may have thousands of a few icons.
    """
    known = {"class": "icon"} | ({"id": element_id} if element_id else {})
    return Markup(lucide(name, size=20, aria_hidden="true", focusable="false", **known))


def same_icon(element_id: str) -> Markup:
    """The icon of that id, which stands on the page already, once more."""
    hidden = 'class="icon" width="20" height="20" aria-hidden="true" focusable="false"'
    return Markup(f'<svg {hidden}><use href="#{{}}"/></svg>').format(element_id)


def page_language() -> str:
    """The language of this page, as the lang attribute wants it."""
    return page_locale().replace("_", "-")


def reader_place() -> str:
    """The city whose clock pages show first: the reader's own; for a visitor the one a zone is named for."""
    city = reader_city()
    if city is not None:
        return city.name
    return reader_time_zone().rpartition("/")[2].replace("_", " ")


def stylesheets() -> list[str]:
    """Addresses of the style sheets, the common one first; each blueprint may bring one of its own."""
    return _sheets_under(request.script_root)


@cache
def _sheets_under(_script_root: str) -> list[str]:
    names = sorted(path.name for path in (Path(__file__).parents[2] / "static").glob("*.css"))
    names.sort(key=lambda name: (name != "base.css", name != "forms.css"))
    return [address_of("static", filename=name) for name in names]
