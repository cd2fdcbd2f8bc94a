"""Pages of the import: choose a file, see what would become of each row, import. Exports stand beside."""

from functools import partial

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import ngettext
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from exchange.network.queries import cities_by_membership
from exchange.transfer.actions import ROWS_MAX, Fate, Import, Outcome, import_rows
from exchange.transfer.csv_file import ReadRow, csv_bytes, decoded, read_csv
from exchange.transfer.date_columns import in_one_order
from exchange.transfer.forms import FILE_MAX_BYTES, ImportForm
from exchange.transfer.ics_file import is_calendar, read_calendar
from exchange.transfer.programme_columns import COLUMNS, NAMES, template
from exchange.transfer.queries import names_of
from exchange.transfer.views.attachments import attached
from exchange.transfer.views.blueprint import blueprint
from exchange.transfer.views.rehearsal import Tried, try_import
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import now, reading, signed_in, stage_plan, today

Page = str | tuple[str, int] | AnyResponse


@blueprint.route("/import", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def import_programme() -> Page:
    """The form; "Look" shows the fate of each row, "Import" makes the drafts that were shown."""
    form = ImportForm()
    with reading() as session:
        names = names_of(session, stage_plan())
        form.offer(_city_names(session))
    if form.city.data is None:
        form.city.data = signed_in().person.city.name
    tried = Tried([])
    if form.validate_on_submit():
        actor, at = signed_in().person, now()
        tried = try_import(
            form,
            lambda content: partial(
                import_rows,
                wanted=Import(_rows(content), names, form.usual(), stage_plan(), actor, at),
            ),
        )
        if tried.count is not None:
            flash(ngettext("%(num)d draft was imported.", "%(num)d drafts were imported.", tried.count))
            return redirect(url_for("programme.home"), 303)
    return _page(form, tried.fates)


@blueprint.get("/import/template.csv")
@requires(Permission.PLAN_PROGRAMME)
def import_template() -> Response:
    """A table to begin with."""
    return attached(csv_bytes(template()), "programme-template.csv")


def _page(form: ImportForm, fates: list[Fate]) -> Page:
    page = render_template(
        "transfer/import_programme.html",
        form=form,
        fates=fates,
        new=[fate for fate in fates if fate.is_new],
        outcomes=Outcome,
        columns=COLUMNS,
        most_rows=ROWS_MAX,
        most_kb=FILE_MAX_BYTES // 1000,
    )
    return page, 400 if form.errors else 200


def _rows(content: bytes) -> list[ReadRow]:
    if is_calendar(content):
        return read_calendar(content)
    return in_one_order(read_csv(decoded(content), NAMES))


def _city_names(session: Session) -> list[str]:
    return [city.name for city in cities_by_membership(session, today())]
