"""Read a mailbox over IMAP: imaps://, or imap:// with STARTTLS. It changes nothing there, not even flags.

No database and no meaning: complete messages come out. Every failure is transport.Unreachable.
"""

import imaplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from urllib.parse import parse_qs, unquote

from imap_tools import AND, BaseMailBox, ImapToolsError, MailBox, MailBoxStartTls, MailBoxUnencrypted, U

from exchange.errors import ConfigurationError
from exchange.mail.wire.server_url import server_address
from exchange.mail.wire.transport import Unreachable

PORTS = {"imap": 143, "imaps": 993}
SIZE_MAX = 1_000_000  # bytes of a message that is read; answers of calendars have a few thousand
INBOX = "INBOX"


@dataclass(frozen=True)
class Position:
    """How far a mailbox was read (RFC 9051 2.3.1.1): UIDs rise while ``uid_validity`` stays."""

    uid_validity: int
    last_uid: int


@dataclass(frozen=True)
class Fetched:
    """One message with its place; ``content`` is empty when it is too large to be for us."""

    position: Position
    content: bytes


class Mailbox(Protocol):
    """Where answers and reports arrive."""

    def read(self, after: Position | None, *, since: date, limit: int) -> Sequence[Fetched]:
        """Messages after a position, the oldest first, at most ``limit``; from ``since`` on without one.

        Raises Unreachable.
        """


class ImapMailbox:
    """One folder of one account, reached anew for each read.

    ``timeout`` seconds is how long one answer of the server may take; ``tls`` replaces the default
    context, which checks the certificate.
    """

    def __init__(self, url: str, *, timeout: float, tls: ssl.SSLContext | None = None) -> None:
        self._url = server_address(url, PORTS, _not_understood())
        self._timeout = timeout
        self._tls = tls or ssl.create_default_context()

    def read(self, after: Position | None, *, since: date, limit: int) -> list[Fetched]:
        """See Mailbox. A mailbox that was built anew (another UIDVALIDITY) is read from ``since`` on."""
        try:
            mailbox = self._connected()
            try:
                return self._read(mailbox, after, since, limit)
            finally:
                mailbox.logout()
        except (OSError, imaplib.IMAP4.error, ImapToolsError) as error:
            raise Unreachable(_words(error)) from error

    def _read(self, mailbox: BaseMailBox, after: Position | None, since: date, limit: int) -> list[Fetched]:
        mailbox.login(
            unquote(self._url.username or ""), unquote(self._url.password or ""), initial_folder=None
        )
        mailbox.folder.set(unquote(self._url.path.strip("/")) or INBOX, readonly=True)
        validity = int(mailbox.client.response("UIDVALIDITY")[1][0] or 0)
        last_uid = after.last_uid if after and after.uid_validity == validity else 0
        wanted = AND(uid=U(str(last_uid + 1), "*")) if last_uid else AND(date_gte=since)
        # "n:*" names the last message even when it is before n (RFC 9051 9, seq-range).
        uids = sorted(uid for uid in map(int, mailbox.uids(wanted)) if uid > last_uid)
        return [Fetched(Position(validity, uid), _content(mailbox, uid)) for uid in uids[:limit]]

    def _connected(self) -> BaseMailBox:
        host, port = self._url.hostname or "", self._url.port or PORTS[self._url.scheme]
        if self._url.scheme == "imaps":
            return MailBox(host, port, timeout=self._timeout, ssl_context=self._tls)
        if parse_qs(self._url.query).get("starttls", ["required"])[-1] == "never":
            return MailBoxUnencrypted(host, port, timeout=self._timeout)
        return MailBoxStartTls(host, port, timeout=self._timeout, ssl_context=self._tls)


def _content(mailbox: BaseMailBox, uid: int) -> bytes:
    """The message as it is, unread as it was; nothing of one that is too large."""
    size = mailbox.client.uid("FETCH", str(uid), "(RFC822.SIZE)")[1]
    digits = b"".join(part for part in size if isinstance(part, bytes)).rpartition(b"RFC822.SIZE ")[2]
    if int(digits.split()[0].rstrip(b")") or 0) > SIZE_MAX:
        return b""
    found = mailbox.client.uid("FETCH", str(uid), "(BODY.PEEK[])")[1]
    return next((bytes(part[1]) for part in found if isinstance(part, tuple)), b"")


def _words(error: Exception) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return "".join(c if c.isprintable() else " " for c in text)[:500]


def _not_understood() -> ConfigurationError:
    return ConfigurationError(
        "EXCHANGE_IMAP_URL is not understood. Write it like imaps://user:password@host:993/INBOX."
    )
