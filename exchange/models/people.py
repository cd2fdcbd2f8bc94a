"""People: who gets letters, signs in, and answers for a city or a group."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Relationship, SQLModel

from exchange.models.base import one_of
from exchange.models.cities import City


class Role(StrEnum):
    """What a person does in the network; chairs and board members are named by their seats."""

    COORDINATOR = "coordinator"
    CITY_LEAD = "city lead"
    CITY_CONTACT = "city contact"
    EXPERT = "expert"


class Person(SQLModel, table=True):
    """A person; the city gives the clock and the working days their letters follow."""

    __tablename__ = "person"

    id: int | None = Field(default=None, primary_key=True)
    name: str
    email: str = Field(unique=True)  # lower case
    city_id: int = Field(foreign_key="city.id", index=True)
    language: str = "en"
    programme_stopped_at: datetime | None = None  # they take no programme letters since then
    is_active: bool = True  # a person who left keeps the row and gets no letters and no sign-in

    city: City = Relationship()
    roles: list["PersonRole"] = Relationship(
        back_populates="person", sa_relationship_kwargs={"cascade": "all, delete-orphan"}
    )

    def has_role(self, role: Role) -> bool:
        """Whether the person holds ``role``."""
        return any(held.role == role for held in self.roles)


class PersonRole(SQLModel, table=True):
    """A role that a person holds."""

    __tablename__ = "person_role"
    __table_args__ = (UniqueConstraint("person_id", "role"), one_of("role", Role))

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    role: str

    person: Person = Relationship(back_populates="roles")
