"""The page on which members find each other."""

from flask import render_template

from exchange.access.things import DIRECTORY
from exchange.errors import NotFound
from exchange.network.directory import directory
from exchange.network.views.blueprint import blueprint
from exchange.rules.access.policy import Right
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import allowed, reading, today
from exchange.web.presentation.paging import asked_page, asked_search


@blueprint.get("/directory", endpoint="directory")
@requires(Permission.SEE_PROGRAMME)
def show_directory() -> str:
    """Name, organisation, city and groups of people of the network, fifty on a page, with a search."""
    if not allowed(Right.READ, DIRECTORY):
        raise NotFound("There is no such page.")
    search = asked_search()
    with reading() as session:
        page = directory(session, today(), search=search, number=asked_page())
    return render_template("network/directory.html", page=page, search=search)
