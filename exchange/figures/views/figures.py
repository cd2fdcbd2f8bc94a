"""The year in figures: one page for a year or a quarter, and the same as files."""

from flask import Response, render_template, request
from flask_babel import gettext as _

from exchange.errors import NotFound
from exchange.figures.files.document import Document
from exchange.figures.pack import Pack
from exchange.figures.pictures import drawn
from exchange.figures.span import FIRST_YEAR, LAST_YEAR, QUARTERS, Span
from exchange.figures.views.blueprint import as_of, blueprint, made, refuse_others, sent
from exchange.rules.time.timezones import wall_time
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import reading, settings, today
from exchange.web.presentation.template_globals import page_language


@blueprint.get("/figures")
@requires(Permission.SEE_PROGRAMME)
def this_year() -> str:
    """The figures of the year that it is."""
    return _page(Span(today().year))


@blueprint.get("/figures/<int:year>")
@requires(Permission.SEE_PROGRAMME)
def year(year: int) -> str:
    """The figures of a year, or of its quarter ``?quarter=1`` to 4."""
    return _page(Span(year, _quarter()))


@blueprint.get("/figures/<int:year>.<any(csv,html,odt,pdf):ending>")
@requires(Permission.SEE_PROGRAMME)
def year_file(year: int, ending: str) -> Response:
    """The board pack: the same as a file to keep."""
    refuse_others()
    with reading() as session:
        pack = made(session, Span(year, _quarter()))
    return sent(_document(pack), ending)


def _page(span: Span) -> str:
    refuse_others()
    with reading() as session:
        pack = made(session, span)
    return render_template(
        "figures/figures.html",
        pack=pack,
        span=span,
        as_of=_as_of(pack),
        drawn=drawn,
        quarters=QUARTERS,
        first_year=FIRST_YEAR,
        last_year=LAST_YEAR,
    )


def _document(pack: Pack) -> Document:
    return Document(
        name=f"figures-{pack.span.name}",
        title=_("%(span)s in figures", span=pack.span.name),
        language=page_language(),
        network=settings().network_name,
        as_of=_as_of(pack),
        marking=pack.marking,
        sections=pack.sections,
    )


def _as_of(pack: Pack) -> str:
    return as_of(wall_time(pack.made_at, settings().network_time_zone).on)


def _quarter() -> int | None:
    """The quarter that is asked for; None for the whole year. Raises NotFound for what is none."""
    asked = request.args.get("quarter", "")
    if asked not in ("", *map(str, QUARTERS)):
        raise NotFound("There is no such page, or it is not for you to see.")
    return int(asked) if asked else None
