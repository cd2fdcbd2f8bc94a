"""What every change of the network shares: rows with a taken name, and rows changed meanwhile.

It decides nothing about any one noun.
"""

from collections.abc import Iterable

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel

from exchange import audit
from exchange.errors import Conflict, InvalidInput
from exchange.network.drafts import Draft, fingerprint


def insert(session: Session, row: SQLModel) -> None:
    """Add a row. Raises InvalidInput at the column whose value another row has already."""
    session.add(row)
    flush(session, row)


def flush(session: Session, row: SQLModel) -> None:
    """Write what changed. Raises InvalidInput at the column of ``row`` whose value is taken."""
    table = str(row.__tablename__)
    try:
        session.flush()
    except IntegrityError as error:
        column = _taken_column(table, str(error.orig))
        if column is None:
            raise
        raise InvalidInput("Another one has this already. Choose a different one.", field=column) from error


def take(session: Session, row: SQLModel) -> None:
    """Wait until nobody else changes anything, then see the row as it stands."""
    audit.wait_for_turn(session)
    session.refresh(row)


def refuse_stale(present: Draft, seen: str | None, group_ids: Iterable[int] = ()) -> None:
    """Raise Conflict unless the form was made from ``present``; ``seen`` None means no form was shown.

    ``group_ids`` are the groups a person sits in, when the form is a person's.
    """
    if seen is not None and seen != fingerprint(present, group_ids):
        raise Conflict(
            "Somebody else changed this while you were editing, and your changes were not saved. "
            "Open the page again to see what it says now."
        )


def _taken_column(table: str, words: str) -> str | None:
    """The column named in the database's words: SQLite says city.name, PostgreSQL uq_city_name."""
    for column in ("email", "name", "key", "slug"):
        if f"{table}.{column}" in words or f'"uq_{table}_{column}"' in words:
            return column
    return None
