"""What the processes count and gauge of themselves, for whoever watches them."""

from datetime import datetime

from sqlmodel import Field, SQLModel


class Measurement(SQLModel, table=True):
    """One sample (Prometheus' word for a number with a name and labels).

    ``process`` is whose gauge it is; "" for what all processes count together.
    """

    __tablename__ = "measurement"

    process: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    labels: str = Field(primary_key=True)  # a JSON object, its keys in order
    value: float
    measured_at: datetime = Field(index=True)
