"""The audit trail: rows chained by hash, and the head of the chain."""

from datetime import datetime

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel


class AuditEntry(SQLModel, table=True):
    """Who did what to which thing, when and why. Rows are never changed or deleted."""

    __tablename__ = "audit_entry"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime
    actor_id: int | None = None  # not a foreign key: the trail outlives the person
    actor: str  # the name then, or "system"
    action: str
    subject: str = Field(index=True)  # "cycle:12"
    before: dict[str, object] | None = Field(default=None, sa_type=JSON)
    after: dict[str, object] | None = Field(default=None, sa_type=JSON)
    reason: str = ""
    previous_hash: str = Field(unique=True)  # unique: the chain cannot fork
    hash: str = Field(unique=True)


class AuditHead(SQLModel, table=True):
    """One row, locked by each writer: the hash the next entry stands on."""

    __tablename__ = "audit_head"

    id: int = Field(default=1, primary_key=True)
    hash: str
