"""The products of an exchange or an event that its page leads to, for the present reader."""

from dataclasses import dataclass

from sqlmodel import Session

from exchange.access.product_things import thing_of_draft, thing_of_product
from exchange.answering.product_status import other_products
from exchange.models import Cycle, Product, TrainingEvent
from exchange.rules.access.policy import Right
from exchange.web.access.request_context import allowed


@dataclass(frozen=True)
class LinkedProducts:
    """Products with the title that the reader may know, and whether they may begin another."""

    titled: list[tuple[Product, str]]
    may_begin: bool


def linked_products(session: Session, about: Cycle | TrainingEvent) -> LinkedProducts:
    """All but a cycle's note: out and open to the reader, or written by them; needs what drafts need."""
    of_cycle = about.id if isinstance(about, Cycle) else None
    found = other_products(session, cycle_id=of_cycle, training_id=None if of_cycle else about.id)
    titled = ((one, _title(one, about)) for one in found)
    return LinkedProducts(
        [(product, title) for product, title in titled if title],
        may_begin=allowed(Right.WRITE, thing_of_draft(about, None)),
    )


def _title(product: Product, about: Cycle | TrainingEvent) -> str:
    """The last title for who writes it, that of what is out for its readers, "" for everybody else."""
    if allowed(Right.WRITE, thing_of_draft(about, product)):
        return product.versions[-1].title
    if product.withdrawn_at is None and allowed(Right.READ, thing_of_product(product, about)):
        return next((one.title for one in product.versions if one.number == product.published_number), "")
    return ""
