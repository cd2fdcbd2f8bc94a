"""People: who gets letters, signs in, and answers for a city or a group."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Relationship, SQLModel

from exchange.models.base import one_of
from exchange.models.cities import City
from exchange.models.organisations import Organisation


class Role(StrEnum):
    """What a person does in the network; group chairs and board members are those by their seats."""

    COORDINATOR = "coordinator"
    CITY_LEAD = "city lead"
    CITY_CONTACT = "city contact"
    EXPERT = "expert"
    FINANCE_CONTACT = "finance contact"
    AUDITOR = "auditor"
    LIAISON = "partner's liaison"


ROLES_OF_TRUST = frozenset({Role.COORDINATOR, Role.AUDITOR})  # tests/web tie them to Permission.ADMINISTER


SPEAKS_FOR_CITY = (Role.CITY_LEAD, Role.CITY_CONTACT)


class Person(SQLModel, table=True):
    """A person; the city gives the clock and the working days their letters follow, not their employer."""

    __tablename__ = "person"

    id: int | None = Field(default=None, primary_key=True)
    name: str
    email: str = Field(unique=True)  # lower case
    city_id: int = Field(foreign_key="city.id", index=True)
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id", index=True)
    language: str = "en"
    programme_stopped_at: datetime | None = None  # they take no programme letters since then
    is_active: bool = True  # a person who left keeps the row and gets no letters and no sign-in
    restricted_at: datetime | None = None  # their data are kept and hardly used: no programme letters
    restricted_why: str = ""
    erased_at: datetime | None = None  # nothing of them is left but a number and what they took part in

    city: City = Relationship()
    organisation: Organisation | None = Relationship()
    roles: list["PersonRole"] = Relationship(
        back_populates="person", sa_relationship_kwargs={"cascade": "all, delete-orphan"}
    )

    @property
    def needs_second_factor(self) -> bool:
        """Whether their roles open so much that a link by mail alone should not. Needs the roles loaded."""
        return any(held.role in ROLES_OF_TRUST for held in self.roles)

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
