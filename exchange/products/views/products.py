"""Pages of one product: as it is out, its print view, its versions, and what writers do with it."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.access.named_people import addresses_of
from exchange.errors import Conflict, InvalidInput
from exchange.mail.schedule.recipients import load_roll
from exchange.markdown import rendered
from exchange.models import Outcome
from exchange.products import actions, letters, queries, readers, reviews
from exchange.products.forms import OUTCOMES, DecisionForm, ProductForm, ReasonForm, typed_from
from exchange.products.views.blueprint import (
    ProductAccess,
    blueprint,
    known_versions,
    planner_access,
    product_access,
    themes_of,
    writer_access,
)
from exchange.rules.markings.tlp_labels import is_lowered
from exchange.rules.text_comparison import compared
from exchange.web.access.permissions import Permission, public, requires
from exchange.web.access.recent_proof import needs_recent_proof
from exchange.web.access.request_context import now, reading, settings, signed_in, stage_plan, transaction
from exchange.web.presentation.date_formats import sentence

Page = str | Response | tuple[str, int]


@blueprint.get("/cycles/<int:cycle_id>/product")
@blueprint.get("/products/<int:product_id>")
@public
def product(cycle_id: int | None = None, product_id: int | None = None) -> str:
    """The product as it is out; for writers its last version, the comments, and what comes next."""
    with reading() as session:
        access = product_access(session, cycle_id, product_id)
        return render_template("products/product.html", **_page(access), form=DecisionForm(formdata=None))


@blueprint.get("/cycles/<int:cycle_id>/product/print")
@blueprint.get("/products/<int:product_id>/print")
@public
def print_product(cycle_id: int | None = None, product_id: int | None = None) -> str:
    """The product for paper, its marking at head and foot of each page."""
    with reading() as session:
        return render_template("products/print.html", **_page(product_access(session, cycle_id, product_id)))


@blueprint.route("/cycles/<int:cycle_id>/product/edit", methods=["GET", "POST"])
@blueprint.route("/products/<int:product_id>/edit", methods=["GET", "POST"])
@requires(Permission.ANSWER)
def edit_product(cycle_id: int | None = None, product_id: int | None = None) -> Page:
    """Write a version; the second of two windows sees what the first saved, and chooses."""
    with reading() as session:
        access = writer_access(session, cycle_id, product_id)
        has_versions = access.product is not None and bool(access.product.versions)
        last = access.existing_product.versions[-1] if has_versions else access.about
        named = addresses_of(session, last.named_ids if last is not None else ())
    form = ProductForm(data=typed_from(access.about, access.product) | {"named": named})
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
                _save(session, writer_access(session, cycle_id, product_id), form)
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
            return redirect(access.page, 303)
    status = 400 if form.errors and status == 200 else status
    return render_template("products/edit_product.html", access=access, form=form, **more), status


@blueprint.get("/cycles/<int:cycle_id>/product/compare")
@blueprint.get("/products/<int:product_id>/compare")
@requires(Permission.ANSWER)
def compare(cycle_id: int | None = None, product_id: int | None = None) -> str:
    """What changed from one version to another: ``?from=1&to=2``, the last two when nothing is asked."""
    with reading() as session:
        access = writer_access(session, cycle_id, product_id)
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


@blueprint.post("/cycles/<int:cycle_id>/product/comments/<int:comment_id>")
@blueprint.post("/products/<int:product_id>/comments/<int:comment_id>")
@requires(Permission.ANSWER)
def decide(comment_id: int, cycle_id: int | None = None, product_id: int | None = None) -> Page:
    """Resolve or reject a comment, with a word."""
    form = DecisionForm()
    if not form.validate():
        with reading() as session:
            access = writer_access(session, cycle_id, product_id)
            page = render_template(
                "products/product.html", **_page(access), form=form, refused_comment=comment_id
            )
            return page, 400
    with transaction() as session:
        access = writer_access(session, cycle_id, product_id)
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
    return redirect(access.page + "#comments", 303)


@blueprint.route("/cycles/<int:cycle_id>/product/publish", methods=["GET", "POST"])
@blueprint.route("/products/<int:product_id>/publish", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def publish_product(cycle_id: int | None = None, product_id: int | None = None) -> Page:
    """Let its ring read it, once every comment is decided; whom it is of or for is told."""

    def action(session: Session, access: ProductAccess, form: ReasonForm) -> None:
        found = access.existing_product
        actions.refuse_unseen(found, form.seen)
        actions.publish_product(
            session,
            access.about,
            found,
            plan=stage_plan(),
            reason=form.reason.data or "",
            actor=signed_in().person,
            now=now(),
        )
        letters.tell_readers(session, found, access.about, settings=settings(), now=now())

    with reading() as session:
        access = planner_access(session, cycle_id, product_id)
        told = _told(session, access)
    return _with_reason(
        access,
        action,
        "products/publish_product.html",
        _("It is published and stands in the library."),
        told=told,
    )


@blueprint.route("/cycles/<int:cycle_id>/product/withdraw", methods=["GET", "POST"])
@blueprint.route("/products/<int:product_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def withdraw_product(cycle_id: int | None = None, product_id: int | None = None) -> Page:
    """Take it out of the library, with the reason."""

    def action(session: Session, access: ProductAccess, form: ReasonForm) -> None:
        reason, actor = form.reason.data or "", signed_in().person
        actions.withdraw_product(
            session, access.about, access.existing_product, reason=reason, actor=actor, now=now()
        )

    with reading() as session:
        access = planner_access(session, cycle_id, product_id)
    return _with_reason(access, action, "products/withdraw_product.html", _("It is withdrawn."))


def _save(session: Session, access: ProductAccess, form: ProductForm) -> None:
    draft, actor = form.draft(), signed_in().person
    if access.product is None and access.cycle is not None:
        actions.save_product(session, access.cycle, draft, actor=actor, now=now())
    else:
        product = access.existing_product
        actions.save_version(session, product, draft, actor=actor, now=now())
        letters.ask_anew(session, product, access.about, settings=settings(), now=now())


def _told(session: Session, access: ProductAccess) -> list[str] | None:
    """The names of whom publishing tells; None for a cycle's note, whose letters its plan says."""
    found = access.existing_product
    if found.is_note:
        return None
    last = found.versions[-1]
    return readers.told_names(load_roll(session, now().date()), found, access.about, last)


def _with_reason(
    access: ProductAccess,
    action: Callable[[Session, ProductAccess, ReasonForm], None],
    template: str,
    said: str,
    **more: object,
) -> Page:
    page = _page(access)
    form = ReasonForm()
    status = 200
    if form.validate_on_submit():
        try:
            with transaction() as session:
                action(session, planner_access(session, **access.at), form)
        except InvalidInput as error:
            form.add_error(error)
        except Conflict as error:
            form.form_errors.append(sentence(error))
            status = 409
        else:
            flash(said)
            return redirect(access.page, 303)
    status = 400 if form.errors and status == 200 else status
    form.version.data = str(access.existing_product.versions[-1].number)  # as seen by who presses again
    return render_template(template, **page, **more, form=form), status


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
        "themes": themes_of(found, access.about),
        "comments": queries.comments_on(found, known),
        "undecided": queries.undecided(found),
        "silent": queries.silent_reviewers(found),
        "awaited": queries.awaited_reviewers(found, now()),
        "review_due_on": found.review_due_on
        or (queries.review_due_on(access.cycle) if access.cycle else None),
        "outcomes": OUTCOMES,
    }
