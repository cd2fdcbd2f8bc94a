"""A Maildir that takes letters when there is no mail server. For a developer's machine, not for people."""

import mailbox
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.parser import BytesParser
from pathlib import Path
from time import monotonic_ns
from uuid import uuid4

from exchange.errors import NotFound
from exchange.mail.wire.mime_message import Envelope
from exchange.mail.wire.transport import TryLater
from exchange.system.whole_files import write_whole


class MaildirTransport:
    """Puts each letter into a Maildir, whoever it is for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def ready(self) -> None:
        """Nothing to open: a letter is a file."""

    def send(self, envelope: Envelope, meanwhile: Iterator[None]) -> str:
        """Write the letter as one file, whole or not at all. Raises TryLater while there is no room."""
        next(meanwhile, None)
        _box(self._folder)
        name = f"{monotonic_ns():020}.{uuid4().hex}"  # unique, and in the order of their arrival
        content = envelope.content.replace(b"\r\n", b"\n")
        try:
            write_whole(self._folder / "new" / name, content, beside=self._folder / "tmp" / name)
        except OSError as error:
            raise TryLater(f"The Maildir does not take it: {error.strerror}.") from error
        return "Put into the Maildir."

    def close(self) -> None:
        """Nothing to close."""


@dataclass(frozen=True)
class Received:
    """One letter of the Maildir; ``key`` is its file's name, the rest as its headers say it."""

    key: str
    to: str
    subject: str
    text: str
    received_at: datetime


def received_letters(folder: Path) -> list[Received]:
    """All letters of the Maildir, the newest first; none when there is no Maildir."""
    if not folder.exists():
        return []
    box = _box(folder)
    found = [_received(key, box.get_bytes(key)) for key in box.keys()]  # noqa: SIM118 - a Mailbox is no dict
    return sorted(found, key=lambda letter: (letter.received_at, letter.key), reverse=True)


def received_letter(folder: Path, key: str) -> Received:
    """One letter by its key. Raises NotFound."""
    try:
        return _received(key, _box(folder).get_bytes(key))
    except KeyError as error:
        raise NotFound("There is no such letter in the mailbox.") from error


def _box(folder: Path) -> mailbox.Maildir:
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return mailbox.Maildir(folder, create=True)


def _received(key: str, content: bytes) -> Received:
    message = BytesParser(policy=policy.default).parsebytes(content)
    body = message.get_body(("plain",))
    date = message["Date"]
    return Received(
        key=key,
        to=str(message["To"]),
        subject=str(message["Subject"]),
        text=str(body.get_content()) if body else "",
        received_at=date.datetime if date else datetime.fromtimestamp(0, UTC),
    )
