"""Letters over SMTP on one reused connection: smtp:// with STARTTLS, smtps://, and AUTH.

No retries and no database: every failure becomes one of transport.py's three, with the server's words.
"""

import smtplib
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache, cached_property
from threading import Event, Thread
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote

from exchange.errors import ConfigurationError
from exchange.mail.wire.mime_message import Envelope
from exchange.mail.wire.refusal_words import is_dead_address
from exchange.mail.wire.server_url import server_address
from exchange.mail.wire.transport import AddressRefused, Dropped, Refused, TryLater, Unreachable

PORTS = {"smtp": 25, "smtps": 465}
STARTTLS = ("auto", "required", "never")
TOO_LARGE = 552  # RFC 5321 4.2.2: about this message, although it answers MAIL FROM
ANSWER_MAX = 500  # characters of a server's words that are kept


class _Busy(smtplib.SMTP):
    """A connection that does a piece of other work in each wait for the server's answer.

    One command is out at a time, as RFC 5321 has it; only our own waiting is put to use. The greeting is
    watched like all that follows: a server can dally over it, too.
    """

    _work: Iterator[None] = iter(())

    def __init__(self, host: str, port: int, watch: "_Watch", *, timeout: float) -> None:
        self._watch = watch
        super().__init__(host, port, local_hostname=_own_name(), timeout=timeout)

    def connect(self, *args: Any, **options: Any) -> tuple[int, bytes]:  # noqa: ANN401 - as the library has it
        """Connect, and read what the server says first."""
        with self._watch.over(self):
            return super().connect(*args, **options)

    @contextmanager
    def busy_with(self, work: Iterator[None]) -> Iterator[None]:
        """Within the block each wait advances the work."""
        self._work = work
        try:
            yield
        finally:
            self._work = iter(())

    def getreply(self) -> tuple[int, bytes]:
        """The server's answer to what was just sent."""
        next(self._work, None)
        return super().getreply()


class _BusySsl(_Busy, smtplib.SMTP_SSL):
    """The same over TLS from the first byte."""

    def __init__(
        self, host: str, port: int, watch: "_Watch", *, timeout: float, context: ssl.SSLContext
    ) -> None:
        self._watch = watch
        smtplib.SMTP_SSL.__init__(
            self, host, port, local_hostname=_own_name(), timeout=timeout, context=context
        )


class SmtpTransport:
    """One server, reached when the first letter needs it and kept until close().

    ``timeout`` seconds is the longest one letter may take, however the server dallies.
    ``tls`` replaces the default context, which checks the server's certificate.
    """

    def __init__(self, url: str, *, timeout: float, tls: ssl.SSLContext | None = None) -> None:
        self._url = server_address(url, PORTS, _not_understood())
        self._starttls = _starttls(self._url)
        self._user, self._password = _credentials(self._url)
        self._timeout = timeout
        self._watch = _Watch(timeout)
        self._given_tls = tls
        self._connection: _Busy | None = None

    def ready(self) -> None:
        """Connect, or make sure by RSET that the connection is still open and carries no remains."""
        if self._connection is not None and self._is_alive(self._connection):
            return
        self.close()
        try:
            self._connection = self._connected()
        except (OSError, smtplib.SMTPException) as error:
            raise Unreachable(_words(error)) from error

    def send(self, envelope: Envelope, meanwhile: Iterator[None]) -> str:
        """Send one letter; see Transport."""
        if self._connection is None:
            raise Dropped("There is no connection.")
        connection = self._connection
        try:
            with self._watch.over(connection), connection.busy_with(meanwhile):
                return _send(connection, envelope)
        except (TryLater, Refused):
            raise
        except (OSError, smtplib.SMTPServerDisconnected) as error:
            self.close()
            raise Dropped(_words(error)) from error
        except smtplib.SMTPException as error:
            raise TryLater(_words(error)) from error

    def close(self) -> None:
        """Say goodbye if the server still listens."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(OSError, smtplib.SMTPException), self._watch.over(connection):
                connection.quit()
            connection.close()
        self._watch.end()

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return self._given_tls or ssl.create_default_context()

    def _is_alive(self, connection: smtplib.SMTP) -> bool:
        try:
            with self._watch.over(connection):
                return connection.rset()[0] == 250
        except (OSError, smtplib.SMTPException):
            return False

    def _connected(self) -> _Busy:
        host, port = self._url.hostname or "", self._url.port or PORTS[self._url.scheme]
        if self._url.scheme == "smtps":
            connection: _Busy = _BusySsl(host, port, self._watch, timeout=self._timeout, context=self._tls)
        else:
            connection = _Busy(host, port, self._watch, timeout=self._timeout)
        try:
            with self._watch.over(connection):
                self._secure(connection)
                self._log_in(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _secure(self, connection: smtplib.SMTP) -> None:
        connection.ehlo_or_helo_if_needed()
        if self._url.scheme == "smtps" or self._starttls == "never":
            return
        if connection.has_extn("starttls"):
            connection.starttls(context=self._tls)
            connection.ehlo()
        elif self._starttls == "required" or self._user:
            # A password is never sent in the clear unless ?starttls=never asks for it.
            raise smtplib.SMTPNotSupportedError("The server offers no encryption (STARTTLS).")

    def _log_in(self, connection: smtplib.SMTP) -> None:
        if self._user:
            connection.login(self._user, self._password)


def _send(connection: smtplib.SMTP, envelope: Envelope) -> str:
    recipient = envelope.recipient
    options = () if recipient.isascii() else ("SMTPUTF8", "BODY=8BITMIME")
    if options and not connection.has_extn("smtputf8"):
        raise AddressRefused("The mail server takes no addresses with letters outside ASCII.")
    try:
        connection.sendmail(envelope.sender, [recipient], envelope.content, mail_options=options)
    except smtplib.SMTPRecipientsRefused as error:
        raise _verdict(*error.recipients[recipient], is_address=True) from error
    except smtplib.SMTPSenderRefused as error:
        if error.smtp_code == TOO_LARGE:
            raise Refused(_answer(error.smtp_code, error.smtp_error)) from error
        # Our own address is refused: a fault of the installation, not of the letter.
        raise TryLater(_answer(error.smtp_code, error.smtp_error)) from error
    except smtplib.SMTPDataError as error:
        raise _verdict(error.smtp_code, error.smtp_error) from error
    return "The mail server took it."


def _verdict(code: int, words: bytes | str, *, is_address: bool = False) -> TryLater | Refused:
    """RFC 5321 4.2.1: 5xx is for good, everything else may be otherwise later.

    ``is_address``: it was said of the recipient, before the letter was shown.
    """
    answer = _answer(code, words)
    if not 500 <= code < 600:
        return TryLater(answer)
    return AddressRefused(answer) if is_dead_address(answer, unless_said=is_address) else Refused(answer)


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _answer(error.smtp_code, error.smtp_error)
    return _short(str(error) or type(error).__name__)


def _answer(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return _short(f"{code} {text}")


def _short(text: str) -> str:
    printable = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(printable.split())[:ANSWER_MAX]


class _Watch:
    """Breaks a connection on which something takes too long: a server that trickles outlasts any time-out.

    One thread for all letters of a connection: it looks ten times in the time that one letter may take,
    at least once a second.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._watched: tuple[smtplib.SMTP, float] | None = None
        self._is_over: Event | None = None

    @contextmanager
    def over(self, connection: smtplib.SMTP) -> Iterator[None]:
        """Watch the block: its connection is broken when it takes longer than the seconds."""
        if self._is_over is None:
            self._is_over = Event()
            Thread(target=self._look, args=[self._is_over], daemon=True).start()
        self._watched = (connection, time.monotonic() + self._seconds)
        try:
            yield
        finally:
            self._watched = None

    def end(self) -> None:
        """End the thread, until something is to be watched again."""
        if self._is_over is not None:
            self._is_over.set()
            self._is_over = None

    def _look(self, is_over: Event) -> None:
        while not is_over.wait(min(1.0, self._seconds / 10)):
            watched = self._watched
            if watched is not None and time.monotonic() >= watched[1]:
                _break(watched[0])


def _break(connection: smtplib.SMTP) -> None:
    if connection.sock is not None:
        with suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)


@cache
def _own_name() -> str:
    """The name for EHLO; asked once, because the answer may take seconds."""
    return socket.getfqdn()


def _credentials(url: SplitResult) -> tuple[str, str]:
    user, password = unquote(url.username or ""), unquote(url.password or "")
    if not (user + password).isascii():
        raise ConfigurationError("EXCHANGE_SMTP_URL: user and password must be ASCII for this mail client.")
    return user, password


def _starttls(url: SplitResult) -> str:
    chosen = parse_qs(url.query).get("starttls", ["auto"])[-1]
    if chosen not in STARTTLS:
        raise ConfigurationError(
            "EXCHANGE_SMTP_URL says starttls=%(chosen)s; use one of %(known)s.",
            chosen=chosen,
            known=", ".join(STARTTLS),
        )
    return chosen


def _not_understood() -> ConfigurationError:
    return ConfigurationError(
        "EXCHANGE_SMTP_URL is not understood. Write it like smtp://user:password@host:587 or smtps://host:465."
    )
