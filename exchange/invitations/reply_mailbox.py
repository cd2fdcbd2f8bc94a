"""Read the mailbox that takes replies: answers of calendars, and reports of letters that did not arrive.

    message -> is it ours? -> claim it by its digest -> take the answer, or say why not -> remember how far

Each message is handled once, however many clocks read; a broken one never stops the next. What changes
nothing is written down for coordinators. Mail that is not for us is left as it is.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256

import structlog
from sqlalchemy import Table, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

from exchange.audit import wait_for_turn
from exchange.db import Database
from exchange.invitations.received.answers import take_answer
from exchange.invitations.received.outcomes import Outcome, claim, is_handled
from exchange.invitations.received.reports import take_complaint, take_plain_report, take_report
from exchange.mail.inbox.bounce_reports import is_report
from exchange.mail.inbox.imap import Fetched, ImapMailbox, Mailbox, Position
from exchange.mail.inbox.parsed_message import Incoming, Unreadable, incoming, unparsed
from exchange.mail.inbox.plain_reports import is_complaint, is_plain_report
from exchange.models import MailboxMark, MailKind
from exchange.settings import Settings

LOOK_BACK_DAYS = timedelta(days=14)  # of a mailbox that is read for the first time
MESSAGES_PER_TICK = 100

log = structlog.get_logger("exchange.inbox")

_MARKS: Table = SQLModel.metadata.tables["mailbox_mark"]


def mailbox_for(settings: Settings) -> Mailbox | None:
    """The mailbox that the settings name; None when nobody reads one."""
    if settings.imap_url is None:
        return None
    return ImapMailbox(settings.imap_url.get_secret_value(), timeout=settings.smtp_timeout_seconds)


def read_mailbox(
    database: Database, mailbox: Mailbox, settings: Settings, *, clock: Callable[[], datetime]
) -> int:
    """Handle what has arrived since the last time; how many messages concerned us. Raises Unreachable."""
    key = _key_of(settings)
    with database.reading() as session:
        mark = session.get(MailboxMark, key)
        after = Position(mark.uid_validity, mark.last_uid) if mark else None
    since = (clock() - LOOK_BACK_DAYS).date()
    handled = 0
    for fetched in mailbox.read(after, since=since, limit=MESSAGES_PER_TICK):
        handled += _handle_safely(database, fetched, settings, clock())
        with database.transaction() as session:
            _remember(session, key, fetched.position)
    return handled


def _handle_safely(database: Database, fetched: Fetched, settings: Settings, now: datetime) -> bool:
    """Handle one message; whatever is wrong with it stays its own trouble."""
    found = unparsed(fetched.content)
    try:
        found = incoming(fetched.content)
        with database.transaction() as session:
            wait_for_turn(session)
            return _handle(session, found, settings, now)
    except Exception:
        # The border of one message: strangers write these. The log has the cause, without its text.
        log.exception("message not handled", uid=fetched.position.last_uid)
        with database.transaction() as session:
            claim(session, found, Outcome(MailKind.UNREADABLE, False, "It could not be read."), now)
        return True


def _handle(session: Session, found: Incoming, settings: Settings, now: datetime) -> bool:
    """True when the message was for us and nobody had handled it before."""
    if is_handled(session, found):
        return False
    try:
        outcome = _outcome(session, found, settings, now)
    except Unreadable as error:
        outcome = Outcome(MailKind.UNREADABLE, False, str(error))
    if outcome is None:
        return False
    if not outcome.is_taken:
        log.warning("message not taken", kind=outcome.kind, why=outcome.words, person=outcome.person_id)
    return claim(session, found, outcome, now)


def _outcome(session: Session, found: Incoming, settings: Settings, now: datetime) -> Outcome | None:
    """What became of a message; None when it is none of ours. Reports go first: they hold our own letter."""
    if is_report(found):
        return take_report(session, found, settings, now)
    if is_complaint(found):
        return take_complaint(session, found)
    told = take_plain_report(session, found, now) if is_plain_report(found) else None
    return told or take_answer(session, found, settings, now)


def _remember(session: Session, key: str, position: Position) -> None:
    """Keep how far the mailbox was read; never back, whichever of two clocks is slower."""
    values = {"mailbox": key, "uid_validity": position.uid_validity, "last_uid": position.last_uid}
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    session.connection().execute(dialect.insert(_MARKS).values(values).on_conflict_do_nothing())
    is_further = (_MARKS.c.uid_validity != position.uid_validity) | (_MARKS.c.last_uid < position.last_uid)
    session.connection().execute(update(_MARKS).where(_MARKS.c.mailbox == key, is_further).values(**values))


def _key_of(settings: Settings) -> str:
    """One mailbox by its address, without the password, which may change."""
    url = settings.imap_url.get_secret_value() if settings.imap_url else ""
    scheme, _, rest = url.partition("://")
    user, _, place = rest.rpartition("@")
    return sha256(f"{scheme}:{user.partition(':')[0]}:{place}".encode()).hexdigest()
