"""Second factors: passkeys, codes of an app, recovery codes, and since when a person is asked for one."""

from datetime import datetime

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel


class SecondFactor(SQLModel, table=True):
    """What is kept once a person: since when a second factor is asked of them, and their app's secret."""

    __tablename__ = "second_factor"

    person_id: int = Field(primary_key=True, foreign_key="person.id")
    asked_since: datetime | None = None  # the first sign-in with a role that needs one
    totp_sealed: str = ""  # encrypted; "" when there is none
    totp_since: datetime | None = None
    totp_step: int = Field(default=0, sa_type=BigInteger)  # the last time step a code was taken of


class Passkey(SQLModel, table=True):
    """The public half of a key that a person's device holds."""

    __tablename__ = "passkey"

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    name: str  # as its owner calls it
    credential_id: str = Field(unique=True)  # base64url
    public_key: str  # COSE, base64url
    sign_count: int = Field(default=0, sa_type=BigInteger)  # of its last use; some devices always say 0
    created_at: datetime
    last_used_at: datetime | None = None


class RecoveryCode(SQLModel, table=True):
    """A code on paper that stands in for a lost second factor, once."""

    __tablename__ = "recovery_code"

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    code_digest: str = Field(unique=True)  # keyed by the secret key: of no use to who has only the database
    used_at: datetime | None = None
