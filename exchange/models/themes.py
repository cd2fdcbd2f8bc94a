"""Themes: what exchanges and training events are about."""

from sqlmodel import Field, SQLModel


class Theme(SQLModel, table=True):
    """A theme of the catalogue; it may own many cycles and events."""

    __tablename__ = "theme"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)  # "T08"
    name: str = Field(unique=True)
    source: str = ""  # where the network took it from
