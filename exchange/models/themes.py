"""Themes: what exchanges and training events are about."""

from sqlmodel import Field, SQLModel

TO_BE_CHOSEN = "T00"  # key of the theme of an exchange that has a date and no subject yet


class Theme(SQLModel, table=True):
    """A theme of the catalogue; it may own many cycles and events."""

    __tablename__ = "theme"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)  # "T08"
    name: str = Field(unique=True)
    source: str = ""  # where the network took it from
    strategies: str = ""  # those it serves, of the UN, the EU or a city

    @property
    def is_chosen(self) -> bool:
        """Whether it is a subject: an exchange without one is not published."""
        return self.key != TO_BE_CHOSEN
