"""Outcomes: what became of a claimed letter is written into its row. It claims nothing and sends nothing.

    queued --claim--> sending --taken--> sent
      ^                  |-----later---> queued again, after a growing wait; at last refused
      |---free_stuck-----|-----never---> refused
      |---give_back------|

What was recalled while it was claimed comes back withdrawn.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Table, bindparam, case, or_, select, update
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import UTCDateTime

from exchange.answering.personal_links import without_tokens
from exchange.mail.outbox.forgotten_outlooks import have_looked_at_again
from exchange.mail.outbox.letter_queue import SIGN_IN
from exchange.mail.outbox.sent_records import digest_of
from exchange.mail.wire.claimed_letter import ClaimedLetter
from exchange.models import LetterState

WAITS = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 240)) + (timedelta(days=1),)
ATTEMPTS_MAX = 8  # five growing waits, then three more days
GIVEN_UP = "Given up after %(attempts)s tries. The last answer: %(answer)s"
NO_ANSWER = "The process that sent it ended before there was one."

_LETTERS: Table = SQLModel.metadata.tables["letter"]
_IS_WANTED = _LETTERS.c.recalled == ""
_HAS_ENDED = or_(
    _LETTERS.c.state == LetterState.WITHDRAWN.value, _LETTERS.c.state == LetterState.REFUSED.value
)
_UNCLAIMED: dict[str, object] = {"claimed_by": "", "claimed_at": None}
_UNSURE: dict[str, object] = {"may_have_arrived": True}

_MARK_SENT = (
    update(_LETTERS)
    .where(
        _LETTERS.c.id == bindparam("letter_id"),
        # Written anew since, it says something else, which has not gone.
        _LETTERS.c.text == bindparam("sent_text"),
        _LETTERS.c.to_address == bindparam("sent_to"),
        or_(  # no in_: the library would write that anew for each letter
            _LETTERS.c.state == LetterState.SENDING.value, _LETTERS.c.state == LetterState.QUEUED.value
        ),
    )
    .values(
        state=LetterState.SENT.value,
        sent_at=bindparam("at", type_=UTCDateTime()),
        last_answer=bindparam("answer"),
        next_try_at=None,
        text=bindparam("kept_text"),
        html=bindparam("kept_html"),
        unsubscribe_url="",
        sent_digest=bindparam("digest"),
    )
)


def mark_sent(connection: Connection, letter: ClaimedLetter, answer: str, now: datetime) -> None:
    """A server took it: that is so whoever holds the claim by now, unless the row says something else by now.

    Kept without what lets its reader in or acts for them.
    """
    is_secret = letter.kind == SIGN_IN
    values = {
        "letter_id": letter.id,
        "sent_text": letter.text,
        "sent_to": letter.to_address,
        "at": now,
        "answer": answer,
        "digest": digest_of(letter),
        "kept_text": "" if is_secret else without_tokens(letter.text),
        "kept_html": "" if is_secret else without_tokens(letter.html),
    }
    connection.execute(_MARK_SENT, values)


def mark_refused(
    connection: Connection, letter: ClaimedLetter, answer: str, *, has_answer: bool = True
) -> None:
    """No server will ever take it, or it is given up; without a last answer it may have arrived."""
    refused = {"state": LetterState.REFUSED.value, "last_answer": answer, "next_try_at": None}
    _release(connection, letter, **refused, **({} if has_answer else _UNSURE))


def put_off(
    connection: Connection, letter: ClaimedLetter, answer: str, now: datetime, *, has_answer: bool
) -> None:
    """Queue it for its next try, after a wait that grows with each; without an answer it may have arrived."""
    wait = WAITS[min(letter.attempts, len(WAITS)) - 1]
    _release(connection, letter, **_back(answer), **({} if has_answer else _UNSURE), next_try_at=now + wait)


def give_back(connection: Connection, letters: Iterable[ClaimedLetter]) -> None:
    """Queue them as they were: they were claimed, and nothing was tried with them."""
    for letter in letters:
        _release(connection, letter, **_back(_LETTERS.c.last_answer), attempts=_LETTERS.c.attempts - 1)


def free_stuck(connection: Connection, now: datetime, *, stuck_seconds: int) -> int:
    """Queue again what a dead process left in "sending", or refuse what had its last try; how many.

    A living process gives up on a letter long before ``stuck_seconds``, so its claims are younger. What lies
    further ahead than any claim or wait can was written by a clock that ran ahead.
    """
    stuck, ahead = timedelta(seconds=stuck_seconds), now + WAITS[-1]
    waits_long = (_LETTERS.c.state == LetterState.QUEUED.value) & (_LETTERS.c.next_try_at > ahead)
    connection.execute(update(_LETTERS).where(waits_long).values(next_try_at=now))
    is_stuck = (_LETTERS.c.claimed_at <= now - stuck) | (_LETTERS.c.claimed_at > now + stuck)
    return _free(connection, is_stuck)


def free_claims(connection: Connection, worker: str) -> int:
    """The same for all that ``worker`` holds, who knows that it has none of them in hand; how many."""
    return _free(connection, _LETTERS.c.claimed_by == worker)


def _free(connection: Connection, which: ColumnElement[bool]) -> int:
    left_behind = (
        select(_LETTERS.c.id)
        .where(_LETTERS.c.state == LetterState.SENDING.value, which)
        .order_by(_LETTERS.c.id)  # locked in the order in which the outbox locks, too
        .with_for_update()
    )
    ids = connection.execute(left_behind).scalars().all()
    had_last_try = _LETTERS.c.id.in_(ids) & (_LETTERS.c.attempts >= ATTEMPTS_MAX) & _IS_WANTED
    given_up = GIVEN_UP % {"attempts": ATTEMPTS_MAX, "answer": NO_ANSWER}
    refusal = _UNCLAIMED | _UNSURE | {"state": LetterState.REFUSED.value, "last_answer": given_up}
    connection.execute(update(_LETTERS).where(had_last_try).values(**refusal))
    still_sending = _LETTERS.c.id.in_(ids) & (_LETTERS.c.state == LetterState.SENDING.value)
    freed = _UNCLAIMED | _UNSURE | _back(_LETTERS.c.last_answer)
    back = update(_LETTERS).where(still_sending).values(**freed)
    connection.execute(back)
    ended = select(_LETTERS.c.id).where(_LETTERS.c.id.in_(ids), _HAS_ENDED)
    _tell_of_ended(connection, connection.execute(ended).scalars().all())
    return len(ids)


def _back(answer: object) -> dict[str, object]:
    """What a letter becomes that comes back from a try: queued, or withdrawn when it was recalled."""
    return {
        "state": case((_IS_WANTED, LetterState.QUEUED.value), else_=LetterState.WITHDRAWN.value),
        "last_answer": case((_IS_WANTED, answer), else_=_LETTERS.c.recalled),
    }


def _release(connection: Connection, letter: ClaimedLetter, **values: object) -> None:
    """Give up our claim, and only ours: a letter freed meanwhile may be somebody else's."""
    released = connection.execute(
        update(_LETTERS)
        .where(
            _LETTERS.c.id == letter.id,
            _LETTERS.c.state == LetterState.SENDING.value,
            _LETTERS.c.claimed_by == letter.claimed_by,
            _LETTERS.c.claimed_at == letter.claimed_at,
        )
        .values(**(_UNCLAIMED | values))
        .returning(_LETTERS.c.id, _HAS_ENDED.label("has_ended"))
    )
    _tell_of_ended(connection, [row.id for row in released if row.has_ended])


def _tell_of_ended(connection: Connection, letter_ids: Sequence[int]) -> None:
    """Of letters that will not go: they may be called for again, or others in their week."""
    if letter_ids:
        have_looked_at_again(connection, letter_ids)
