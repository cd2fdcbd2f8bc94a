"""Letters that wait hold links of the old secret: taken back where a tick makes them anew, else written over.

Each keeps its row and its Message-ID.
"""

from collections.abc import Mapping

from sqlalchemy import Table, select, update
from sqlmodel import Session, SQLModel

from exchange.answering.personal_links import with_tokens
from exchange.mail.outbox.withdrawals import withdraw_planned
from exchange.mail.schedule.unsubscribe_links import token_of
from exchange.models import LetterState
from exchange.settings import Settings

_LETTERS: Table = SQLModel.metadata.tables["letter"]
_COLUMNS = ("text", "html", "unsubscribe_url")
WHY = "The secret key was changed: it is written anew, with links that work."


def renew_waiting(session: Session, renewed: Mapping[str, str], old: Settings, new: Settings) -> int:
    """Bring what waits to links that work; how many letters. ``renewed``: each old token, and the new."""
    taken_back = withdraw_planned(session, WHY)
    waits = _LETTERS.c.state.in_((LetterState.QUEUED.value, LetterState.SENDING.value))
    columns = [_LETTERS.c[name] for name in _COLUMNS]
    found = select(_LETTERS.c.id, _LETTERS.c.person_id, *columns).where(waits).order_by(_LETTERS.c.id)
    rewritten = 0
    for row in session.connection().execute(found.with_for_update()).all():
        tokens = {**renewed, **_preferences(row.person_id, old, new)}
        present = {name: getattr(row, name) for name in _COLUMNS}
        values = {name: with_tokens(text, tokens) for name, text in present.items()}
        if values != present:
            session.connection().execute(update(_LETTERS).where(_LETTERS.c.id == row.id).values(**values))
            rewritten += 1
    return taken_back + rewritten


def _preferences(person_id: int | None, old: Settings, new: Settings) -> dict[str, str]:
    return {token_of(person_id, old): token_of(person_id, new)} if person_id else {}
