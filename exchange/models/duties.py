"""Letters about what people owe: up to which morning of each clock they were looked for."""

from datetime import date

from sqlmodel import Field, SQLModel


class DutyMorning(SQLModel, table=True):
    """The last morning on which letters to people who live by one clock were worked out."""

    __tablename__ = "duty_morning"

    time_zone: str = Field(primary_key=True)  # IANA name
    looked_on: date  # on that clock's wall
