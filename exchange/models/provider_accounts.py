"""Signing in at an identity provider: what is on its way there, and whose account there is whose."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel


class ProviderAttempt(SQLModel, table=True):
    """Somebody was sent to the identity provider; the row is deleted when they come back, so once."""

    __tablename__ = "provider_attempt"

    id: int | None = Field(default=None, primary_key=True)
    state_digest: str = Field(unique=True)  # SHA-256, hex
    leads_to: str
    expires_at: datetime


class ProviderAccount(SQLModel, table=True):
    """A person's account at an identity provider, known again by its subject when its address changes."""

    __tablename__ = "provider_account"
    __table_args__ = (UniqueConstraint("issuer", "subject"), UniqueConstraint("person_id", "issuer"))

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    issuer: str
    subject: str  # as the issuer names the account, for good
    created_at: datetime
    last_used_at: datetime
