"""Pages of money as tables: the import with its preview, its template, and a payer's statement."""

from functools import partial

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from exchange.access.things import MONEY
from exchange.errors import NotFound
from exchange.money.actions import Decider
from exchange.money.statements import statement_for
from exchange.rules.access.policy import Right
from exchange.transfer.actions import Fate
from exchange.transfer.csv_file import csv_bytes, decoded, read_csv
from exchange.transfer.forms import FILE_MAX_BYTES, MoneyForm
from exchange.transfer.imports.money_import import (
    MONEY_COLUMNS,
    MONEY_NAMES,
    ROWS_MAX,
    MoneyImport,
    money_template,
    table_of_statement,
)
from exchange.transfer.imports.money_import import import_money as import_rows
from exchange.transfer.views.attachments import attached
from exchange.transfer.views.blueprint import blueprint
from exchange.transfer.views.rehearsal import Tried, try_import
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import allowed, now, reading, signed_in

Page = str | tuple[str, int] | AnyResponse


@blueprint.route("/import/money", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def import_money() -> Page:
    """The form; "Look" shows the fate of each row, "Import" writes the lines that were shown."""
    form, tried = MoneyForm(), Tried([])
    form.offer()
    if form.validate_on_submit():
        by = Decider(signed_in().person, now())
        tried = try_import(
            form,
            lambda content: partial(
                import_rows, wanted=MoneyImport(read_csv(decoded(content), MONEY_NAMES), by)
            ),
        )
        if tried.count is not None:
            flash(ngettext("%(num)d line was imported.", "%(num)d lines were imported.", tried.count))
            return redirect(url_for("money.overview"), 303)
    return _page(form, tried.fates)


@blueprint.get("/import/money-template.csv")
@requires(Permission.PLAN_PROGRAMME)
def import_money_template() -> Response:
    """A table to begin with."""
    return attached(csv_bytes(money_template()), "money-template.csv")


@blueprint.get("/export/statements/<int:party_id>/<int:organisation_id>/<int:year>.csv")
@requires(Permission.SEE_PROGRAMME)
def export_statement(party_id: int, organisation_id: int, year: int) -> Response:
    """A payer's statement of a year, to whom money is open."""
    if not allowed(Right.READ, MONEY):
        raise NotFound("There is no such page.")
    with reading() as session:
        found = statement_for(session, party_id, organisation_id, year)
        name = f"statement-{party_id}-{organisation_id}-{found.year.name}.csv"
        return attached(csv_bytes(table_of_statement(found)), name)


def _page(form: MoneyForm, fates: list[Fate]) -> Page:
    page = render_template(
        "transfer/import_money.html",
        form=form,
        fates=fates,
        new=[fate for fate in fates if fate.is_new],
        columns=MONEY_COLUMNS,
        most_rows=ROWS_MAX,
        most_kb=FILE_MAX_BYTES // 1000,
    )
    return page, 400 if form.errors else 200
