"""Finished responses of one feed: bodies, tags and header lists, made once and sent as they are.

Values only: nothing here is made for one request. middleware.py says which of them a client gets.
"""

import gzip
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from hashlib import sha256
from urllib.parse import quote

from exchange.feeds.icalendar.calendar_properties import publisher_of
from exchange.feeds.icalendar.vevent import CalendarProperties, calendar_bytes
from exchange.feeds.serving.conditional_requests import Validators
from exchange.feeds.serving.content_coding import Coding
from exchange.settings import Settings

Headers = list[tuple[str, str]]

CALENDAR = ("Content-Type", "text/calendar; charset=utf-8")
FOR_ALL = ("Cache-Control", "public, max-age=300")
FOR_ONE = ("Cache-Control", "private, no-cache")  # kept by the client alone, and asked about each time
NO_STORE = ("Cache-Control", "no-store")
VARY = ("Vary", "Accept-Encoding")
NO_SNIFFING = ("X-Content-Type-Options", "nosniff")
UNLISTED = ("X-Robots-Tag", "noindex, nofollow")  # of a secret address; the public one may be found
OVERHEAD_BYTES = 4_096  # that a response's headers and objects take, roughly


@dataclass(frozen=True)
class FileName:
    """What a feed's file is called: plain letters for all clients, and its own name for those that can."""

    plain: str
    full: str = ""  # "" when it says no more

    @property
    def header(self) -> tuple[str, str]:
        """Shown in place, never offered as a download (RFC 6266; the second name is RFC 8187)."""
        extended = f"; filename*=UTF-8''{quote(f'{self.full}.ics', safe='')}" if self.full else ""
        return "Content-Disposition", f'inline; filename="{self.plain}.ics"{extended}'


@dataclass(frozen=True)
class FeedState:
    """One state of a feed, without its bytes."""

    published_at: datetime
    file_name: FileName
    is_secret: bool


@dataclass(frozen=True)
class CodedResponse:
    """The calendar under one coding: the response 200, and 304 to a client that has it.

    ``body`` is None when memory was short: the rest answers all but a client that has not got it.
    """

    body: bytes | None
    validators: Validators
    ok_headers: Headers
    not_modified_headers: Headers


@dataclass
class FeedResponses:
    """All responses of one state of a feed. ``used`` is a counter that the cache evicts by."""

    codings: dict[Coding, CodedResponse]
    used: int = field(default=0, compare=False)

    @property
    def size(self) -> int:
        """Bytes it holds in memory."""
        return OVERHEAD_BYTES + sum(len(coded.body or b"") for coded in self.codings.values())

    @property
    def has_bodies(self) -> bool:
        """Whether a client that has nothing can be answered."""
        return all(coded.body is not None for coded in self.codings.values())

    def without_bodies(self) -> "FeedResponses":
        """The same for clients that have the calendar already."""
        kept = {coding: replace(coded, body=None) for coding, coded in self.codings.items()}
        return FeedResponses(kept, self.used)


def responses_for(content: bytes, state: FeedState) -> FeedResponses:
    """The responses for a calendar."""
    codings = {Coding.IDENTITY: content, Coding.GZIP: gzip.compress(content, 6, mtime=0)}
    return FeedResponses({coding: _coded_response(body, coding, state) for coding, body in codings.items()})


def _coded_response(body: bytes, coding: Coding, state: FeedState) -> CodedResponse:
    """A strong tag tells codings apart (RFC 9110 8.8.3); a 304 repeats what a cache goes by (15.4.5)."""
    date = format_datetime(state.published_at, usegmt=True)
    validators = Validators(f'"{sha256(body).hexdigest()}"', date, state.published_at)
    cached = FOR_ONE if state.is_secret else FOR_ALL
    shared = [("ETag", validators.etag), ("Last-Modified", date), VARY]
    encoded = [("Content-Encoding", "gzip")] if coding is Coding.GZIP else []
    return CodedResponse(
        body,
        validators,
        ok_headers=[
            CALENDAR,
            ("Content-Length", str(len(body))),
            *encoded,
            *shared,
            cached,
            state.file_name.header,
            NO_SNIFFING,
            *([UNLISTED] if state.is_secret else []),
        ],
        not_modified_headers=[*shared, cached],
    )


def empty_response(settings: Settings, cache_control: tuple[str, str]) -> tuple[bytes, Headers]:
    """A calendar without events that tells nothing of whose it was, for an address that has stopped.

    It clears what a client shows; a bare 404 would leave it there for ever.
    """
    body = _empty_calendar(_nobodys(settings))
    length = ("Content-Length", str(len(body)))
    return body, [CALENDAR, length, VARY, cache_control, NO_SNIFFING]


def text_response(text: str, *more: tuple[str, str]) -> tuple[bytes, Headers]:
    """A sentence for a person who looks at what a program got."""
    body = f"{text}\n".encode()
    kind = ("Content-Type", "text/plain; charset=utf-8")
    return body, [kind, ("Content-Length", str(len(body))), NO_STORE, NO_SNIFFING, *more]


def _nobodys(settings: Settings) -> CalendarProperties:
    return CalendarProperties(
        name=settings.network_short_name,
        description=settings.network_name,
        page_url=f"{settings.base_url}/feeds",
        time_zone=settings.network_time_zone,
        publisher=publisher_of(settings),
    )


@lru_cache(maxsize=4)
def _empty_calendar(properties: CalendarProperties) -> bytes:
    return calendar_bytes(properties, [])
