"""The blueprint of products, and what the reader may do: what its views share. No pages of its own."""

from dataclasses import dataclass

from flask import Blueprint, request, url_for
from sqlmodel import Session

from exchange.access.product_things import About, thing_of_draft, thing_of_product, thing_of_version
from exchange.access.things import thing_about
from exchange.errors import Forbidden, NotFound
from exchange.models import CreditRole, Cycle, Product, ProductState, ProductVersion
from exchange.products import queries
from exchange.products.words import CREDIT_ROLES, KINDS
from exchange.rules.access.policy import Right
from exchange.web.access.link_access import add_closed_page
from exchange.web.access.request_context import allowed
from exchange.web.presentation.words import PHASES

blueprint = Blueprint("products", __name__)
add_closed_page(blueprint)


@blueprint.context_processor
def words() -> dict[str, object]:
    """The vocabularies that the pages of products show."""
    return {"kinds": KINDS, "credit_roles": CREDIT_ROLES, "phases": PHASES, "reviewer": CreditRole.REVIEWER}


@dataclass(frozen=True)
class ProductAccess:
    """A product and what the reader of the page may do with it.

    ``about`` is what it belongs to. ``knows_about``: the page may name that, whose marking is another, and
    lead there. ``at`` are the arguments of its addresses: a cycle's note is found by its cycle.
    """

    about: About
    product: Product | None
    writes: bool
    plans: bool
    knows_about: bool
    at: dict[str, int]

    @property
    def existing_product(self) -> Product:
        """The product. Raises NotFound while nobody began one."""
        if self.product is None or not self.product.versions:
            raise NotFound(queries.NO_PRODUCT)
        return self.product

    @property
    def page(self) -> str:
        """The address of its page."""
        if "product_id" in self.at:
            return url_for("products.product", product_id=self.at["product_id"])
        return url_for("products.product", cycle_id=self.at["cycle_id"])

    @property
    def cycle(self) -> Cycle | None:
        """The exchange it belongs to."""
        return self.about if isinstance(self.about, Cycle) else None


def asked_id(name: str) -> int | None:
    """A number of the address; None for what is none, or none that a row has."""
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def product_access(
    session: Session, cycle_id: int | None = None, product_id: int | None = None
) -> ProductAccess:
    """The note of a cycle, or any product, for the present reader. Raises NotFound when it is not for them.

    In the same words when there is none: anybody may ask here for any number.
    """
    try:
        product = queries.product_with_id(session, product_id) if product_id is not None else None
        about = (
            queries.about_of(session, product) if product else queries.about_with_ids(session, cycle_id, None)
        )
    except NotFound as error:
        raise NotFound(queries.NO_PRODUCT) from error
    if cycle_id is not None:
        product = queries.product_of(session, cycle_id)
    draft = thing_of_draft(about, product)
    writes = allowed(Right.WRITE, draft)
    if not writes and not may_open(about, product):
        raise NotFound(queries.NO_PRODUCT)
    return ProductAccess(
        about,
        product,
        writes=writes,
        plans=allowed(Right.CHANGE, draft),
        knows_about=about is not None and allowed(Right.READ, thing_about(about)),
        at=_at(product, cycle_id),
    )


def writer_access(
    session: Session, cycle_id: int | None = None, product_id: int | None = None
) -> ProductAccess:
    """The same for somebody who writes. Raises Forbidden for others."""
    access = product_access(session, cycle_id, product_id)
    if not access.writes:
        raise Forbidden(
            "The product is written by its authors, the chairs of its groups and the coordinators."
        )
    return access


def planner_access(
    session: Session, cycle_id: int | None = None, product_id: int | None = None
) -> ProductAccess:
    """The same for who decides about it. Raises NotFound for others, who may read what is out alone."""
    access = product_access(session, cycle_id, product_id)
    if not access.plans:
        raise NotFound(queries.NO_PRODUCT)
    return access


def may_open(about: About, product: Product | None) -> bool:
    """Whether the present reader may read what is out."""
    if product is None or product.state is not ProductState.PUBLISHED:
        return False
    return allowed(Right.READ, thing_of_product(product, about))


def known_versions(access: ProductAccess) -> list[ProductVersion]:
    """The versions whose own marking lets the reader write: an earlier one may be for fewer people."""
    about, product = access.about, access.product
    versions = product.versions if product else []
    return [one for one in versions if allowed(Right.WRITE, thing_of_version(about, product, one))]


def themes_of(product: Product, about: About) -> list[str]:
    """Its themes, and that of its exchange or event for a reader who may know of that."""
    names = [theme.name for theme in product.themes]
    if about is not None and about.theme is not None and allowed(Right.READ, thing_about(about)):
        names.append(about.theme.name)
    return list(dict.fromkeys(names))


def _at(product: Product | None, cycle_id: int | None) -> dict[str, int]:
    if product is not None and not product.is_note:
        return {"product_id": product.id or 0}
    return {"cycle_id": cycle_id or (product.cycle_id if product else None) or 0}
