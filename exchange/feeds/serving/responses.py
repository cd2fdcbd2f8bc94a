"""Finished answers of one feed: bodies, tags and header lists, made once and sent as they are.

Values only: nothing here is made for one request. negotiation.py says which of them a client gets.
"""

import gzip
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from hashlib import sha256
from urllib.parse import quote

from exchange.feeds.build import Head, calendar_bytes
from exchange.feeds.heads import publisher_of
from exchange.feeds.negotiation import Coding, Validators
from exchange.settings import Settings

Headers = list[tuple[str, str]]

CALENDAR = ("Content-Type", "text/calendar; charset=utf-8")
FOR_ALL = ("Cache-Control", "public, max-age=300")
FOR_ONE = ("Cache-Control", "private, no-cache")  # kept by the client alone, and asked about each time
NOT_KEPT = ("Cache-Control", "no-store")
VARY = ("Vary", "Accept-Encoding")
NO_SNIFFING = ("X-Content-Type-Options", "nosniff")
UNLISTED = ("X-Robots-Tag", "noindex, nofollow")  # of a secret address; the public one may be found
HELD_BESIDES = 4_096  # bytes that an answer's headers and objects take, roughly


@dataclass(frozen=True)
class Named:
    """What a feed's file is called: plain letters for all clients, and its own name for those that can."""

    plain: str
    full: str = ""  # "" when it says no more

    @property
    def header(self) -> tuple[str, str]:
        """Shown in place, never offered as a download (RFC 6266; the second name is RFC 8187)."""
        extended = f"; filename*=UTF-8''{quote(f'{self.full}.ics', safe='')}" if self.full else ""
        return "Content-Disposition", f'inline; filename="{self.plain}.ics"{extended}'


@dataclass(frozen=True)
class Edition:
    """One state of a feed, without its bytes."""

    published_at: datetime
    named: Named
    is_secret: bool


@dataclass(frozen=True)
class Coded:
    """The calendar under one coding: the answer 200 and the answer 304 to a client that has it."""

    body: bytes
    validators: Validators
    whole: Headers
    unchanged: Headers


@dataclass
class Finished:
    """All answers of one state of a feed. ``used`` is a counter that the shelf throws out by."""

    codings: dict[Coding, Coded]
    used: int = field(default=0, compare=False)

    @property
    def size(self) -> int:
        """Bytes it holds in memory."""
        return HELD_BESIDES + sum(len(coded.body) for coded in self.codings.values())


def finished(content: bytes, edition: Edition) -> Finished:
    """The answers for a calendar."""
    codings = {Coding.IDENTITY: content, Coding.GZIP: gzip.compress(content, 6, mtime=0)}
    return Finished({coding: _coded(body, coding, edition) for coding, body in codings.items()})


def _coded(body: bytes, coding: Coding, edition: Edition) -> Coded:
    """A strong tag tells codings apart (RFC 9110 8.8.3); a 304 repeats what a cache goes by (15.4.5)."""
    date = format_datetime(edition.published_at, usegmt=True)
    validators = Validators(f'"{sha256(body).hexdigest()}"', date, edition.published_at)
    cached = FOR_ONE if edition.is_secret else FOR_ALL
    shared = [("ETag", validators.etag), ("Last-Modified", date), VARY]
    encoded = [("Content-Encoding", "gzip")] if coding is Coding.GZIP else []
    return Coded(
        body,
        validators,
        whole=[
            CALENDAR,
            ("Content-Length", str(len(body))),
            *encoded,
            *shared,
            cached,
            edition.named.header,
            NO_SNIFFING,
            *([UNLISTED] if edition.is_secret else []),
        ],
        unchanged=[*shared, cached],
    )


def empty_answer(settings: Settings, cache_control: tuple[str, str]) -> tuple[bytes, Headers]:
    """A calendar without events that tells nothing of whose it was, for an address that has stopped.

    It clears what a client shows; a bare 404 would leave it there for ever.
    """
    body = _empty_calendar(_nobodys(settings))
    length = ("Content-Length", str(len(body)))
    return body, [CALENDAR, length, VARY, cache_control, NO_SNIFFING]


def text_answer(text: str, *more: tuple[str, str]) -> tuple[bytes, Headers]:
    """A sentence for a person who looks at what a program got."""
    body = f"{text}\n".encode()
    kind = ("Content-Type", "text/plain; charset=utf-8")
    return body, [kind, ("Content-Length", str(len(body))), NOT_KEPT, NO_SNIFFING, *more]


def _nobodys(settings: Settings) -> Head:
    return Head(
        name=settings.network_short_name,
        description=settings.network_name,
        page_url=f"{settings.base_url}/feeds",
        time_zone=settings.network_time_zone,
        publisher=publisher_of(settings),
    )


@lru_cache(maxsize=4)
def _empty_calendar(head: Head) -> bytes:
    return calendar_bytes(head, [])
