"""An annual report with the figures that were frozen into it: its page, its files, and the freezing."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, flash, redirect, render_template
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from exchange.errors import Conflict, InvalidInput, NotFound
from exchange.figures import actions
from exchange.figures.files.document import Document
from exchange.figures.forms import FreezeForm
from exchange.figures.pictures import drawn
from exchange.figures.queries import frozen_in
from exchange.figures.section import Section, is_within, read_stored
from exchange.figures.span import Span
from exchange.figures.views.blueprint import as_of, blueprint, made_for, refuse_others, sent
from exchange.markdown import blocks, rendered
from exchange.models import FrozenFigures, ProductKind, ProductState, ProductVersion
from exchange.products.queries import NO_PRODUCT, published_version
from exchange.products.views.blueprint import ProductAccess, planner_access, product_access
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.time.timezones import wall_time
from exchange.web.access.permissions import Permission, public, requires
from exchange.web.access.request_context import reading, settings, signed_in, transaction
from exchange.web.presentation.date_formats import sentence
from exchange.web.presentation.template_globals import page_language

Page = str | AnyResponse | tuple[str, int]


@dataclass(frozen=True)
class Report:
    """An annual report as its reader may have it; ``sections`` are those that its marking lets it hold."""

    access: ProductAccess
    version: ProductVersion
    frozen: FrozenFigures | None
    sections: Sequence[Section]

    @property
    def as_of(self) -> str:
        """When its figures were made; "" while it has none."""
        if self.frozen is None:
            return ""
        on = wall_time(self.frozen.made_at, settings().network_time_zone).on
        return as_of(on)

    @property
    def is_exported(self) -> bool:
        """Whether it may leave as a file: nothing at TLP:RED does."""
        return Marking(self.version.marking) is not Marking.RED

    @property
    def may_freeze(self) -> bool:
        """Whether the reader may freeze figures into it now."""
        return self.access.plans and self.access.existing_product.state is not ProductState.PUBLISHED


@blueprint.get("/figures/reports/<int:product_id>")
@public
def report(product_id: int) -> str:
    """The report's prose with its figures, for whoever may read the report."""
    with reading() as session:
        return _page(_report(session, product_id), FreezeForm(formdata=None))


@blueprint.get("/figures/reports/<int:product_id>.<any(csv,html,odt,pdf):ending>")
@public
def report_file(product_id: int, ending: str) -> Response:
    """The same as a file to keep."""
    with reading() as session:
        found = _report(session, product_id)
    if not found.is_exported:
        raise Conflict("At TLP:RED nothing is exported: the report is read on its page.")
    return sent(_document(found), ending)


@blueprint.post("/figures/reports/<int:product_id>/freeze")
@requires(Permission.PLAN_PROGRAMME)
def freeze(product_id: int) -> Page:
    """Freeze the figures of the report's year, as they are now, into the report."""
    refuse_others()
    form = FreezeForm()
    status = 400
    if form.validate_on_submit():
        try:
            with transaction() as session:
                _freeze(session, planner_access(session, product_id=product_id), form.opened_version)
        except InvalidInput as error:
            form.form_errors.append(sentence(error))
        except Conflict as error:
            form.form_errors.append(sentence(error))
            status = 409
        else:
            flash(_("The figures stand in the report as they are now."))
            return redirect(f"/figures/reports/{product_id}", 303)
    with reading() as session:
        return _page(_report(session, product_id), form), status


def _freeze(session: Session, access: ProductAccess, opened_on: int) -> None:
    product = access.existing_product
    actions.refuse(product)
    marking = Marking(product.versions[-1].marking)
    actions.freeze(
        session,
        product,
        made_for(session, Span(product.year or 0), marking),
        opened_on=opened_on,
        language=page_language(),
        actor=signed_in().person,
    )


def _report(session: Session, product_id: int) -> Report:
    """Raises NotFound for what is no annual report, or not for the present reader."""
    access = product_access(session, product_id=product_id)
    product = access.existing_product
    if product.kind != ProductKind.ANNUAL_REPORT:
        raise NotFound(NO_PRODUCT)
    version = product.versions[-1] if access.writes else published_version(product)
    frozen = frozen_in(session, product_id)
    marking = Marking(version.marking)  # it may have been lowered since they were frozen
    sections = read_stored(frozen.sections) if frozen else []
    return Report(access, version, frozen, [one for one in sections if is_within(one, marking)])


def _page(found: Report, form: FreezeForm) -> str:
    form.version.data = str(found.frozen.version if found.frozen else 0)
    return render_template(
        "figures/report.html",
        report=found,
        html=rendered(found.version.text, top_heading=2),
        form=form,
        drawn=drawn,
    )


def _document(found: Report) -> Document:
    return Document(
        name=f"annual-report-{found.access.existing_product.year or found.access.existing_product.id}",
        title=found.version.title,
        language=found.frozen.language if found.frozen else page_language(),
        network=settings().network_name,
        as_of=found.as_of,
        marking=Marking(found.version.marking),
        sections=found.sections,
        prose=blocks(found.version.text),
    )
