"""How many statements a page takes: a list must ask the database as often for one row as for thirty."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask.testing import FlaskClient
from sqlalchemy import event


def statements_for(client: FlaskClient, address: str) -> int:
    """The statements of one GET, without those that begin a transaction."""
    with _counted(client) as statements:
        answer = client.get(address)
    assert answer.status_code == 200
    return len([one for one in statements if not one.startswith(("BEGIN", "PRAGMA"))])


@contextmanager
def _counted(client: FlaskClient) -> Iterator[list[str]]:
    engine = client.application.extensions["exchange"].database.engine
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
