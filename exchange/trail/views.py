"""The page of the audit trail, and the same as a table to take along."""

from collections.abc import Iterator
from dataclasses import replace

from flask import Blueprint, Response, render_template, request, stream_with_context
from sqlmodel import Session

from exchange.errors import Forbidden
from exchange.trail import queries
from exchange.trail.forms import FilterForm
from exchange.trail.queries import Chosen
from exchange.trail.shown_entries import Shown, is_kept_back, shown
from exchange.trail.words import hidden_words
from exchange.transfer.csv_file import Table, csv_pieces
from exchange.transfer.row_batches import in_batches
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import reader_time_zone, reading, signed_in
from exchange.web.access.trail_readers import may_read_trail
from exchange.web.http.id_numbers import clamped

ROWS_AT_ONCE = 500
COLUMNS = ("number", "when (UTC)", "who", "did what", "to what", "why", "details")
_NOTHING = "nothing"  # no entry's subject
FILTERS = ("since", "until", "person", "action", "subject")

blueprint = Blueprint("trail", __name__)


@blueprint.get("/audit")
@requires(Permission.SEE_PROGRAMME)
def entries() -> str | tuple[str, int]:
    """Fifty entries, the newest first; ``before`` and ``after`` an entry's number page on."""
    _check_reader()
    with reading() as session:
        form = _form(session)
        is_valid = form.validate()
        chosen = _chosen(session, form) if is_valid else None
        page = render_template("trail/entries.html", form=form, **_page(session, chosen))
    return page, 200 if is_valid else 400


@blueprint.get("/audit.csv")
@requires(Permission.SEE_PROGRAMME)
def export_entries() -> Response | tuple[str, int]:
    """All entries that the filter leaves, as the reader may see them, the newest first."""
    _check_reader()
    with reading() as session:
        form = _form(session)
        if not form.validate():
            return render_template("trail/entries.html", form=form, **_page(session, None)), 400
        rows = _rows(_chosen(session, form))
    return Response(
        stream_with_context(csv_pieces(Table(COLUMNS, rows))),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="audit.csv"'},
    )


def _check_reader() -> None:
    if not may_read_trail(signed_in()):
        raise Forbidden("The audit trail is open to auditors and coordinators.")


def _form(session: Session) -> FilterForm:
    form = FilterForm(request.args)
    form.offer(queries.people(session))
    return form


def _chosen(session: Session, form: FilterForm) -> Chosen:
    """What was typed; what is kept back from the reader is looked for like what is not there."""
    chosen = form.chosen(reader_time_zone())
    if is_kept_back(session, chosen.subject, signed_in()):
        return replace(chosen, subject=_NOTHING)
    return chosen


def _page(session: Session, chosen: Chosen | None) -> dict[str, object]:
    filters = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    if chosen is None:
        return {"entries": [], "older": None, "newer": None, "filters": filters, "hidden_words": hidden_words}
    found = queries.entries(
        session,
        chosen,
        before_id=clamped(request.args.get("before", type=int)),
        after_id=clamped(request.args.get("after", type=int)),
    )
    first, last = (found[0].id, found[-1].id) if found else (None, None)
    return {
        "entries": shown(session, found, signed_in()),
        "older": last if found and queries.is_any(session, chosen, before_id=last) else None,
        "newer": first if found and queries.is_any(session, chosen, after_id=first) else None,
        "filters": filters,
        "hidden_words": hidden_words,
    }


def _rows(chosen: Chosen) -> Iterator[list[str]]:
    def batch(session: Session, last: Shown | None) -> list[Shown]:
        before_id = last.id if last else None
        found = queries.entries(session, chosen, before_id=before_id, most=ROWS_AT_ONCE)
        return shown(session, found, signed_in())

    return map(_cells, in_batches(batch, ROWS_AT_ONCE))


def _cells(one: Shown) -> list[str]:
    return [
        str(one.id),
        one.at.isoformat(timespec="seconds"),
        one.actor,
        one.action,
        one.subject,
        one.reason,
        one.text(),
    ]
