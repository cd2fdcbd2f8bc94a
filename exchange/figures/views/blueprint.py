"""The blueprint of figures, and what its views share: of what they are made, and how files are sent."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from flask import Blueprint, Response
from flask_babel import gettext as _
from sqlmodel import Session

from exchange.access.things import FIGURES
from exchange.errors import NotFound
from exchange.figures.facts import Facts, least_reader
from exchange.figures.files.csv_table import table_of_sections
from exchange.figures.files.document import Document
from exchange.figures.files.html_file import html_of
from exchange.figures.files.odt_file import MEDIA_TYPE, odt_of
from exchange.figures.files.pdf_file import pdf_of
from exchange.figures.pack import Pack, pack_of
from exchange.figures.span import Span
from exchange.planning.pages.blueprint import weights
from exchange.rules.access.policy import Right
from exchange.rules.markings.tlp_labels import Marking
from exchange.transfer.csv_file import csv_bytes
from exchange.web.access.request_context import allowed, now, settings, stage_plan
from exchange.web.presentation.date_formats import long_day
from exchange.web.presentation.template_globals import page_language

blueprint = Blueprint("figures", __name__)

# How a document leaves, by the ending of its name.
FILES: dict[str, tuple[str, Callable[[Document], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", lambda document: csv_bytes(table_of_sections(document.sections))),
    "html": ("text/html; charset=utf-8", html_of),
    "odt": (MEDIA_TYPE, odt_of),
    "pdf": ("application/pdf", pdf_of),
}


def refuse_others() -> None:
    """Raises NotFound for whom figures are not for, as for what is not there."""
    if not allowed(Right.READ, FIGURES):
        raise NotFound("There is no such page, or it is not for you to see.")


def made(session: Session, span: Span) -> Pack:
    """The figures of a span as they are now, in the language of the page, for boards."""
    return pack_of(_facts(session, span))


def made_for(session: Session, span: Span, marking: Marking) -> Pack:
    """The same for all who may read a report of a marking."""
    return pack_of(replace(_facts(session, span), marking=marking, named_to=least_reader(marking)))


def _facts(session: Session, span: Span) -> Facts:
    return Facts(session, span, now(), settings().network_time_zone, stage_plan(), weights())


def sent(document: Document, ending: str) -> Response:
    """The document as a file to keep."""
    kind, written = FILES[ending]
    return Response(
        written(document),
        content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="{document.name}.{ending}"'},
    )


def as_of(on: date) -> str:
    """The line under a title: when figures were made, and what they count."""
    return str(
        _(
            "As of %(day)s. Counted is what boards may know of; TLP:RED never.",
            day=long_day(on, page_language()),
        )
    )
