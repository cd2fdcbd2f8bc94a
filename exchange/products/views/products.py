"""Pages of products: the library, one product, its print view, its versions, and what writers do with it."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.errors import Conflict, InvalidInput
from exchange.markdown import rendered
from exchange.models import Outcome
from exchange.products import actions, queries, reviewing
from exchange.products.compare import compared
from exchange.products.forms import OUTCOMES, DecisionForm, ProductForm, ReasonForm, typed_from
from exchange.products.room import Shelf, blueprint, may_open, shelf_of, writers_shelf
from exchange.web.filters import sentence
from exchange.web.permissions import Permission, public, requires
from exchange.web.request import now, reading, signed_in, transaction

Page = str | Response | tuple[str, int]


@blueprint.get("/library")
@public
def library() -> str:
    """Every product that is out and open to the reader."""
    with reading() as session:
        found = [one for one in queries.published_products(session) if may_open(one.cycle, one)]
        shown = [(one, queries.published_version(one)) for one in found]
        return render_template("products/library.html", products=shown)


@blueprint.get("/cycles/<int:cycle_id>/product")
@public
def product(cycle_id: int) -> str:
    """The product as it is out; for writers its last version, the comments, and what comes next."""
    with reading() as session:
        shelf = shelf_of(session, cycle_id)
        return render_template("products/product.html", **_page(shelf), form=DecisionForm(formdata=None))


@blueprint.get("/cycles/<int:cycle_id>/product/print")
@public
def print_product(cycle_id: int) -> str:
    """The product for paper, its marking at head and foot of each page."""
    with reading() as session:
        return render_template("products/print.html", **_page(shelf_of(session, cycle_id)))


@blueprint.route("/cycles/<int:cycle_id>/product/edit", methods=["GET", "POST"])
@requires(Permission.ANSWER)
def edit_product(cycle_id: int) -> Page:
    """Write a version; the second of two windows sees what the first saved, and chooses."""
    with reading() as session:
        shelf = writers_shelf(session, cycle_id)
    form = ProductForm(data=typed_from(shelf.cycle, shelf.product))
    form.offer()
    more: dict[str, object] = {}
    status = 200
    if form.validate_on_submit():
        if request.form.get("do") == "preview":
            more["preview"] = rendered(form.draft().text)
            return render_template("products/edit_product.html", shelf=shelf, form=form, **more)
        try:
            with transaction() as session:
                cycle = writers_shelf(session, cycle_id).cycle
                actions.save_product(session, cycle, form.draft(), actor=signed_in().person, now=now())
        except InvalidInput as error:
            form.add_error(error)
        except actions.SavedMeanwhile as error:
            more["saved"] = shelf.whole.versions[-1]
            # Whoever now presses the button has seen the other text: theirs becomes the next version.
            form.version.data = str(shelf.whole.versions[-1].number)
            form.form_errors.append(sentence(error))
            status = 409
        except Conflict as error:
            form.form_errors.append(sentence(error))
            status = 409
        else:
            flash(_("Saved as a version of its own."))
            return redirect(url_for("products.product", cycle_id=cycle_id), 303)
    status = 400 if form.errors and status == 200 else status
    return render_template("products/edit_product.html", shelf=shelf, form=form, **more), status


@blueprint.get("/cycles/<int:cycle_id>/product/compare")
@requires(Permission.ANSWER)
def compare(cycle_id: int) -> str:
    """What changed from one version to another: ``?from=1&to=2``, the last two when nothing is asked."""
    with reading() as session:
        whole = (shelf := writers_shelf(session, cycle_id)).whole
        last = whole.versions[-1].number
        after = queries.version_of(whole, request.args.get("to", last, type=int))
        before = queries.version_of(whole, request.args.get("from", max(1, after.number - 1), type=int))
        return render_template(
            "products/compare.html",
            shelf=shelf,
            before=before,
            after=after,
            lines=compared(before.text, after.text),
        )


@blueprint.post("/cycles/<int:cycle_id>/product/review")
@requires(Permission.ANSWER)
def open_review(cycle_id: int) -> Response:
    """Ask the cities to check the product."""
    with transaction() as session:
        shelf = writers_shelf(session, cycle_id)
        actions.open_review(session, shelf.cycle, shelf.whole, actor=signed_in().person, now=now())
    flash(_("It is in review. Reviewers get their letters as the stage plan says."))
    return redirect(url_for("products.product", cycle_id=cycle_id), 303)


@blueprint.post("/cycles/<int:cycle_id>/product/comments/<int:comment_id>")
@requires(Permission.ANSWER)
def decide(cycle_id: int, comment_id: int) -> Page:
    """Resolve or reject a comment, with a word."""
    form = DecisionForm()
    if not form.validate():
        with reading() as session:
            shelf = writers_shelf(session, cycle_id)
            page = render_template(
                "products/product.html", **_page(shelf), form=form, refused_comment=comment_id
            )
            return page, 400
    with transaction() as session:
        reviewing.decide(
            session,
            writers_shelf(session, cycle_id).whole,
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

    def deed(session: Session, shelf: Shelf, form: ReasonForm) -> None:
        actions.refuse_unseen(shelf.whole, form.seen)
        reason, actor = form.reason.data or "", signed_in().person
        actions.publish_product(session, shelf.cycle, shelf.whole, reason=reason, actor=actor, now=now())

    return _with_reason(
        cycle_id, deed, "products/publish_product.html", _("It is published and stands in the library.")
    )


@blueprint.route("/cycles/<int:cycle_id>/product/withdraw", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def withdraw_product(cycle_id: int) -> Page:
    """Take it out of the library, with the reason."""

    def deed(session: Session, shelf: Shelf, form: ReasonForm) -> None:
        reason, actor = form.reason.data or "", signed_in().person
        actions.withdraw_product(session, shelf.cycle, shelf.whole, reason=reason, actor=actor, now=now())

    return _with_reason(cycle_id, deed, "products/withdraw_product.html", _("It is withdrawn."))


def _with_reason(
    cycle_id: int, deed: Callable[[Session, Shelf, ReasonForm], None], template: str, said: str
) -> Page:
    with reading() as session:
        shelf = shelf_of(session, cycle_id)
        page = _page(shelf)
    form = ReasonForm()
    status = 200
    if form.validate_on_submit():
        try:
            with transaction() as session:
                deed(session, shelf_of(session, cycle_id), form)
        except InvalidInput as error:
            form.add_error(error)
        except Conflict as error:
            form.form_errors.append(sentence(error))
            status = 409
        else:
            flash(said)
            return redirect(url_for("products.product", cycle_id=cycle_id), 303)
    status = 400 if form.errors and status == 200 else status
    form.version.data = str(shelf.whole.versions[-1].number)  # whoever presses the button again has seen it
    return render_template(template, **page, form=form), status


def _page(shelf: Shelf) -> dict[str, object]:
    """What the pages of one product show; readers get the version that is out."""
    found = shelf.product
    if found is None or not found.versions:
        return {"shelf": shelf, "version": None}
    version = found.versions[-1] if shelf.writes else queries.published_version(found)
    return {
        "shelf": shelf,
        "version": version,
        "html": rendered(version.text, top_heading=2),
        "comments": queries.comments_of(found),
        "undecided": queries.undecided(found),
        "silent": queries.silent_reviewers(found),
        "awaited": queries.awaited_reviewers(found, now()),
        "review_due_on": found.review_due_on or queries.review_due_on(shelf.cycle),
        "outcomes": OUTCOMES,
    }
