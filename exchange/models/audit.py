"""The audit trail: rows chained by hash, the head of the chain, and how the head stood as each day began."""

from datetime import date, datetime

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel


class AuditEntry(SQLModel, table=True):
    """Who did what to which thing, when and why. The database itself refuses to change or delete one."""

    __tablename__ = "audit_entry"

    id: int | None = Field(default=None, primary_key=True)  # without gaps, but where no key signed
    at: datetime = Field(index=True)
    actor_id: int | None = Field(default=None, index=True)  # no foreign key: the trail outlives the person
    actor: str  # "person:7" or "system"; entries from before names were kept apart hold the name of then
    action: str
    subject: str = Field(index=True)  # "cycle:12"
    before: dict[str, object] | None = Field(default=None, sa_type=JSON)
    after: dict[str, object] | None = Field(default=None, sa_type=JSON)
    reason: str = ""
    salt: str = ""  # of text_digest, random; "" where no key signed
    text_digest: str = ""  # of actor, before, after and reason: what the hash signs of them
    previous_hash: str = Field(unique=True)  # unique: the chain cannot fork
    hash: str = Field(unique=True)
    key_id: str = ""  # the name of the key that signed it; "" of entries from before there were keys


class AuditHead(SQLModel, table=True):
    """One row, locked by each writer: the hash the next entry stands on, and how many there are."""

    __tablename__ = "audit_head"

    id: int = Field(default=1, primary_key=True)
    hash: str
    count: int = 0
    last_id: int = 0
    unkeyed_id: int = 0  # the last entry that no key signed; the chain under keys begins after it
    key_id: str = ""  # "" until the first entry under a key
    mac: str = ""


class AuditAnchor(SQLModel, table=True):
    """How the head stood when a day (UTC) began, signed: a place from which to verify what came later."""

    __tablename__ = "audit_anchor"

    day: date = Field(primary_key=True)
    at: datetime
    count: int
    last_id: int
    hash: str
    key_id: str
    mac: str


class AuditOnce(SQLModel, table=True):
    """What was written once this hour and is not written again in it; see audit.is_first_this_hour."""

    __tablename__ = "audit_once"

    what: str = Field(primary_key=True)
    hour_at: datetime = Field(primary_key=True)
