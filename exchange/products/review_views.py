"""The page behind a reviewer's link: the draft, their comments and what became of them. No sign-in."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.errors import Conflict, InvalidInput
from exchange.markdown import rendered
from exchange.models import ProductReviewer, ProductState
from exchange.products import queries, reviewing
from exchange.products.forms import OUTCOMES, CommentForm
from exchange.products.room import blueprint
from exchange.rules.markings import Marking, rank
from exchange.web.doors import ELSEWHERE, ClosedLink, let_in, opened_link
from exchange.web.filters import sentence
from exchange.web.permissions import public
from exchange.web.request import now, reading, transaction


@blueprint.route("/review/<token>", methods=["GET", "POST"])
@public
def review(token: str) -> str | Response | tuple[str, int]:
    """Read the draft and comment on it."""
    form = CommentForm()
    status = 200
    if form.validate_on_submit():
        try:
            with transaction() as session:
                reviewing.comment(session, _reviewer(session, token), form.text.data, now=now())
        except InvalidInput as error:
            form.add_error(error)
        except Conflict as error:
            form.form_errors.append(sentence(error))
            status = 409
        else:
            flash(_("Your comment is kept. The writers will resolve or reject it with a word."))
            return redirect(url_for("products.review", token=token), 303)
    status = 400 if form.errors and status == 200 else status
    return _page(token, form), status


@blueprint.post("/review/<token>/agree")
@public
def agree(token: str) -> Response:
    """Say that nothing is to be changed."""
    with transaction() as session:
        reviewing.agree(session, _reviewer(session, token), now=now())
    flash(_("Thank you: it is noted that you agree."))
    return redirect(url_for("products.review", token=token), 303)


def _page(token: str, form: CommentForm) -> str:
    with reading() as session:
        reviewer = _reviewer(session, token)
        product = reviewer.product
        version = queries.version_of(product, None)
        return render_template(
            "products/review.html",
            token=token,
            form=form,
            reviewer=reviewer,
            product=product,
            version=version,
            html=rendered(version.text, top_heading=3),
            is_open=product.state is ProductState.IN_REVIEW,
            outcomes=OUTCOMES,
        )


def _reviewer(session: Session, token: str) -> ProductReviewer:
    """The reviewer that a link stands for. Raises ClosedLink, SignInNeeded."""
    link = opened_link(session, token, now())
    if link.reviewer_id is None:
        raise ClosedLink(ELSEWHERE)
    reviewer = queries.reviewer_by_id(session, link.reviewer_id)
    markings = [reviewer.product.cycle.marking, *(one.marking for one in reviewer.product.versions[-1:])]
    let_in(link, max(markings, key=lambda marking: rank(Marking(marking))))
    return reviewer
