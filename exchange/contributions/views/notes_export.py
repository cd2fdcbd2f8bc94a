"""The notes of an exchange to take along: as a text file and on paper. Nothing a reader may not open."""

from flask import Response, render_template
from flask_babel import gettext as _

from exchange.contributions import queries
from exchange.contributions.notes_export import notes_of, refuse_red
from exchange.contributions.views.blueprint import blueprint
from exchange.contributions.views.reader_access import cycle_for_reader, openable
from exchange.markdown import rendered
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import reading


@blueprint.get("/cycles/<int:cycle_id>/answers/notes.md")
@requires(Permission.SEE_PROGRAMME)
def export_notes(cycle_id: int) -> Response:
    """All answers that the reader may open, as Markdown."""
    response = Response(render_template("contributions/notes.md", **_document(cycle_id)).strip() + "\n")
    response.headers["Content-Type"] = "text/markdown; charset=utf-8"
    response.headers.set("Content-Disposition", "attachment", filename=f"exchange-{cycle_id}-notes.md")
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/cycles/<int:cycle_id>/answers/print")
@requires(Permission.SEE_PROGRAMME)
def print_notes(cycle_id: int) -> str:
    """The same for paper, the marking at head and foot of each page."""
    return render_template("contributions/print_notes.html", **_document(cycle_id), rendered=rendered)


def _document(cycle_id: int) -> dict[str, object]:
    with reading() as session:
        cycle = cycle_for_reader(session, cycle_id)
        refuse_red(cycle)
        opened = openable(queries.answers_of_cycle(session, cycle_id), cycle)
        notes = notes_of(session, cycle, opened, withheld=str(_("(withheld)")))
        return {"cycle": cycle, "theme": cycle.theme.name, "notes": notes}
