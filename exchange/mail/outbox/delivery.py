"""Delivery: claim letters, commit, send them one by one, write down what became of each. Mail leaves here.

While the server thinks over one letter, the one before is written down and the one after is made
ready (_chores). Nothing of a letter is shown before the one before it is written down: a process that
dies leaves at most one that was taken and is not marked, and free_stuck of delivery_outcomes.py queues it
again under the same Message-ID. It decides nothing about who gets which letter.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from exchange import audit
from exchange.db import Database
from exchange.mail.outbox import delivery_outcomes
from exchange.mail.outbox.claims import claim, is_due
from exchange.mail.outbox.delivered import Delivered
from exchange.mail.outbox.delivery_run import Claimed, Run
from exchange.mail.outbox.letter_queue import SIGN_IN
from exchange.mail.outbox.refusal_fuse import EVERYBODY, REST, Refusal, domain_of
from exchange.mail.outbox.refused_addresses import mark_refused as strike
from exchange.mail.outbox.unfinished import Unfinished
from exchange.mail.outbox.withdrawals import withdraw_useless
from exchange.mail.wire.claimed_letter import ClaimedLetter
from exchange.mail.wire.maildir import MaildirTransport
from exchange.mail.wire.mime_message import Envelope, Unwritable, enveloped
from exchange.mail.wire.smtp import SmtpTransport
from exchange.mail.wire.transport import (
    AddressRefused,
    Dropped,
    Refused,
    Transport,
    TryLater,
    Unreachable,
)
from exchange.settings import Settings

CLAIMED_AT_ONCE = 20
CLAIM_FRESH = timedelta(seconds=2)  # what waited longer is given back: it may have been recalled meanwhile
UNFORESEEN = "Sending failed in a way that was not foreseen: %(kind)s. The log has more."

log = structlog.get_logger("exchange.delivery")


def transport_for(settings: Settings) -> Transport:
    """The carrier that the settings name: the mail server, or without one a Maildir."""
    if settings.smtp_url is None:
        return MaildirTransport(settings.mail_dir)
    return SmtpTransport(settings.smtp_url.get_secret_value(), timeout=settings.smtp_timeout_seconds)


def deliver_due(  # noqa: PLR0913 - the last is what the run before left
    database: Database,
    transport: Transport,
    settings: Settings,
    *,
    now: datetime,
    worker: str,
    limit: int,
    clock: Callable[[], datetime] | None = None,
    is_stopping: Callable[[], bool] = lambda: False,
    unfinished: Unfinished | None = None,
) -> Delivered:
    """Send what is due, at most ``limit`` letters, the longest due first.

    ``worker`` names this process in the claims. ``clock`` is asked as the run goes on; without it
    all of the run happens at ``now``. Stops between two letters when ``is_stopping`` says so, and
    when the server cannot be reached, which leaves the rest queued. ``unfinished`` is what the run before
    could not write down; it is made good first, and gets what this one cannot. After a fuse has blown it
    rests for a while, or only what goes to the domain that it blew for.
    """
    left = unfinished or Unfinished()
    left.finish(database, worker=worker, now=now)
    if left.rests(now):
        return left.resting_done()
    with database.transaction() as session:
        withdrawn = withdraw_useless(session, now)
    with database.connected() as connection:
        run = Run(
            database, connection, transport, settings, worker, clock or (lambda: now), is_stopping, limit
        )
        run.unfinished, run.resting, run.done = left, left.resting(now), left.resting_done()
        run.done.withdrawn = withdrawn
        _go(run)
    return run.done


def _go(run: Run) -> None:
    try:
        while (claimed := _next(run)) is not None:
            _send(run, claimed)
    except (Unreachable, Dropped) as error:
        log.warning("mail server not reached", worker=run.worker, error=type(error.__cause__).__name__)
        run.done.unreachable = str(error)
    except SQLAlchemyError:
        run.unfinished.is_unsure = True  # of the letter on the wire, and of a claim that was being committed
        raise
    finally:
        _end(run)


def _next(run: Run) -> Claimed | None:
    """The letter that goes out next, with a way to go; None when none is left or the run should end.

    After a letter that was taken it goes on the same connection without asking it anew; before any
    other the connection is made sure of. An idle tick opens none.
    """
    if run.is_stopping():
        return None
    if run.taken is None or not run.waiting:
        _settle(run)
        if not run.waiting and not (run.remaining and _is_due(run)):
            return None
        run.transport.ready()
    if run.waiting and run.clock() - run.waiting[0].letter.claimed_at > CLAIM_FRESH:
        _give_back(run)
    if not run.waiting:
        _claim(run)
    _make_ready(run)
    return run.waiting.popleft() if run.waiting else None


def _chores(run: Run) -> Iterator[None]:
    """What is done while the server thinks, a piece in each wait; the first before it sees the letter."""
    _settle(run)
    yield
    if not run.waiting and not run.is_stopping():
        _claim(run)
    yield
    yield  # the short wait before the letter is shown; the one after it is the longest
    _make_ready(run)


def _send(run: Run, claimed: Claimed) -> None:
    """Send one letter; what became of it is written down, or left in ``taken`` for the next wait."""
    letter, chores = claimed.letter, _chores(run)
    try:
        if not isinstance(claimed.envelope, Envelope):
            raise claimed.envelope or Unwritable
        answer = run.transport.send(claimed.envelope, chores)
    except Unwritable as error:
        _refuse(run, letter, str(error), is_dead=True)
    except Refused as error:
        _hold(run, Refusal(letter, str(error), isinstance(error, AddressRefused)))
    except TryLater as error:
        _put_off(run, letter, str(error), has_answer=not isinstance(error, Dropped))
        if isinstance(error, Dropped):
            raise
    except SQLAlchemyError:
        raise  # of a chore: nothing can be written down, and the run ends
    except Exception as error:
        # The border of one letter: whatever is wrong with it must not stop the others, nor last for ever.
        log.exception("letter not sent", letter=letter.id, kind=letter.kind)
        run.transport.close()
        _put_off(run, letter, UNFORESEEN % {"kind": type(error).__name__}, has_answer=False)
    else:
        for _ in chores:
            pass  # what there was no wait for
        run.fuse.took(domain_of(letter, run.settings.mail_all_to))
        run.taken = letter, answer


def _end(run: Run) -> None:
    """Leave nothing open: no letter unmarked, none claimed, no connection."""
    try:
        _settle(run)
        _give_back(run)
        if run.fuse.blown_for:
            _blow(run)
        for held in run.fuse.settled():
            _refuse(run, held.letter, held.words, is_dead=held.is_about_address)
    except SQLAlchemyError:
        run.unfinished.keep(run.taken, [claimed.letter for claimed in run.waiting])
        raise
    finally:
        run.transport.close()


def _is_due(run: Run) -> bool:
    with run.database.reading() as session:
        return is_due(session.connection(), run.clock(), run.resting)


def _claim(run: Run) -> None:
    if run.remaining:
        most = min(run.remaining, CLAIMED_AT_ONCE)
        with run.connection.begin():
            letters = claim(
                run.connection, worker=run.worker, now=run.clock(), most=most, resting=run.resting
            )
        run.waiting.extend(map(Claimed, letters))
        run.remaining -= len(letters)


def _give_back(run: Run) -> None:
    if run.waiting:
        with run.connection.begin():
            delivery_outcomes.give_back(run.connection, [claimed.letter for claimed in run.waiting])
        run.remaining += len(run.waiting)
        run.waiting.clear()


def _make_ready(run: Run) -> None:
    """Work out what goes on the wire for the letter that comes next."""
    if not run.waiting or run.waiting[0].envelope is not None:
        return
    claimed, settings = run.waiting[0], run.settings
    try:
        claimed.envelope = enveloped(
            claimed.letter, mail_from=settings.mail_from, now=run.clock(), all_to=settings.mail_all_to
        )
    except Unwritable as error:
        claimed.envelope = error


def _settle(run: Run) -> None:
    """Write down that the letter before was taken."""
    if run.taken is None:
        return
    letter, answer = run.taken
    with run.connection.begin():
        delivery_outcomes.mark_sent(run.connection, letter, answer, run.clock())
    run.taken = None
    run.done.sent += 1
    log.info("letter sent", letter=letter.id, kind=letter.kind, attempts=letter.attempts)


def _refuse(
    run: Run, letter: ClaimedLetter, words: str, *, is_dead: bool = False, has_answer: bool = True
) -> None:
    """Write down that no server will take the letter; ``is_dead``: nor any other to its address."""
    _settle(run)
    # In safe mode another address than the reader's was refused.
    strikes = is_dead and letter.kind != SIGN_IN and not run.settings.mail_all_to
    with run.database.transaction() as session:
        if strikes:
            audit.wait_for_turn(session)  # before rows are locked that a change may want, too
        delivery_outcomes.mark_refused(session.connection(), letter, words, has_answer=has_answer)
        if strikes:
            strike(session, letter.to_address, words=words, letter_id=letter.id, now=run.clock())
    run.done.refused += 1
    log.warning("letter refused", letter=letter.id, kind=letter.kind, attempts=letter.attempts)


def _hold(run: Run, refusal: Refusal) -> None:
    """Keep a refusal back. Once the fuse has blown, the run ends, unless letters to others may tell more."""
    _settle(run)
    run.fuse.hold(refusal, domain_of(refusal.letter, run.settings.mail_all_to))
    if not run.fuse.blown_for:
        return
    if run.fuse.is_unsure and _others_wait(run):
        run.resting |= run.fuse.blown_for  # the others are tried first
        _give_back(run)
        return
    _blow(run)
    _give_back(run)
    run.remaining = 0


def _others_wait(run: Run) -> bool:
    """Whether there are letters to other domains than the fuse would blow for."""
    refused, all_to = run.fuse.blown_for, run.settings.mail_all_to
    if any(domain_of(one.letter, all_to) not in refused for one in run.waiting):
        return True
    if all_to or not run.remaining:
        return False
    with run.database.reading() as session:
        return is_due(session.connection(), run.clock(), run.resting | refused)


def _blow(run: Run) -> None:
    """Put off what is held back, mark nobody, and let what is refused rest: one domain, or everything."""
    refused = run.fuse.blown_for
    domain = next(iter(refused)) if len(refused) == 1 else EVERYBODY
    held = run.fuse.settled()
    for one in held:
        _put_off(run, one.letter, one.words, has_answer=True)
    run.unfinished.rest(held[-1].words, run.clock() + REST, domain)
    run.done.stopped, run.done.stopped_to = held[-1].words, domain
    log.error("delivery stopped: most of a run was refused alike", worker=run.worker, domain=domain)


def _put_off(run: Run, letter: ClaimedLetter, answer: str, *, has_answer: bool) -> None:
    """Queue the letter for its next try, or give it up when it had its last."""
    if letter.attempts >= delivery_outcomes.ATTEMPTS_MAX:
        given_up = delivery_outcomes.GIVEN_UP % {"attempts": letter.attempts, "answer": answer}
        _refuse(run, letter, given_up, has_answer=has_answer)
        return
    _settle(run)
    with run.connection.begin():
        delivery_outcomes.put_off(run.connection, letter, answer, run.clock(), has_answer=has_answer)
    run.done.put_off += 1
    log.info("letter put off", letter=letter.id, kind=letter.kind, attempts=letter.attempts)
