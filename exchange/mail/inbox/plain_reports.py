"""Reports that RFC 3464 does not know: qmail's and others' plain text, complaints (RFC 5965). Pure."""

import re
from collections.abc import Iterator

from exchange.mail.inbox.bounce_reports import Failure, Report
from exchange.mail.inbox.parsed_message import Incoming, texts_of
from exchange.mail.inbox.returned_letter import returned_letter
from exchange.mail.wire.refusal_words import enhanced_code

COMPLAINT_PART = "message/feedback-report"
WORDS_MAX = 200  # characters of a reason that are told
_TEXT_MAX, _LINE_MAX = 20_000, 1_000  # characters that are read: what is long is no report
_DAEMONS = frozenset({"mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon", "mmdf", "bounces"})
_QMAIL = re.compile(r"^Hi\. This is the\b", re.MULTILINE)
_PARAGRAPH = re.compile(r"^<([^<>\s@]{1,300}@[^<>\s]{1,300})>:?[ \t]*\n((?:[^\n]+\n?)+)", re.MULTILINE)
_COPY = re.compile(r"^--.*(?:copy of the message|original message)|^-{6}", re.IGNORECASE | re.MULTILINE)


def is_complaint(found: Incoming) -> bool:
    """Whether a provider passes on that somebody called a letter unwanted."""
    return any(found.parts(COMPLAINT_PART))


def is_plain_report(found: Incoming) -> bool:
    """Whether a mail server, and no person, writes in words of its own that a letter did not arrive."""
    if found.message["X-Failed-Recipients"]:
        return True
    is_daemon = found.sender.partition("@")[0] in _DAEMONS
    is_bounce = str(found.message["Return-Path"] or "").strip() == "<>"
    return is_daemon or (is_bounce and any(_QMAIL.search(text) for text in _texts(found)))


def plain_report_in(found: Incoming) -> Report:
    """What such a text says: of each recipient it names the paragraph about them, as far as it has any."""
    return Report(returned_letter(found), tuple(_failures(found)))


def _failures(found: Incoming) -> Iterator[Failure]:
    for text in _texts(found):
        copy = _COPY.search(text)
        said = text[: copy.start()] if copy else text
        if _QMAIL.search(said):
            for address, reason in _PARAGRAPH.findall(said):
                yield _failed([address], reason)
        elif found.message["X-Failed-Recipients"]:
            yield _failed(found.addresses("X-Failed-Recipients"), said)


def _failed(recipients: list[str], reason: str) -> Failure:
    """A code counts where a server's answer is quoted (spaces may stand as underlines); else nothing does."""
    words = " ".join(reason.replace("_", " ").split())
    return Failure(
        frozenset(address.lower() for address in recipients),
        "failed",
        enhanced_code(words),
        words[-WORDS_MAX:],
    )


def _texts(found: Incoming) -> Iterator[str]:
    """The beginnings of its texts, in lines: strangers write these, and patterns are slow on long ones."""
    for text in texts_of(found):
        yield "\n".join(line[:_LINE_MAX] for line in text[:_TEXT_MAX].splitlines())
