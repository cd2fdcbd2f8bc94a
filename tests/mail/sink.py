"""A real SMTP server on loopback that keeps what it takes and fails as it is told."""

import asyncio
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "exchange@example.org", "p@ss:word/%?"


@dataclass
class Sink:
    """What arrived, and how to answer: ``at_recipient`` and ``at_data`` may return another answer than 250.

    "drop" breaks the connection instead of answering; ``seconds`` is how long DATA takes to answer.
    """

    at_recipient: Callable[[str], str] = lambda _address: "250 OK"
    at_data: Callable[[bytes], str] = lambda _content: "250 OK"
    seconds: float = 0.0
    arrived: list[tuple[str, bytes]] = field(default_factory=list)
    connections: int = 0

    @property
    def messages(self) -> list[EmailMessage]:
        """What arrived, parsed."""
        return [message_from_bytes(content, policy=policy.default) for _, content in self.arrived]  # type: ignore[misc]

    async def handle_EHLO(
        self, server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections += session.ssl is None or not session.extended_smtp
        return responses

    async def handle_RCPT(
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = self.at_recipient(address)
        if answer == "drop":
            server.transport.abort()
        elif answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        content = envelope.original_content or b""
        answer = self.at_data(content)
        if answer.startswith("2"):
            self.arrived.append((envelope.rcpt_tos[0], content))
        if answer == "drop":
            server.transport.abort()
        await asyncio.sleep(self.seconds)
        return answer


class _OnAnyPort(Controller):
    """A controller that lets the system choose the port; the original would call on port 0.

    At its end it also closes what a client left open, as one does whose cable was pulled.
    """

    def factory(self) -> SMTP:
        server: SMTP = super().factory()
        self._servers.append(server)
        return server

    def start(self) -> None:
        self._servers: list[SMTP] = []
        super().start()

    def stop(self, no_assert: bool = False) -> None:
        asyncio.run_coroutine_threadsafe(self._close_connections(), self.loop).result(timeout=10)
        super().stop(no_assert)

    async def _close_connections(self) -> None:
        for server in self._servers:
            if server.transport is not None:
                server.transport.abort()
        await asyncio.sleep(0)  # the loop then tells them that they are lost, which closes their sockets
        await asyncio.sleep(0)

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def running(
    sink: Sink,
    *,
    tls: ssl.SSLContext | None = None,
    needs_login: bool = False,
    is_implicit: bool = False,
    is_international: bool = True,
    host: str = "127.0.0.1",
) -> Iterator[str]:
    """Run the sink; the host and port to put into a URL. ``tls`` offers STARTTLS, or speaks TLS at once.

    ``is_international`` False: it offers no SMTPUTF8.
    """
    options = {"enable_SMTPUTF8": is_international, "timeout": 60}
    if needs_login:
        options |= {"authenticator": _authenticated, "auth_required": True}
    if tls is not None and not is_implicit:
        options |= {"tls_context": tls, "require_starttls": True}
    controller = _OnAnyPort(sink, hostname=host, port=0, ssl_context=tls if is_implicit else None, **options)
    controller.start()
    try:
        yield f"{host}:{controller.port}"
    finally:
        controller.stop()


def _authenticated(
    _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object
) -> AuthResult:
    is_right = (
        isinstance(data, LoginPassword) and data.login.decode() == USER and data.password.decode() == PASSWORD
    )
    # handled=False lets the server answer 535 itself; otherwise the client would wait.
    return AuthResult(success=is_right, handled=False)
