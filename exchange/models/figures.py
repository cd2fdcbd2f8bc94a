"""Figures of a year as they were frozen into a report: they stay, whatever its rows become."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, Relationship, SQLModel

from exchange.models.people import Person
from exchange.models.products import Product


class FrozenFigures(SQLModel, table=True):
    """The sections that one report embeds, in the language and at the moment in which they were made."""

    __tablename__ = "frozen_figures"

    product_id: int = Field(foreign_key="product.id", primary_key=True)
    year: int
    made_at: datetime
    made_by_id: int = Field(foreign_key="person.id", index=True)
    language: str
    # As exchange.figures.section writes it; it has a format of its own, and is never asked about.
    sections: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    version: int = 1  # rises each time they are frozen anew

    product: Product = Relationship()
    made_by: Person = Relationship()
