"""A reviewer's page: the draft, their comments and what became of them.

Behind the link of a letter it needs no sign-in; at TLP:RED letters hold no link, so the page of the
exchange leads there, too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.access.product_things import thing_of_review
from exchange.access.standings import standing_of
from exchange.errors import Conflict, InvalidInput, NotFound
from exchange.markdown import rendered
from exchange.models import ProductReviewer, ProductState
from exchange.products import queries, reviews
from exchange.products.forms import OUTCOMES, CommentForm, SeenForm
from exchange.products.views.blueprint import blueprint
from exchange.rules.access.policy import Right
from exchange.web.access.link_access import ELSEWHERE, ClosedLink, let_in, opened_link
from exchange.web.access.permissions import Permission, public, requires
from exchange.web.access.request_context import allowed, now, reading, signed_in, stage_plan, transaction
from exchange.web.presentation.date_formats import sentence

Page = Response | tuple[str, int]


@dataclass(frozen=True)
class Way:
    """How a reviewer came: who finds them, the page's addresses, and whether the exchange's page opens."""

    reviewer: Callable[[Session], ProductReviewer]
    here: str
    agree_url: str
    leads_back: bool = False


@blueprint.route("/review/<token>", methods=["GET", "POST"])
@public
def review(token: str) -> Page:
    """Read the draft and comment on it, by the link of a letter."""
    return _review(_link_way(token))


@blueprint.post("/review/<token>/agree")
@public
def agree(token: str) -> Page:
    """Say that nothing is to be changed."""
    return _agree(_link_way(token))


@blueprint.route("/cycles/<int:cycle_id>/review", methods=["GET", "POST"])
@blueprint.route("/products/<int:product_id>/own-review", methods=["GET", "POST"])
@requires(Permission.ANSWER)
def own_review(cycle_id: int | None = None, product_id: int | None = None) -> Page:
    """The same, signed in."""
    return _review(_signed_in_way(cycle_id, product_id))


@blueprint.post("/cycles/<int:cycle_id>/review/agree")
@blueprint.post("/products/<int:product_id>/own-review/agree")
@requires(Permission.ANSWER)
def agree_signed_in(cycle_id: int | None = None, product_id: int | None = None) -> Page:
    """The same, signed in."""
    return _agree(_signed_in_way(cycle_id, product_id))


def _link_way(token: str) -> Way:
    here, agree_url = url_for("products.review", token=token), url_for("products.agree", token=token)
    return Way(partial(_by_link, token=token), here, agree_url)


def _signed_in_way(cycle_id: int | None, product_id: int | None) -> Way:
    at = {"cycle_id": cycle_id} if cycle_id is not None else {"product_id": product_id}
    return Way(
        partial(_signed_in, **at),
        here=url_for("products.own_review", **at),
        agree_url=url_for("products.agree_signed_in", **at),
        leads_back=True,
    )


def _review(way: Way) -> Page:
    form = CommentForm()
    status = 200
    if form.validate_on_submit():
        try:
            with transaction() as session:
                reviewer = way.reviewer(session)
                reviews.comment(
                    session, reviewer, form.text.data, seen=form.seen, plan=stage_plan(), now=now()
                )
        except InvalidInput as error:
            form.add_error(error)
        except Conflict as error:
            form.form_errors.append(sentence(error))
            status = 409
        else:
            flash(_("Your comment is kept. The writers will resolve or reject it with a word."))
            return redirect(way.here, 303)
    status = 400 if form.errors and status == 200 else status
    return _page(way, form), status


def _agree(way: Way) -> Page:
    seen = SeenForm().seen
    try:
        with transaction() as session:
            reviews.agree(session, way.reviewer(session), seen=seen, plan=stage_plan(), now=now())
    except Conflict as error:
        form = CommentForm(formdata=None)
        form.form_errors.append(sentence(error))
        return _page(way, form), 409
    flash(_("Thank you: it is noted that you agree."))
    return redirect(way.here, 303)


def _page(way: Way, form: CommentForm) -> str:
    with reading() as session:
        reviewer = way.reviewer(session)
        product = reviewer.product
        version = queries.version_of(product, None)
        if not form.text.errors:  # a comment that was refused stays one on the version that was read
            form.version.data = str(version.number)
        return render_template(
            "products/review.html",
            way=way,
            form=form,
            reviewer=reviewer,
            product=product,
            version=version,
            html=rendered(version.text, top_heading=2),
            is_open=product.state is ProductState.IN_REVIEW,
            outcomes=OUTCOMES,
        )


def _by_link(session: Session, token: str) -> ProductReviewer:
    """The reviewer that a link stands for. Raises ClosedLink, SignInNeeded."""
    link = opened_link(session, token, now())
    if link.reviewer_id is None:
        raise ClosedLink(ELSEWHERE)
    reviewer = queries.reviewer_by_id(session, link.reviewer_id)
    thing = thing_of_review(reviewer, queries.about_of(session, reviewer.product))
    let_in(link, standing_of(session, reviewer.person, now()), Right.REVIEW, thing)
    return reviewer


def _signed_in(
    session: Session, cycle_id: int | None = None, product_id: int | None = None
) -> ProductReviewer:
    """The part of whoever is signed in. Raises NotFound for who was not asked, or has no part any more."""
    person_id = signed_in().person.id or 0
    reviewer = queries.reviewer_of_product(session, person_id, cycle_id=cycle_id, product_id=product_id)
    if not allowed(Right.REVIEW, thing_of_review(reviewer, queries.about_of(session, reviewer.product))):
        raise NotFound(queries.NO_PRODUCT)
    return reviewer
