"""Read the mailbox that takes replies: answers of calendars, and reports of letters that did not arrive.

    message -> is it ours? -> claim it by its digest -> take the answer, or say why not -> remember how far

Each message is handled once, however many clocks read; a broken one never stops the next. What changes
nothing is written down for coordinators. Mail that is not for us is left as it is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import structlog
from sqlalchemy import Table, delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel, col, select

from exchange.access.standings import standing_of
from exchange.access.things import thing_about
from exchange.audit import wait_for_turn
from exchange.db import Database
from exchange.errors import ExchangeError
from exchange.invitations import actions, queries
from exchange.invitations.invitation_links import tokens_in
from exchange.invitations.itip_reply import Reply, has_calendar, reply_in
from exchange.mail.inbox.bounce_reports import Report, failures, is_report
from exchange.mail.inbox.imap import Fetched, ImapMailbox, Mailbox, Position
from exchange.mail.inbox.parsed_message import Incoming, Unreadable, incoming
from exchange.mail.outbox.forgotten_outlooks import have_looked_at_again
from exchange.mail.outbox.refused_addresses import mark_refused
from exchange.mail.wire.mime_message import same_address
from exchange.mail.wire.smtp import is_dead_address
from exchange.models import (
    Channel,
    HandledMail,
    Invitation,
    Letter,
    LetterState,
    MailboxMark,
    MailKind,
)
from exchange.rules.access.policy import Right, may
from exchange.settings import Settings
from exchange.tokens import digest

LOOK_BACK_DAYS = timedelta(days=14)  # of a mailbox that is read for the first time
MESSAGES_PER_TICK = 100
SENDER_MAX = 200  # characters of an address that are kept

log = structlog.get_logger("exchange.inbox")

_HANDLED: Table = SQLModel.metadata.tables["handled_mail"]
_MARKS: Table = SQLModel.metadata.tables["mailbox_mark"]


@dataclass(frozen=True)
class Outcome:
    """What became of one message, in English words for coordinators."""

    kind: MailKind
    is_taken: bool
    words: str
    person_id: int | None = None
    invitation_id: int | None = None


class NotTaken(Exception):
    """The message changes nothing; the text says why."""


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


def forget_handled(session: Session, before: datetime) -> int:
    """Forget what was handled before a moment; how many messages. Not what may still be read again."""
    found = session.connection().execute(delete(_HANDLED).where(_HANDLED.c.handled_at < before))
    return found.rowcount


def _handle_safely(database: Database, fetched: Fetched, settings: Settings, now: datetime) -> bool:
    """Handle one message; whatever is wrong with it stays its own trouble."""
    found = incoming(fetched.content)
    try:
        with database.transaction() as session:
            wait_for_turn(session)
            return _handle(session, found, settings, now)
    except Exception:
        # The border of one message: strangers write these. The log has the cause, without its text.
        log.exception("message not handled", uid=fetched.position.last_uid)
        with database.transaction() as session:
            _claim(session, found, Outcome(MailKind.UNREADABLE, False, "It could not be read."), now)
        return True


def _handle(session: Session, found: Incoming, settings: Settings, now: datetime) -> bool:
    """True when the message was for us and nobody had handled it before."""
    kind = _kind_of(found)
    if kind is None or _is_handled(session, found):
        return False
    try:
        outcome = (
            _take_reply(session, found, settings, now)
            if kind is MailKind.REPLY
            else _take_report(session, found, now)
        )
    except Unreadable as error:
        outcome = Outcome(MailKind.UNREADABLE, False, str(error))
    if outcome is None:
        return False
    if not outcome.is_taken:
        log.warning("message not taken", kind=outcome.kind, why=outcome.words, person=outcome.person_id)
    return _claim(session, found, outcome, now)


def _kind_of(found: Incoming) -> MailKind | None:
    if is_report(found):
        return MailKind.REPORT
    return MailKind.REPLY if has_calendar(found) else None


def _take_reply(session: Session, found: Incoming, settings: Settings, now: datetime) -> Outcome | None:
    """Take an answer, or say why not; None when the calendar is somebody else's invitation."""
    reply = reply_in(found)
    if reply is None:
        return None
    invitation = queries.invitation_by_uid(session, reply.uid)
    known = (invitation.person_id, invitation.id) if invitation else (None, None)
    try:
        words = _take(session, found, reply, invitation, settings, now)
    except (NotTaken, ExchangeError) as error:
        return Outcome(MailKind.REPLY, False, str(error), *known)
    return Outcome(MailKind.REPLY, True, words, *known)


def _take(
    session: Session,
    found: Incoming,
    reply: Reply,
    invitation: Invitation | None,
    settings: Settings,
    now: datetime,
) -> str:
    invitation = _proven(found, reply, invitation, settings)
    if reply.answer is None:
        raise NotTaken("It neither accepts nor declines: another time was proposed, or somebody else named.")
    if reply.sequence < invitation.sequence:
        raise NotTaken("It answers an older version: the meeting has changed since.")
    at = reply.stamp if reply.stamp and now - LOOK_BACK_DAYS <= reply.stamp <= now else now
    if invitation.answered_at is not None and at < invitation.answered_at:
        raise NotTaken("It is older than the answer that stands.")
    meeting = queries.meeting_of(session, invitation)
    if meeting is None:
        raise NotTaken("The meeting does not take place any more.")
    if not may(standing_of(session, invitation.person, now), Right.TAKE_PART, thing_about(meeting.about)):
        raise NotTaken("Whoever sent it does not take part any more.")
    said = actions.Said(reply.answer, Channel.CALENDAR, at)
    actions.answer(session, invitation, meeting, said, now=now)
    return f"The answer was taken: {reply.answer.value}."


def _proven(found: Incoming, reply: Reply, invitation: Invitation | None, settings: Settings) -> Invitation:
    """The invitation, when the message proves that it comes from the invited person. Raises NotTaken.

    The proof is the token in the address it was sent to; clients that answer to the sender instead
    repeat that address as ORGANIZER.
    """
    if invitation is None:
        raise NotTaken("It answers an invitation that is not ours.")
    tokens = tokens_in(settings, [*found.recipients, reply.organizer])
    if invitation.reply_digest not in {digest(token) for token in tokens}:
        raise NotTaken("It lacks the secret address of the invitation: it may be forged.")
    if not same_address(reply.attendee, invitation.sent_to):
        raise NotTaken("It answers for somebody else than the invited person.")
    if not same_address(found.sender, invitation.sent_to):
        raise NotTaken("It was sent by somebody else than the invited person.")
    return invitation


def _take_report(session: Session, found: Incoming, now: datetime) -> Outcome | None:
    """Mark what a report says has failed; None when it says of nothing that it failed."""
    reported = failures(found)
    if not reported:
        return None
    outcomes = [_take_failure(session, one, now) for one in reported]
    return next((one for one in outcomes if one.is_taken), outcomes[0])


def _take_failure(session: Session, report: Report, now: datetime) -> Outcome:
    """The letter's Message-ID, which nobody can guess, proves that the report is about a letter of ours."""
    letter = session.exec(select(Letter).where(Letter.message_id == report.message_id)).first()
    if letter is None or not any(same_address(to, letter.to_address) for to in report.recipients):
        return Outcome(MailKind.REPORT, False, "It reports on a letter that we did not send.")
    if letter.state == LetterState.SENT:
        letter.state, letter.last_answer = LetterState.REFUSED.value, report.words
        session.add(letter)
        session.flush()
        have_looked_at_again(session.connection(), [letter.id or 0])
    words = "The letter did not arrive."
    if is_dead_address(report.words, unless_said=report.is_for_good):
        mark_refused(session, letter.to_address, words=report.words, letter_id=letter.id, now=now)
        words = "The letter did not arrive: the address takes no letters."
    return Outcome(MailKind.REPORT, True, words, letter.person_id)


def _is_handled(session: Session, found: Incoming) -> bool:
    return session.exec(select(HandledMail.id).where(col(HandledMail.key) == found.key)).first() is not None


def _claim(session: Session, found: Incoming, outcome: Outcome, now: datetime) -> bool:
    """Write down what became of a message; False when another clock was faster."""
    values = {
        "key": found.key,
        "handled_at": now,
        "kind": outcome.kind.value,
        "is_taken": outcome.is_taken,
        "outcome": outcome.words,
        "sender": found.sender[:SENDER_MAX],
        "person_id": outcome.person_id,
        "invitation_id": outcome.invitation_id,
    }
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(_HANDLED).values(values).on_conflict_do_nothing().returning(_HANDLED.c.id)
    return session.connection().execute(statement).first() is not None


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
