"""Where the notes of cycles stand, the products that their stages lead to, for letters that wait for them.

Other products of a cycle have no stage and no letters of its plan. It changes nothing.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy.orm import selectinload
from sqlmodel import Session, col, select

from exchange.models import (
    Letter,
    LetterState,
    Product,
    ProductKind,
    ProductReviewer,
    ProductState,
    ReviewComment,
)

IS_NOTE = col(Product.kind) == ProductKind.EXCHANGE_NOTE  # of a cycle, when it is asked about one
_VERSION = re.compile(r"@v([0-9]+)$")  # at the end of a letter's once-key


def products_of(session: Session, cycle_ids: Iterable[int]) -> dict[int, Product]:
    """The notes of some cycles, by cycle, with versions and credits: they say who may know of them."""
    found = session.exec(
        select(Product)
        .where(col(Product.cycle_id).in_(list(cycle_ids)), IS_NOTE)
        .options(
            selectinload(Product.versions),  # type: ignore[arg-type]  # SQLModel types relations as their values
            selectinload(Product.credits),  # type: ignore[arg-type]  # as above
        )
    )
    return {product.cycle_id or 0: product for product in found}


def other_products(
    session: Session, *, cycle_id: int | None = None, training_id: int | None = None
) -> Sequence[Product]:
    """All of a cycle but its note, or all of an event, in the order they were begun; loaded alike."""
    of_cycle = (col(Product.cycle_id) == cycle_id) & ~IS_NOTE
    of_event = col(Product.training_id) == training_id
    return session.exec(
        select(Product)
        .where(of_cycle if cycle_id is not None else of_event)
        .options(
            selectinload(Product.versions),  # type: ignore[arg-type]  # SQLModel types relations as their values
            selectinload(Product.credits),  # type: ignore[arg-type]  # as above
        )
        .order_by(col(Product.id))
    ).all()


def reviewers_who_spoke(session: Session, cycle_ids: Iterable[int]) -> set[tuple[int, int]]:
    """Cycle and person of every reviewer who spoke in the present review: nobody reminds them."""
    commented = (
        select(ReviewComment.id)
        .where(
            ReviewComment.reviewer_id == ProductReviewer.id,
            col(ReviewComment.made_at) >= col(Product.review_opened_at),
        )
        .exists()
    )
    found = session.exec(
        select(Product.cycle_id, ProductReviewer.person_id)
        .join(ProductReviewer, col(ProductReviewer.product_id) == Product.id)
        .where(
            col(Product.cycle_id).in_(list(cycle_ids)),
            IS_NOTE,
            col(ProductReviewer.agreed_at).is_not(None) | commented,
        )
    )
    return {(cycle_id or 0, person_id) for cycle_id, person_id in found}


def editions_told(
    session: Session, cycle_ids: Iterable[int], kinds: Iterable[str]
) -> Iterator[tuple[int, int, int]]:
    """Cycle, person and version of every letter that said which version is out, and was not taken back."""
    found = session.exec(
        select(Letter.cycle_id, Letter.person_id, Letter.once_key).where(
            col(Letter.cycle_id).in_(list(cycle_ids)),
            col(Letter.kind).in_(list(kinds)),
            col(Letter.state) != LetterState.WITHDRAWN,
        )
    )
    for cycle_id, person_id, once_key in found:
        version = _VERSION.search(once_key)
        if version and cycle_id and person_id:
            yield cycle_id, person_id, int(version[1])


def reviews(session: Session, cycle_id: int, person_id: int) -> bool:
    """Whether the cycle's product is in review and the person was asked to check it."""
    found = session.exec(
        select(Product)
        .join(ProductReviewer, col(ProductReviewer.product_id) == Product.id)
        .where(Product.cycle_id == cycle_id, IS_NOTE, ProductReviewer.person_id == person_id)
    ).first()
    return found is not None and found.state is ProductState.IN_REVIEW
