"""Rows put in many at a time: a unit of work with an object for each would take minutes."""

from collections.abc import Iterable, Mapping
from itertools import islice

from sqlalchemy import func, insert, select, text
from sqlmodel import Session, SQLModel

AT_ONCE = 2_000
Row = Mapping[str, object]


def put(session: Session, table: type[SQLModel], rows: Iterable[Row]) -> None:
    """Insert rows that all have the same columns; those left out get what the model says."""
    found = SQLModel.metadata.tables[str(table.__tablename__)]
    defaults = {
        name: field.get_default(call_default_factory=True)
        for name, field in table.model_fields.items()
        if not field.is_required() and name != "id"
    }
    coming = iter(rows)
    while some := list(islice(coming, AT_ONCE)):
        session.connection().execute(insert(found), [defaults | row for row in some])


def next_id(session: Session, table: type[SQLModel]) -> int:
    """The first id that is free."""
    found = SQLModel.metadata.tables[str(table.__tablename__)]
    return 1 + (session.connection().execute(select(func.max(found.c.id))).scalar() or 0)


def raise_sequences(session: Session) -> None:
    """Let PostgreSQL count on from ids that it did not give itself."""
    if session.get_bind().dialect.name != "postgresql":
        return
    for name, table in SQLModel.metadata.tables.items():
        if "id" in table.c and name != "audit_head":
            raised = f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}"
            session.connection().execute(text(f"{raised} HAVING max(id) IS NOT NULL"))
