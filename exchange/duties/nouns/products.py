"""The reviews that people owe of products that no stage of an exchange knows. Reads only."""

from collections.abc import Iterator

from sqlalchemy.orm import joinedload
from sqlmodel import Session, col, select

from exchange.access.product_things import about, thing_of_review
from exchange.answering.product_status import IS_NOTE
from exchange.duties.listed import Listed, Window
from exchange.models import Cycle, Person, Product, ProductReviewer, ReviewComment, TrainingEvent
from exchange.rules.access.policy import Right
from exchange.rules.duties.cycle_stages import Holder
from exchange.rules.duties.product_reviews import product_review_duty
from exchange.rules.markings.tlp_labels import Marking

PRODUCT_REVIEW = "product review"  # a kind of config/duties.toml


def duties_of_products(session: Session, window: Window) -> Iterator[Listed]:
    """Of reviewers who have not spoken in the present review."""
    commented = (
        select(ReviewComment.id)
        .where(
            ReviewComment.reviewer_id == ProductReviewer.id,
            col(ReviewComment.made_at) >= col(Product.review_opened_at),
        )
        .exists()
    )
    product = joinedload(ProductReviewer.product)  # type: ignore[arg-type]  # SQLModel types relations as their values
    cycle, training = product.joinedload(Product.cycle), product.joinedload(Product.training)  # type: ignore[arg-type]  # as above
    waiting = (
        select(ProductReviewer)
        .join(Product)
        .where(
            col(ProductReviewer.agreed_at).is_(None),
            ~(IS_NOTE & col(Product.cycle_id).is_not(None)),
            col(Product.review_opened_at).is_not(None),
            col(Product.published_at).is_(None),
            ~commented,
        )
        .options(
            joinedload(ProductReviewer.person).joinedload(Person.city),  # type: ignore[arg-type]  # as above
            *(product.selectinload(one) for one in (Product.versions, Product.credits)),  # type: ignore[arg-type]  # as above
            *(product.selectinload(one) for one in (Product.cities, Product.groups)),  # type: ignore[arg-type]  # as above
            *(cycle.selectinload(one) for one in (Cycle.cities, Cycle.groups)),  # type: ignore[arg-type]  # as above
            *(training.selectinload(one) for one in (TrainingEvent.cities, TrainingEvent.groups)),  # type: ignore[arg-type]  # as above
        )
    )
    if window.reader is not None:
        waiting = waiting.where(ProductReviewer.person_id == window.reader.standing.person_id)
    for one in session.exec(waiting):
        found, due_on = one.product, one.product.review_due_on
        if due_on is not None:
            last = found.versions[-1]
            holder = Holder(one.person_id, due_on, one.person.city.time_zone)
            duty = product_review_duty(found.id or 0, last.title, Marking(last.marking), holder)
            thing = thing_of_review(one, about(found))
            yield Listed(duty, PRODUCT_REVIEW, thing, f"/products/{found.id}/own-review", Right.REVIEW)
