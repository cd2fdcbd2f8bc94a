"""Pages of findings as tables: the import with its preview, its template, and the export."""

from functools import partial

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from exchange.access.lesson_things import thing_of_lesson
from exchange.follow_up.progress import Decider
from exchange.lessons.queries import Filters, lessons_found
from exchange.rules.access.policy import Right, is_red
from exchange.rules.markings.tlp_labels import Marking
from exchange.transfer.actions import Fate, Outcome
from exchange.transfer.csv_file import csv_bytes, decoded, read_csv
from exchange.transfer.forms import FILE_MAX_BYTES, FindingsForm
from exchange.transfer.imports.finding_import import ROWS_MAX, FindingsImport
from exchange.transfer.imports.finding_import import import_findings as import_rows
from exchange.transfer.imports.finding_rows import (
    FINDING_COLUMNS,
    FINDING_NAMES,
    findings_template,
    table_of_findings,
)
from exchange.transfer.views.attachments import attached
from exchange.transfer.views.blueprint import blueprint
from exchange.transfer.views.rehearsal import Tried, try_import
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import allowed, now, reading, signed_in

Page = str | tuple[str, int] | AnyResponse


@blueprint.route("/import/findings", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def import_findings() -> Page:
    """The form; "Look" shows the fate of each row, "Import" writes the findings that were shown."""
    form, tried = FindingsForm(), Tried([])
    form.offer()
    if form.validate_on_submit():
        by = Decider(signed_in().person, now())
        tried = try_import(
            form,
            lambda content: partial(
                import_rows,
                wanted=FindingsImport(
                    read_csv(decoded(content), FINDING_NAMES), Marking(form.marking.data), by
                ),
            ),
        )
        if tried.count is not None:
            flash(ngettext("%(num)d finding was imported.", "%(num)d findings were imported.", tried.count))
            return redirect(url_for("lessons.findings"), 303)
    return _page(form, tried.fates)


@blueprint.get("/import/findings-template.csv")
@requires(Permission.PLAN_PROGRAMME)
def import_findings_template() -> Response:
    """A table to begin with."""
    return attached(csv_bytes(findings_template()), "findings-template.csv")


@blueprint.get("/export/findings.csv")
@requires(Permission.SEE_PROGRAMME)
def export_findings() -> Response:
    """The findings the reader may know of, in the columns of the import; nothing at TLP:RED."""
    with reading() as session:
        found = [
            one
            for one in lessons_found(session, Filters())
            if not is_red(thing_of_lesson(one)) and allowed(Right.READ, thing_of_lesson(one))
        ]
        return attached(csv_bytes(table_of_findings(found)), "findings.csv")


def _page(form: FindingsForm, fates: list[Fate]) -> Page:
    page = render_template(
        "transfer/import_findings.html",
        form=form,
        fates=fates,
        new=[fate for fate in fates if fate.is_new],
        outcomes=Outcome,
        columns=FINDING_COLUMNS,
        most_rows=ROWS_MAX,
        most_kb=FILE_MAX_BYTES // 1000,
    )
    return page, 400 if form.errors else 200
