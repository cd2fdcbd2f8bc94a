"""Ticks of the clock, claimed by inserting."""

from datetime import datetime

from sqlmodel import Field, SQLModel


class JobRun(SQLModel, table=True):
    """One tick of one job. The primary key is the claim: who inserts it runs it."""

    __tablename__ = "job_run"

    job: str = Field(primary_key=True)
    slot_at: datetime = Field(primary_key=True)
    claimed_at: datetime
    claimed_by: str
    finished_at: datetime | None = None
    outcome: str = ""
