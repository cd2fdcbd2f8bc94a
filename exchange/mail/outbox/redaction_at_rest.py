"""Letters at rest: what went out, or never will, keeps nothing that acts for its reader.

Delivery takes personal links out of what it sent. Letters that were refused or taken back held theirs
on, and those links are the same as in letters that arrived.
"""

from datetime import datetime, timedelta

from sqlalchemy import Table, bindparam, case, select, update
from sqlmodel import Session, SQLModel

from exchange.answering.links import LINK_MAX_AGE_DAYS, TAKEN_OUT, without_tokens
from exchange.mail.outbox import SIGN_IN
from exchange.models import LetterState

_LETTERS: Table = SQLModel.metadata.tables["letter"]
AT_REST = (LetterState.SENT.value, LetterState.REFUSED.value, LetterState.WITHDRAWN.value)
AT_ONCE = 500  # letters of one run: the rest waits for the next

_HAS_LINK = (
    _LETTERS.c.text.like("%/answer/%")
    | _LETTERS.c.text.like("%/review/%")
    | _LETTERS.c.text.like("%/attend/%")
    | _LETTERS.c.text.like("%/letters/preferences/%")
)
_IS_LIVE = _HAS_LINK & _LETTERS.c.text.not_like(f"%/{TAKEN_OUT}%")  # all of a letter go at once
_HAD_CALENDAR = case((_LETTERS.c.calendar == "", ""), else_=TAKEN_OUT)  # that it had one is asked for later
_ANSWERS_FOR_READER = _LETTERS.c.calendar.not_in(("", TAKEN_OUT)) | (_LETTERS.c.unsubscribe_url != "")

_LETS_IN = (_LETTERS.c.kind == SIGN_IN) & (_LETTERS.c.text != "")

_FOUND = (
    select(_LETTERS.c.id, _LETTERS.c.kind, _LETTERS.c.text, _LETTERS.c.html)
    .where(
        _LETTERS.c.state.in_(AT_REST),
        _LETTERS.c.due_at >= bindparam("since"),  # with the state an index: old letters are not read again
        _IS_LIVE | _ANSWERS_FOR_READER | _LETS_IN,
    )
    .order_by(_LETTERS.c.id)
    .limit(AT_ONCE)
    .with_for_update(skip_locked=True)  # one that is being queued again waits for us, and is written anew
)
_WIPE = (
    update(_LETTERS)
    .where(_LETTERS.c.id == bindparam("letter_id"))
    .values(
        text=bindparam("kept_text"), html=bindparam("kept_html"), calendar=_HAD_CALENDAR, unsubscribe_url=""
    )
)


def forget_secrets(session: Session, now: datetime) -> int:
    """Take links, answer addresses and calendar parts out of letters at rest; how many letters had some.

    A letter that was taken back and is queued again is written anew as a whole. Letters that were due
    so long ago that their links have expired are left alone: they were wiped in their time.
    """
    connection = session.connection()
    rows = [
        {"letter_id": row.id, "kept_text": _kept(row.kind, row.text), "kept_html": _kept(row.kind, row.html)}
        for row in connection.execute(_FOUND, {"since": now - timedelta(days=LINK_MAX_AGE_DAYS)})
    ]
    if rows:
        connection.execute(_WIPE, rows)
    return len(rows)


def _kept(kind: str, text: str) -> str:
    return "" if kind == SIGN_IN else without_tokens(text)
