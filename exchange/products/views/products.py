"""Pages of products: the library, one product, its print view, its versions, and what writers do with it."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.access.named_people import addresses_of
from exchange.errors import Conflict, InvalidInput
from exchange.markdown import rendered
from exchange.models import Outcome
from exchange.products import actions, queries, reviews
from exchange.products.forms import OUTCOMES, DecisionForm, ProductForm, ReasonForm, typed_from
from exchange.products.views.blueprint import (
    ProductAccess,
    blueprint,
    known_versions,
    may_open,
    product_access,
    theme_of,
    writer_access,
)
from exchange.rules.markings.tlp_labels import is_lowered
from exchange.rules.text_comparison import compared
from exchange.web.access.permissions import Permission, public, requires
from exchange.web.access.recent_proof import needs_recent_proof
from exchange.web.access.request_context import now, reading, signed_in, stage_plan, transaction
from exchange.web.presentation.date_formats import sentence

Page = str | Response | tuple[str, int]


@blueprint.get("/library")
@public
def library() -> str:
    """Every product that is out and open to the reader."""
    with reading() as session:
        found = [one for one in queries.published_products(session) if may_open(one.cycle, one)]
        shown = [(one, queries.published_version(one), theme_of(one)) for one in found]
        return render_template("products/library.html", products=shown)


@blueprint.get("/cycles/<int:cycle_id>/product")
@public
def product(cycle_id: int) -> str:
    """The product as it is out; for writers its last version, the comments, and what comes next."""
    with reading() as session:
        access = product_access(session, cycle_id)
        return render_template("products/product.html", **_page(access), form=DecisionForm(formdata=None))


@blueprint.get("/cycles/<int:cycle_id>/product/print")
@public
def print_product(cycle_id: int) -> str:
    """The product for paper, its marking at head and foot of each page."""
    with reading() as session:
        return render_template("products/print.html", **_page(product_access(session, cycle_id)))


@blueprint.route("/cycles/<int:cycle_id>/product/edit", methods=["GET", "POST"])
@requires(Permission.ANSWER)
def edit_product(cycle_id: int) -> Page:
    """Write a version; the second of two windows sees what the first saved, and chooses."""
    with reading() as session:
        access = writer_access(session, cycle_id)
        last = access.product.versions[-1] if access.product and access.product.versions else access.cycle
        named = addresses_of(session, last.named_ids)
    form = ProductForm(data=typed_from(access.cycle, access.product) | {"named": named})
    form.offer()
    more: dict[str, object] = {}
    status = 200
    if form.validate_on_submit():
        if request.form.get("do") == "preview":
            more["preview"] = rendered(form.draft().text)
            return render_template("products/edit_product.html", access=access, form=form, **more)
        if access.product and is_lowered(access.product.versions[-1].marking, form.draft().marking):
            needs_recent_proof()
        try:
            with transaction() as session:
                cycle = writer_access(session, cycle_id).cycle
                actions.save_product(session, cycle, form.draft(), actor=signed_in().person, now=now())
        except InvalidInput as error:
            form.add_error(error)
        except actions.SavedMeanwhile as error:
            more["saved"] = access.existing_product.versions[-1]
            # Whoever now presses the button has seen the other text: theirs becomes the next version.
            form.version.data = str(access.existing_product.versions[-1].number)
            form.form_errors.append(sentence(error))
            status = 409
        except Conflict as error:
            form.form_errors.append(sentence(error))
            status = 409
        else:
            flash(_("Saved as a version of its own."))
            return redirect(url_for("products.product", cycle_id=cycle_id), 303)
    status = 400 if form.errors and status == 200 else status
    return render_template("products/edit_product.html", access=access, form=form, **more), status


@blueprint.get("/cycles/<int:cycle_id>/product/compare")
@requires(Permission.ANSWER)
def compare(cycle_id: int) -> str:
    """What changed from one version to another: ``?from=1&to=2``, the last two when nothing is asked."""
    with reading() as session:
        access = writer_access(session, cycle_id)
        known, last = known_versions(access), access.existing_product.versions[-1].number
        after = queries.version_in(known, request.args.get("to", last, type=int))
        before = queries.version_in(known, request.args.get("from", max(1, after.number - 1), type=int))
        return render_template(
            "products/compare.html",
            access=access,
            before=before,
            after=after,
            lines=compared(before.text, after.text),
        )


@blueprint.post("/cycles/<int:cycle_id>/product/review")
@requires(Permission.ANSWER)
def open_review(cycle_id: int) -> Response:
    """Ask the cities to check the product."""
    with transaction() as session:
        access = writer_access(session, cycle_id)
        actions.open_review(
            session, access.cycle, access.existing_product, actor=signed_in().person, now=now()
        )
    flash(_("It is in review. Reviewers get their letters as the stage plan says."))
    return redirect(url_for("products.product", cycle_id=cycle_id), 303)


@blueprint.post("/cycles/<int:cycle_id>/product/comments/<int:comment_id>")
@requires(Permission.ANSWER)
def decide(cycle_id: int, comment_id: int) -> Page:
    """Resolve or reject a comment, with a word."""
    form = DecisionForm()
    if not form.validate():
        with reading() as session:
            access = writer_access(session, cycle_id)
            page = render_template(
                "products/product.html", **_page(access), form=form, refused_comment=comment_id
            )
            return page, 400
    with transaction() as session:
        access = writer_access(session, cycle_id)
        reviews.decide(
            session,
            access.existing_product,
            known_versions(access),
            comment_id,
            Outcome(form.outcome.data),
            form.word.data,
            actor=signed_in().person,
            now=now(),
        )
    flash(_("What became of the comment is kept."))
    return redirect(url_for("products.product", cycle_id=cycle_id) + "#comments", 303)


@blueprint.route("/cycles/<int:cycle_id>/product/publish", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def publish_product(cycle_id: int) -> Page:
    """Let its ring read it, once every comment is decided."""

    def action(session: Session, access: ProductAccess, form: ReasonForm) -> None:
        actions.refuse_unseen(access.existing_product, form.seen)
        reason, actor = form.reason.data or "", signed_in().person
        actions.publish_product(
            session,
            access.cycle,
            access.existing_product,
            plan=stage_plan(),
            reason=reason,
            actor=actor,
            now=now(),
        )

    return _with_reason(
        cycle_id, action, "products/publish_product.html", _("It is published and stands in the library.")
    )


@blueprint.route("/cycles/<int:cycle_id>/product/withdraw", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def withdraw_product(cycle_id: int) -> Page:
    """Take it out of the library, with the reason."""

    def action(session: Session, access: ProductAccess, form: ReasonForm) -> None:
        reason, actor = form.reason.data or "", signed_in().person
        actions.withdraw_product(
            session, access.cycle, access.existing_product, reason=reason, actor=actor, now=now()
        )

    return _with_reason(cycle_id, action, "products/withdraw_product.html", _("It is withdrawn."))


def _with_reason(
    cycle_id: int, action: Callable[[Session, ProductAccess, ReasonForm], None], template: str, said: str
) -> Page:
    with reading() as session:
        access = product_access(session, cycle_id)
        page = _page(access)
    form = ReasonForm()
    status = 200
    if form.validate_on_submit():
        try:
            with transaction() as session:
                action(session, product_access(session, cycle_id), form)
        except InvalidInput as error:
            form.add_error(error)
        except Conflict as error:
            form.form_errors.append(sentence(error))
            status = 409
        else:
            flash(said)
            return redirect(url_for("products.product", cycle_id=cycle_id), 303)
    status = 400 if form.errors and status == 200 else status
    form.version.data = str(access.existing_product.versions[-1].number)  # as seen by who presses again
    return render_template(template, **page, form=form), status


def _page(access: ProductAccess) -> dict[str, object]:
    """What the pages of one product show; readers get the version that is out."""
    found = access.product
    if found is None or not found.versions:
        return {"access": access, "version": None}
    version = found.versions[-1] if access.writes else queries.published_version(found)
    known = known_versions(access) if access.writes else []
    return {
        "access": access,
        "version": version,
        "html": rendered(version.text, top_heading=2),
        "versions": known,
        "comments": queries.comments_on(found, known),
        "undecided": queries.undecided(found),
        "silent": queries.silent_reviewers(found),
        "awaited": queries.awaited_reviewers(found, now()),
        "review_due_on": found.review_due_on or queries.review_due_on(access.cycle),
        "outcomes": OUTCOMES,
    }
