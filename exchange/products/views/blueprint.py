"""The blueprint of products, and what the reader may do: what its views share. No pages of its own."""

from dataclasses import dataclass

from flask import Blueprint
from sqlmodel import Session

from exchange.access.product_things import About, thing_of_draft, thing_of_product, thing_of_version
from exchange.access.things import thing_of_cycle
from exchange.answering.eager_loading import WITH_WRITERS, cycle_of
from exchange.errors import Forbidden, NotFound
from exchange.models import Cycle, Product, ProductState, ProductVersion
from exchange.products import queries
from exchange.rules.access.policy import Right
from exchange.web.access.link_access import add_closed_page
from exchange.web.access.request_context import allowed

_NO_PRODUCT = "There is no such product, or it is not for you to see."

blueprint = Blueprint("products", __name__)
add_closed_page(blueprint)


@dataclass(frozen=True)
class ProductAccess:
    """One cycle's product and what the reader of the page may do with it.

    ``knows_cycle``: the page may name the exchange, whose marking is another, and lead there.
    """

    cycle: Cycle
    product: Product | None
    writes: bool
    plans: bool
    knows_cycle: bool

    @property
    def existing_product(self) -> Product:
        """The product. Raises NotFound while nobody began one."""
        if self.product is None or not self.product.versions:
            raise NotFound(_NO_PRODUCT)
        return self.product


def product_access(session: Session, cycle_id: int) -> ProductAccess:
    """The product of a cycle for the present reader. Raises NotFound when it is not for them.

    In the same words when there is no such cycle: anybody may ask here for any number.
    """
    try:
        cycle = cycle_of(session, cycle_id, WITH_WRITERS)
    except NotFound as error:
        raise NotFound(_NO_PRODUCT) from error
    product = queries.product_of(session, cycle_id)
    draft = thing_of_draft(cycle, product)
    writes = allowed(Right.WRITE, draft)
    if not writes and not may_open(cycle, product):
        raise NotFound(_NO_PRODUCT)
    return ProductAccess(
        cycle,
        product,
        writes=writes,
        plans=allowed(Right.CHANGE, draft),
        knows_cycle=allowed(Right.READ, thing_of_cycle(cycle)),
    )


def writer_access(session: Session, cycle_id: int) -> ProductAccess:
    """The same for somebody who writes. Raises Forbidden for others."""
    access = product_access(session, cycle_id)
    if not access.writes:
        raise Forbidden("The product is written by the chairs of its groups and the coordinators.")
    return access


def may_open(cycle: About, product: Product | None) -> bool:
    """Whether the present reader may read what is out."""
    if product is None or product.state is not ProductState.PUBLISHED:
        return False
    return allowed(Right.READ, thing_of_product(product, cycle))


def known_versions(access: ProductAccess) -> list[ProductVersion]:
    """The versions whose own marking lets the reader write: an earlier one may be for fewer people."""
    versions = access.product.versions if access.product else []
    return [
        one for one in versions if allowed(Right.WRITE, thing_of_version(access.cycle, access.product, one))
    ]


def theme_of(product: Product) -> str:
    """The theme of its exchange; "" for a reader who may not know of that."""
    cycle = product.cycle
    return cycle.theme.name if cycle is not None and allowed(Right.READ, thing_of_cycle(cycle)) else ""
