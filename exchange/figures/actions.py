"""Freezing figures into an annual report, with the audit entry. Commits nothing and knows no pages."""

from sqlmodel import Session

from exchange.errors import Conflict, InvalidInput
from exchange.figures.pack import Pack
from exchange.figures.queries import frozen_in
from exchange.figures.section import stored
from exchange.models import FrozenFigures, Person, Product, ProductKind, ProductState
from exchange.products.recording import record


def freeze(
    session: Session, product: Product, pack: Pack, *, opened_on: int, language: str, actor: Person
) -> FrozenFigures:
    """Keep the sections of the pack as the report's own, in place of those it had.

    ``opened_on`` is the version that the sender of the form saw, 0 for none. Raises InvalidInput for what is
    no annual report or of no year, Conflict for one that is out and for figures frozen meanwhile.
    """
    refuse(product)
    before = frozen_in(session, product.id or 0)
    if opened_on != (before.version if before else 0):
        raise Conflict("Somebody froze figures into this report meanwhile. Look at them first.")
    found = before or FrozenFigures(
        product_id=product.id or 0, year=pack.span.year, made_at=pack.made_at, made_by_id=0, language=""
    )
    found.year, found.made_at, found.made_by_id = pack.span.year, pack.made_at, actor.id or 0
    found.language, found.sections, found.version = language, stored(pack.sections), opened_on + 1
    session.add(found)
    facts: dict[str, object] = {"year": found.year, "sections": [one.key for one in pack.sections]}
    record(session, product, "freeze figures", actor=actor, now=pack.made_at, after=facts)
    return found


def refuse(product: Product) -> None:
    """Raises as freeze, for a product that figures cannot be frozen into."""
    if product.kind != ProductKind.ANNUAL_REPORT:
        raise InvalidInput("Figures are frozen into annual reports alone.")
    if product.year is None:
        raise InvalidInput("Say first of which year the report is, beside its kind.")
    if product.state is ProductState.PUBLISHED:
        raise Conflict("The report is out, and its figures stay as they are. Withdraw it to freeze new ones.")
