"""What every table shares: names of constraints, and closed vocabularies as text with a CHECK.

Not a base class: tables stand in one file per noun.
"""

from enum import StrEnum

from sqlalchemy import CheckConstraint
from sqlmodel import SQLModel

# Stable names let Alembic drop and alter constraints on SQLite and PostgreSQL alike.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def one_of(column: str, vocabulary: type[StrEnum]) -> CheckConstraint:
    """A CHECK that ``column`` holds a word of ``vocabulary``.

    Text with a CHECK instead of a database enum: PostgreSQL keeps an enum type after a
    downgrade, and a new member goes unnoticed by the migration check.
    """
    words = ", ".join(map(_quoted, vocabulary))
    return CheckConstraint(f"{column} IN ({words})", name=column)


def one_of_or_empty(column: str, vocabulary: type[StrEnum]) -> CheckConstraint:
    """As one_of, where "" says that nothing was chosen yet."""
    words = ", ".join(["''", *map(_quoted, vocabulary)])
    return CheckConstraint(f"{column} IN ({words})", name=column)


def exactly_one(name: str, *columns: str) -> CheckConstraint:
    """A CHECK that one of the columns is set, and no other."""
    return CheckConstraint(f"{_count_of(columns)} = 1", name=name)


def at_most_one(name: str, *columns: str) -> CheckConstraint:
    """A CHECK that no two of the columns are set."""
    return CheckConstraint(f"{_count_of(columns)} <= 1", name=name)


def _count_of(columns: tuple[str, ...]) -> str:
    """How many are set, in words that both databases know."""
    return " + ".join(f"(CASE WHEN {column} IS NULL THEN 0 ELSE 1 END)" for column in columns)


def _quoted(word: StrEnum) -> str:
    return "'" + word.value.replace("'", "''") + "'"
