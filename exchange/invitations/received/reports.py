"""Believe what mail servers report of our letters, as far as it is proven; show the rest.

The Message-ID of a letter, which nobody can guess, proves that a report is about it; so does the header
that repeats it, which relays leave alone.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from email.utils import parseaddr

from sqlmodel import Session, col, select

from exchange.invitations.received.outcomes import Outcome
from exchange.mail.inbox.bounce_reports import Failure, report_in
from exchange.mail.inbox.parsed_message import Incoming
from exchange.mail.inbox.plain_reports import WORDS_MAX, plain_report_in
from exchange.mail.inbox.returned_letter import Returned, returned_letter
from exchange.mail.outbox.forgotten_outlooks import have_looked_at_again
from exchange.mail.outbox.refused_addresses import mark_refused
from exchange.mail.wire.mime_message import same_address
from exchange.models import Letter, LetterState, MailKind, Person
from exchange.settings import Settings

_STRANGE = "It reports on a letter that we did not send."
_NOT_NAMED = "A letter to this person did not arrive. Which one is not proven: a relay may have renamed it."


def take_report(session: Session, found: Incoming, settings: Settings, now: datetime) -> Outcome | None:
    """Mark what a report says has failed; None when it says of nothing that it failed. Raises Unreadable."""
    report = report_in(found)
    if not any(one.has_failed for one in report.failures):
        return None
    letter = _letter_of(session, report.about)
    if letter is None:
        person_id = _reader_of(session, report.about, settings)
        return _shown(_NOT_NAMED if person_id else _STRANGE, person_id)
    own = _of(letter, report.failures)
    told = own or report.failures
    failed = [one for one in told if one.has_failed]
    if not failed:
        return None
    if any(one.has_arrived for one in told):
        words = (
            "Of the places to which its reader's mailbox passes the letter on, one took it and one did not."
        )
        return _shown(words, letter.person_id)
    return _failed(session, letter, failed[0], is_own=bool(own), now=now)


def take_plain_report(session: Session, found: Incoming, now: datetime) -> Outcome | None:
    """The same of a mail server that writes in words of its own; None when it names no letter of ours."""
    report = plain_report_in(found)
    letter = _letter_of(session, report.about)
    if letter is None:
        return None
    own = _of(letter, report.failures)
    failure = next(iter([*own, *report.failures]), None)
    if failure is None:
        return _shown("A mail server writes about a letter: read it in the mailbox.", letter.person_id)
    return _failed(session, letter, failure, is_own=bool(own), now=now)


def take_complaint(session: Session, found: Incoming) -> Outcome:
    """A provider passes on that a letter was called unwanted (RFC 5965): nothing changes, people decide."""
    letter = _letter_of(session, returned_letter(found))
    if letter is None:
        return _shown("A provider passes a complaint on, about a letter that we did not send.", None)
    words = "Whoever got the letter called it unwanted: ask whether they want letters at all."
    return _shown(words, letter.person_id)


def _failed(session: Session, letter: Letter, failure: Failure, *, is_own: bool, now: datetime) -> Outcome:
    """The letter did not arrive; its address is marked when the report is about it and nothing else."""
    if letter.state == LetterState.SENT:
        letter.state, letter.last_answer = LetterState.REFUSED.value, failure.words
        session.add(letter)
        session.flush()
        have_looked_at_again(session.connection(), [letter.id or 0])
    if is_own and failure.is_dead_address and not _was_passed_on(letter, failure):
        mark_refused(session, letter.to_address, words=failure.words, letter_id=letter.id, now=now)
        words = "The letter did not arrive: the address takes no letters."
    elif is_own and not _was_passed_on(letter, failure):
        words = f"The letter did not arrive. A mail server says: {failure.words[:WORDS_MAX]}"
    else:
        words = "The letter did not arrive: its reader's mailbox passes it on to a place that takes none."
    return Outcome(MailKind.REPORT, True, words, letter.person_id)


def _letter_of(session: Session, about: Returned) -> Letter | None:
    found = session.exec(select(Letter).where(col(Letter.message_id).in_(about.message_ids))).all()
    return min(found, key=lambda one: about.message_ids.index(one.message_id), default=None)


def _of(letter: Letter, failures: Sequence[Failure]) -> list[Failure]:
    """What is said of the address that the letter went to."""
    return [one for one in failures if any(same_address(to, letter.to_address) for to in one.recipients)]


def _was_passed_on(letter: Letter, failure: Failure) -> bool:
    """Whether it failed at an address of another domain, to which the reader's mailbox passes letters on."""
    domain = letter.to_address.rpartition("@")[2]
    return bool(failure.final) and not same_address(f"x@{failure.final.rpartition('@')[2]}", f"x@{domain}")


def _reader_of(session: Session, about: Returned, settings: Settings) -> int | None:
    """The person to whom a returned letter of ours was addressed, as it says; that proves nothing."""
    if not same_address(about.sender, parseaddr(settings.mail_from)[1]):
        return None
    return _person_at(session, about.recipients)


def _person_at(session: Session, addresses: Iterable[str]) -> int | None:
    named = [address.lower() for address in addresses]
    return session.exec(select(Person.id).where(col(Person.email).in_(named))).first()


def _shown(words: str, person_id: int | None) -> Outcome:
    return Outcome(MailKind.REPORT, False, words, person_id)
