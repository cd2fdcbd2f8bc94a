"""Figures that were frozen into reports. Reads only."""

from sqlmodel import Session, select

from exchange.models import FrozenFigures


def frozen_in(session: Session, product_id: int) -> FrozenFigures | None:
    """Those that a report embeds; None while nobody has frozen any."""
    return session.exec(select(FrozenFigures).where(FrozenFigures.product_id == product_id)).first()
