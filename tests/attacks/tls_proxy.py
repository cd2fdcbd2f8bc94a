"""A proxy with TLS in front of a served installation, as operators put one: it says whom it speaks for."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import requests
import trustme

FORWARDED = b"X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\nConnection: close\r\n"


@dataclass
class TlsProxy:
    """Where it listens, and whom its visitors trust."""

    base: str
    authority: Path

    def ask(self, method: str, path: str, *, host: str, **more: object) -> requests.Response:
        """The answer to a request for ``host``, redirects not followed."""
        with requests.Session() as visitor:
            return visitor.request(
                method,
                self.base + path,
                headers={"Host": host, **more.pop("headers", {})},  # type: ignore[dict-item]
                verify=str(self.authority),
                allow_redirects=False,
                timeout=20,
                **more,  # type: ignore[arg-type]
            )


@contextmanager
def tls_proxy(behind: str, folder: Path) -> Iterator[TlsProxy]:
    """A proxy in front of ``behind``, with a certificate for localhost."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(_listening(behind, context))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    port = server.sockets[0].getsockname()[1]
    try:
        yield TlsProxy(f"https://localhost:{port}", folder / "authority.pem")
    finally:
        asyncio.run_coroutine_threadsafe(_ended(server), loop).result(timeout=20)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _listening(behind: str, context: ssl.SSLContext) -> asyncio.Server:
    address = urlsplit(behind)

    async def pass_on(visitor: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
        server, asked = await asyncio.open_connection(address.hostname, address.port)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                first, _, rest = (await visitor.readuntil(b"\r\n\r\n")).partition(b"\r\n")
                asked.write(first + b"\r\n" + FORWARDED + rest)
                body = asyncio.create_task(_copy(visitor, asked))
                await _copy(server, answer)
                body.cancel()
        finally:  # also when the proxy ends in the midst of it
            for end in (asked, answer):
                end.close()
        for end in (asked, answer):
            with suppress(ConnectionError, ssl.SSLError):
                await end.wait_closed()

    return await asyncio.start_server(pass_on, "127.0.0.1", 0, ssl=context)


async def _ended(server: asyncio.Server) -> None:
    """Nothing is left to be found by the collector in the midst of another test."""
    server.close()
    waiting = asyncio.all_tasks() - {asyncio.current_task()}
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    await asyncio.sleep(0.1)  # transports close in the loop


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while part := await source.read(65_536):
        target.write(part)
        await target.drain()
