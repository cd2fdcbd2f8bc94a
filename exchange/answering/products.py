"""Where the products of cycles stand, for letters that must wait for them. It changes nothing."""

from collections.abc import Iterable

from sqlmodel import Session, col, select

from exchange.models import Product, ProductReviewer, ProductState, ReviewComment


def products_of(session: Session, cycle_ids: Iterable[int]) -> dict[int, Product]:
    """The products of some cycles, by cycle."""
    found = session.exec(select(Product).where(col(Product.cycle_id).in_(list(cycle_ids))))
    return {product.cycle_id: product for product in found}


def reviewers_who_spoke(session: Session, cycle_ids: Iterable[int]) -> set[tuple[int, int]]:
    """Cycle and person of every reviewer who commented or agreed: nobody reminds them."""
    commented = select(ReviewComment.reviewer_id)
    found = session.exec(
        select(Product.cycle_id, ProductReviewer.person_id)
        .join(ProductReviewer, col(ProductReviewer.product_id) == Product.id)
        .where(
            col(Product.cycle_id).in_(list(cycle_ids)),
            col(ProductReviewer.agreed_at).is_not(None) | col(ProductReviewer.id).in_(commented),
        )
    )
    return {(cycle_id, person_id) for cycle_id, person_id in found}


def reviews(session: Session, cycle_id: int, person_id: int) -> bool:
    """Whether the cycle's product is in review and the person was asked to check it."""
    found = session.exec(
        select(Product)
        .join(ProductReviewer, col(ProductReviewer.product_id) == Product.id)
        .where(Product.cycle_id == cycle_id, ProductReviewer.person_id == person_id)
    ).first()
    return found is not None and found.state is ProductState.IN_REVIEW
