"""Delivery: claim one letter, commit, send, mark it and claim the next, commit; mail leaves from here alone.

    queued --claim--> sending --taken--> sent
      ^                  |-----later---> queued again, after a growing wait; at last refused
      |---free_stuck-----|-----never---> refused

A process that dies between claim and mark leaves one letter in "sending"; free_stuck queues it again
under the same Message-ID. What was recalled meanwhile comes back withdrawn. It decides nothing
about who gets which letter.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import Table, bindparam, case, select, update
from sqlmodel import Session, SQLModel

from exchange.answering.links import without_tokens
from exchange.db import Database
from exchange.mail.addresses import mark_refused
from exchange.mail.claiming import claimed, is_due
from exchange.mail.maildir import MaildirTransport
from exchange.mail.message import Unwritable, build_message
from exchange.mail.outbox import SIGN_IN, withdraw_useless
from exchange.mail.smtp import SmtpTransport
from exchange.mail.transport import AddressRefused, Dropped, Refused, Transport, TryLater, Unreachable
from exchange.models import Letter, LetterState
from exchange.settings import Settings

WAITS = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 240)) + (timedelta(days=1),)
ATTEMPTS_MAX = 8  # five growing waits, then three more days
GIVEN_UP = "Given up after %(attempts)s tries. The last answer: %(answer)s"
NO_ANSWER = "The process that sent it ended before there was one."
UNFORESEEN = "Sending failed in a way that was not foreseen: %(kind)s. The log has more."

log = structlog.get_logger("exchange.delivery")

_LETTERS: Table = SQLModel.metadata.tables["letter"]
_IS_WANTED = _LETTERS.c.recalled == ""
_UNCLAIMED: dict[str, object] = {"claimed_by": "", "claimed_at": None}


@dataclass(frozen=True)
class Delivered:
    """What one run did. ``unreachable`` holds the server's words when the run had to stop."""

    sent: int = 0
    refused: int = 0
    put_off: int = 0
    withdrawn: int = 0
    unreachable: str = ""


@dataclass(frozen=True)
class _Run:
    """What stays the same for all letters of one run."""

    database: Database
    transport: Transport
    settings: Settings
    worker: str
    clock: Callable[[], datetime]


def transport_for(settings: Settings) -> Transport:
    """The carrier that the settings name: the mail server, or without one a Maildir."""
    if settings.smtp_url is None:
        return MaildirTransport(settings.mail_dir)
    return SmtpTransport(settings.smtp_url.get_secret_value(), timeout=settings.smtp_timeout_seconds)


def deliver_due(
    database: Database,
    transport: Transport,
    settings: Settings,
    *,
    now: datetime,
    worker: str,
    limit: int,
    clock: Callable[[], datetime] | None = None,
    is_stopping: Callable[[], bool] = lambda: False,
) -> Delivered:
    """Send what is due, at most ``limit`` letters, the longest due first.

    ``worker`` names this process in the claims. ``clock`` is asked as the run goes on; without it
    the whole run happens at ``now``. Stops between two letters when ``is_stopping`` says so, and
    when the server cannot be reached, which leaves the rest queued.
    """
    run = _Run(database, transport, settings, worker, clock or (lambda: now))
    with database.transaction() as session:
        done = Delivered(withdrawn=withdraw_useless(session, now))
    letter: Letter | None = None
    try:
        for number in range(limit):
            if letter is None:
                if is_stopping() or not _is_due(run):
                    break
                transport.ready()
                letter = _claimed(run)
            if letter is None:
                break
            done, letter = _send(run, letter, done, partial(_goes_on, number + 1 < limit, is_stopping))
    except (Unreachable, Dropped) as error:
        log.warning("mail server not reached", worker=worker, error=type(error.__cause__).__name__)
        done = replace(done, unreachable=str(error))
    finally:
        transport.close()
    return done


def free_stuck(session: Session, now: datetime, *, stuck_seconds: int) -> int:
    """Queue again what a dead process left in "sending", or refuse what had its last try; how many.

    A living process gives up on a letter long before ``stuck_seconds``, so its claims are younger.
    """
    stuck = (
        select(_LETTERS.c.id)
        .where(
            _LETTERS.c.state == LetterState.SENDING.value,
            _LETTERS.c.claimed_at <= now - timedelta(seconds=stuck_seconds),
        )
        .order_by(_LETTERS.c.id)  # locked in the order in which the outbox locks, too
        .with_for_update()
    )
    ids = session.connection().execute(stuck).scalars().all()
    had_last_try = _LETTERS.c.id.in_(ids) & (_LETTERS.c.attempts >= ATTEMPTS_MAX) & _IS_WANTED
    given_up = GIVEN_UP % {"attempts": ATTEMPTS_MAX, "answer": NO_ANSWER}
    refusal = _UNCLAIMED | {"state": LetterState.REFUSED.value, "last_answer": given_up}
    session.connection().execute(update(_LETTERS).where(had_last_try).values(**refusal))
    still_sending = _LETTERS.c.id.in_(ids) & (_LETTERS.c.state == LetterState.SENDING.value)
    back = update(_LETTERS).where(still_sending).values(**_back(_LETTERS.c.last_answer))
    session.connection().execute(back)
    return len(ids)


def _back(answer: object) -> dict[str, object]:
    """What a letter becomes that comes back from a try: queued, or withdrawn when it was recalled."""
    return _UNCLAIMED | {
        "state": case((_IS_WANTED, LetterState.QUEUED.value), else_=LetterState.WITHDRAWN.value),
        "last_answer": case((_IS_WANTED, answer), else_=_LETTERS.c.recalled),
    }


def _goes_on(has_room: bool, is_stopping: Callable[[], bool]) -> bool:
    return has_room and not is_stopping()


def _is_due(run: _Run) -> bool:
    with run.database.reading() as session:
        return is_due(session, run.clock())


def _claimed(run: _Run) -> Letter | None:
    with run.database.transaction() as session:
        return claimed(session, worker=run.worker, now=run.clock())


def _send(
    run: _Run, letter: Letter, done: Delivered, goes_on: Callable[[], bool]
) -> tuple[Delivered, Letter | None]:
    """Send one claimed letter and write down what became of it; with it the next, when one was claimed.

    After a letter that was taken the next is claimed in the same transaction, and goes out on the same
    connection without asking it anew; after any other the run looks again.
    """
    now, all_to = run.clock(), run.settings.mail_all_to
    try:
        message = build_message(letter, mail_from=run.settings.mail_from, now=now, all_to=all_to)
        answer = run.transport.send(message, all_to or letter.to_address)
    except (Refused, Unwritable) as error:
        _mark_refused(run, letter, str(error))
        is_about_the_address = isinstance(error, AddressRefused | Unwritable) and letter.kind != SIGN_IN
        if is_about_the_address and not all_to:  # in safe mode another address than the reader's was refused
            _mark_address(run, letter, str(error))
        return replace(done, refused=done.refused + 1), None
    except TryLater as error:
        is_last = _put_off(run, letter, str(error))
        if isinstance(error, Dropped):
            raise
    except Exception as error:
        # The border of one letter: whatever is wrong with it must not stop the others, nor last for ever.
        log.exception("letter not sent", letter=letter.id, kind=letter.kind)
        run.transport.close()
        is_last = _put_off(run, letter, UNFORESEEN % {"kind": type(error).__name__})
    else:
        following = _mark_sent(run, letter, answer, goes_on)
        return replace(done, sent=done.sent + 1), following
    return replace(done, refused=done.refused + is_last, put_off=done.put_off + (not is_last)), None


_MARK_SENT = (
    update(_LETTERS)
    .where(
        _LETTERS.c.id == bindparam("letter_id"),
        _LETTERS.c.state.in_((LetterState.SENDING.value, LetterState.QUEUED.value)),
    )
    .values(
        state=LetterState.SENT.value,
        sent_at=bindparam("at"),
        last_answer=bindparam("answer"),
        next_try_at=None,
        text=bindparam("kept_text"),
        html=bindparam("kept_html"),
        unsubscribe_url="",
    )
)


def _mark_sent(run: _Run, letter: Letter, answer: str, goes_on: Callable[[], bool]) -> Letter | None:
    """A server took it: that is so whoever holds the claim by now. The next letter, claimed with it.

    Kept without what lets its reader in or acts for them.
    """
    is_secret = letter.kind == SIGN_IN
    now = run.clock()
    values = {
        "letter_id": letter.id,
        "at": now,
        "answer": answer,
        "kept_text": "" if is_secret else without_tokens(letter.text),
        "kept_html": "" if is_secret else without_tokens(letter.html),
    }
    with run.database.transaction() as session:
        session.connection().execute(_MARK_SENT, values)
        following = claimed(session, worker=run.worker, now=now) if goes_on() else None
    log.info("letter sent", letter=letter.id, kind=letter.kind, attempts=letter.attempts)
    return following


def _mark_refused(run: _Run, letter: Letter, answer: str) -> None:
    _release(run, letter, state=LetterState.REFUSED.value, last_answer=answer, next_try_at=None)
    log.warning("letter refused", letter=letter.id, kind=letter.kind, attempts=letter.attempts)


def _mark_address(run: _Run, letter: Letter, answer: str) -> None:
    with run.database.transaction() as session:
        mark_refused(session, letter.to_address, words=answer, letter_id=letter.id, now=run.clock())


def _put_off(run: _Run, letter: Letter, answer: str) -> bool:
    """Queue the letter for its next try; True when it had its last."""
    if letter.attempts >= ATTEMPTS_MAX:
        _mark_refused(run, letter, GIVEN_UP % {"attempts": letter.attempts, "answer": answer})
        return True
    wait = WAITS[min(letter.attempts, len(WAITS)) - 1]
    _release(run, letter, **_back(answer), next_try_at=run.clock() + wait)
    log.info("letter put off", letter=letter.id, kind=letter.kind, attempts=letter.attempts)
    return False


def _release(run: _Run, letter: Letter, **values: object) -> None:
    """Give up our claim, and only ours: a letter freed meanwhile may be somebody else's."""
    with run.database.transaction() as session:
        session.connection().execute(
            update(_LETTERS)
            .where(
                _LETTERS.c.id == letter.id,
                _LETTERS.c.state == LetterState.SENDING.value,
                _LETTERS.c.claimed_by == run.worker,
                _LETTERS.c.claimed_at == letter.claimed_at,
            )
            .values(**(_UNCLAIMED | values))
        )
