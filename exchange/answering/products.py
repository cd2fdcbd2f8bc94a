"""Where the products of cycles stand, for letters that must wait for them. It changes nothing."""

from collections.abc import Iterable

from sqlmodel import Session, col, select

from exchange.models import Product


def products_of(session: Session, cycle_ids: Iterable[int]) -> dict[int, Product]:
    """The products of some cycles, by cycle."""
    found = session.exec(select(Product).where(col(Product.cycle_id).in_(list(cycle_ids))))
    return {product.cycle_id: product for product in found}
