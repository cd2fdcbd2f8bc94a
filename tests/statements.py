"""How many statements something takes: a list must ask the database as often for one row as for thirty."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask.testing import FlaskClient
from sqlalchemy import Engine, event


def statements_for(client: FlaskClient, address: str) -> int:
    """The statements of one GET."""
    with counted(client.application.extensions["exchange"].database.engine) as statements:
        answer = client.get(address)
    assert answer.status_code == 200
    return len(statements)


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The statements of the block as they come, without those that begin a transaction."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
