"""The page that leads to all pages of governance."""

from flask import render_template

from exchange.boards.views.blueprint import Page, blueprint
from exchange.web.access.permissions import Permission, requires
from exchange.web.presentation.governance import governance_pages


@blueprint.get("/governance")
@requires(Permission.SEE_PROGRAMME)
def governance() -> Page:
    """The pages of governance that the reader may open, with a sentence each."""
    return render_template("boards/governance.html", pages=governance_pages())
