"""The blueprint of the room, and who reads: what its views share. No pages of its own."""

from dataclasses import dataclass

from flask import Blueprint
from sqlmodel import Session

from exchange.answering.cycles import cycle_of
from exchange.errors import Forbidden, NotFound
from exchange.feeds.readers import page_audiences
from exchange.models import Cycle, Product, ProductState
from exchange.products import queries
from exchange.rules.product_rings import may_open_product
from exchange.web.doors import add_closed_page
from exchange.web.permissions import Permission
from exchange.web.request import may, signed_in, today, viewer

blueprint = Blueprint("products", __name__)
add_closed_page(blueprint)


@dataclass(frozen=True)
class Shelf:
    """One cycle's product and what the reader of the page may do with it."""

    cycle: Cycle
    product: Product | None
    writes: bool
    plans: bool

    @property
    def whole(self) -> Product:
        """The product. Raises NotFound while nobody began one."""
        if self.product is None or not self.product.versions:
            raise NotFound("There is no such product, or it is not for you to see.")
        return self.product


def shelf_of(session: Session, cycle_id: int) -> Shelf:
    """The product of a cycle for the present reader. Raises NotFound when it is not for them."""
    cycle = cycle_of(session, cycle_id)
    product = queries.product_of(session, cycle_id)
    reader = viewer()
    plans = may(Permission.PLAN_PROGRAMME)
    writes = reader is not None and queries.may_write(cycle, reader.person, plans=plans)
    if not writes and not may_open(cycle, product):
        raise NotFound("There is no such product, or it is not for you to see.")
    return Shelf(cycle, product, writes, plans)


def writers_shelf(session: Session, cycle_id: int) -> Shelf:
    """The same for somebody who writes. Raises Forbidden for others."""
    shelf = shelf_of(session, cycle_id)
    if not shelf.writes:
        raise Forbidden("The product is written by the chairs of its groups and the coordinators.")
    return shelf


def may_open(cycle: Cycle, product: Product | None) -> bool:
    """Whether the present reader may read what is out."""
    if product is None or product.state is not ProductState.PUBLISHED:
        return False
    return may_open_product(
        product.published_marking, is_signed_in=viewer() is not None, takes_part=takes_part(cycle)
    )


def takes_part(cycle: Cycle) -> bool:
    """Whether the present reader is of a city or group of the exchange, or plans it."""
    if viewer() is None:
        return False
    reader = signed_in()
    if may(Permission.PLAN_PROGRAMME):
        return True
    return queries.takes_part(cycle, page_audiences(reader.person.city, reader.group_ids, today()))
