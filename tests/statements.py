"""How many statements something takes: a list must ask the database as often for one row as for thirty."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask.testing import FlaskClient
from sqlalchemy import event

from exchange.db import Database


def statements_for(client: FlaskClient, address: str) -> int:
    """The statements of one GET."""
    with counted(client.application.extensions["exchange"].database) as statements:
        answer = client.get(address)
    assert answer.status_code == 200
    return len(statements)


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements of the block as they come, without those that begin a transaction."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            statements.append(statement)

    shares = database.reader.pool is database.engine.pool  # and tells what it does to both
    engines = [database.engine] if shares else [database.engine, database.reader]
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)
