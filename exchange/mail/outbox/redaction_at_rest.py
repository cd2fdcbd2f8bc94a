"""Letters at rest: what went out, or never will, keeps nothing that acts for its reader.

Delivery takes personal links out of what it sent. Letters that were refused or taken back held theirs
on, and those links are the same as in letters that arrived.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Table, bindparam, case, func, select, update
from sqlmodel import Session, SQLModel

from exchange.answering.personal_links import LINK_MAX_AGE_DAYS, LINK_PATTERN, TAKEN_OUT, without_tokens
from exchange.mail.outbox.letter_queue import SIGN_IN
from exchange.models import LetterState

_LETTERS: Table = SQLModel.metadata.tables["letter"]
AT_REST = (LetterState.SENT.value, LetterState.REFUSED.value, LetterState.WITHDRAWN.value)
AT_ONCE = 500  # letters of one run: the rest waits for the next

# What is found is what would be taken out: people write "/answer/…" and "/review/2027" in questions and
# briefs, which must neither hide a link nor be found again with every run.
_HAS_WORKING_LINK = _LETTERS.c.text.regexp_match(LINK_PATTERN)
_HAD_CALENDAR = case((_LETTERS.c.calendar == "", ""), else_=TAKEN_OUT)  # that it had one is asked for later
_ANSWERS_FOR_READER = _LETTERS.c.calendar.not_in(("", TAKEN_OUT)) | (_LETTERS.c.unsubscribe_url != "")

_LETS_IN = (_LETTERS.c.kind == SIGN_IN) & (_LETTERS.c.text != "")

_FOUND = (
    select(_LETTERS.c.id, _LETTERS.c.kind, _LETTERS.c.text, _LETTERS.c.html)
    .where(
        _LETTERS.c.state.in_(AT_REST),
        _LETTERS.c.due_at >= bindparam("since"),  # with the state an index: old letters are not read again
        _HAS_WORKING_LINK | _ANSWERS_FOR_READER | _LETS_IN,
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

    A letter that was taken back and is queued again is written anew throughout. Letters that were due
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


def texts_due(before: datetime) -> ColumnElement[bool]:
    """Letters at rest that were due before ``before`` and still have words."""
    has_words = (_LETTERS.c.text != "") | (_LETTERS.c.html != "") | (_LETTERS.c.last_answer != "")
    return _LETTERS.c.state.in_(AT_REST) & (_LETTERS.c.due_at < before) & has_words


def facts_due(before: datetime) -> ColumnElement[bool]:
    """Letters at rest that were due before ``before`` and still say to whom they went."""
    is_named = (_LETTERS.c.to_address != "") | _LETTERS.c.person_id.is_not(None)
    return _LETTERS.c.state.in_(AT_REST) & (_LETTERS.c.due_at < before) & is_named


def count_letters(session: Session, due: ColumnElement[bool]) -> int:
    """How many letters are due by one of the conditions above."""
    return session.connection().execute(select(func.count()).where(due)).scalar_one()


def forget_texts(session: Session, before: datetime) -> int:
    """Empty the words of some letters that are due, AT_ONCE at most; how many. Dates they told stay."""
    return _emptied(
        session,
        texts_due(before),
        text="",
        html="",
        calendar=_HAD_CALENDAR,
        unsubscribe_url="",
        last_answer="",
    )


def forget_facts(session: Session, before: datetime) -> int:
    """Take from some letters that are due to whom they went and what about, AT_ONCE at most; how many.

    The row stays: it counts, and by its once-key the same letter is never made again.
    """
    return _emptied(session, facts_due(before), person_id=None, to_name="", to_address="", subject="", why="")


def _emptied(session: Session, due: ColumnElement[bool], **values: object) -> int:
    found = select(_LETTERS.c.id).where(due).order_by(_LETTERS.c.id).limit(AT_ONCE)
    ids = session.connection().execute(found.with_for_update(skip_locked=True)).scalars().all()
    if ids:
        session.connection().execute(update(_LETTERS).where(_LETTERS.c.id.in_(ids)).values(**values))
    return len(ids)
