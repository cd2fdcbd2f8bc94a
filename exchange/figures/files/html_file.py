"""The document as one HTML file that needs no other: its style sheet and pictures stand in it."""

from functools import cache

from flask import render_template
from markupsafe import Markup

from exchange.figures.files.document import Document
from exchange.figures.pictures import drawn
from exchange.settings import ROOT


def html_of(document: Document) -> bytes:
    """The file, in UTF-8."""
    page = render_template("figures/standalone.html", document=document, drawn=drawn, css=_css())
    return page.encode()


@cache
def _css() -> Markup:
    """Our own file, no text of anybody's."""
    return Markup((ROOT / "templates/figures/standalone.css").read_text(encoding="utf-8"))
