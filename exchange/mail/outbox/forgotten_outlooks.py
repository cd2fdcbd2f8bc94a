"""Letters that came back: what the clock knows of when letters of the same things are due is forgotten.

It moves no letter.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, Table, delete, select
from sqlmodel import SQLModel

from exchange.models import item_key

_TABLES = SQLModel.metadata.tables
_LETTERS: Table = _TABLES["letter"]
_CHASES: Table = _TABLES["chase"]
_OUTLOOKS: Table = _TABLES["outlook"]


def have_looked_at_again(connection: Connection, letter_ids: Sequence[int]) -> None:
    """Have the next tick work out what is due anew: these letters may be called for once more.

    To be called when they are recalled and when they come back. A chasing letter gives its week back then, in
    which any exchange may write to its reader.
    """
    is_one = _LETTERS.c.id.in_(letter_ids)
    about = select(_LETTERS.c.cycle_id, _LETTERS.c.training_id).where(is_one).distinct()
    items = [item_key(row.cycle_id, row.training_id) for row in connection.execute(about)]
    connection.execute(delete(_OUTLOOKS).where(_OUTLOOKS.c.item.in_(items)))
    chases = select(_CHASES.c.week).where(_CHASES.c.letter_id.in_(letter_ids)).limit(1)
    if connection.execute(chases).first() is not None:
        connection.execute(delete(_OUTLOOKS).where(_OUTLOOKS.c.item.startswith("cycle:")))
