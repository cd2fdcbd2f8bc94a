"""One fetch of a calendar over the wire: few redirects, each checked; a cap on bytes and on time.

It keeps nothing and reads no calendar: expansion.py makes intervals of what comes back.
"""

import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

import requests
from requests.auth import AuthBase, HTTPBasicAuth, HTTPDigestAuth
from requests.exceptions import SSLError
from urllib3.exceptions import HTTPError, ReadTimeoutError

from exchange.busy.fetching.fetch_messages import Limits, LookFailed
from exchange.busy.fetching.url_safety import checked_url
from exchange.errors import InvalidInput
from exchange.outgoing.pinned_connections import CONNECT_SECONDS, NotReached, session_for
from exchange.rules.whole_numbers import whole_number

REDIRECTS_MAX = 3
READ_SECONDS = 15  # without a byte
PIECE_BYTES = 64 * 1024
REDIRECTS = frozenset({301, 302, 303, 307, 308})
# Who we are, in the form that crawlers have: published calendars of Office 365 refuse all others.
USER_AGENT = "Mozilla/5.0 (compatible; Exchange busy calendars/1.0) Chrome/140.0.0.0"

_MICROSOFT = ("office365.com", "office.com", "outlook.com", "outlook.live.com")
_REFUSAL_PAGE = "/owa/auth/errorfe.aspx"  # where Microsoft sends programs that it does not know

TOO_SLOW = "The server answered too slowly: after %(seconds)s seconds the calendar was not here."


@dataclass(frozen=True)
class Asked:
    """One request; ``auth`` goes to the server it was given for, never to one a redirect names."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    user: str = ""
    password: str = ""


@dataclass(frozen=True)
class Answer:
    """What came back; ``content`` is None when nothing changed since the validators that were sent."""

    status: int
    content: bytes | None
    content_type: str = ""
    etag: str = ""
    last_modified: str = ""


def fetch(asked: Asked, limits: Limits) -> Answer:
    """The answer to a request. Raises LookFailed with a sentence for every way it can go wrong."""
    deadline = time.monotonic() + limits.seconds
    try:
        with session_for(
            allow_private=limits.allow_private, ca_file=limits.ca_file, allow_http=limits.allow_private
        ) as session:
            return _followed(session, asked, limits, deadline)
    except NotReached as error:
        raise LookFailed(error.template, **error.values) from error
    except SSLError as error:
        raise LookFailed("The certificate of the server is not valid, so nothing was read.") from error
    except (requests.Timeout, ReadTimeoutError) as error:
        raise LookFailed(TOO_SLOW, seconds=limits.seconds) from error
    except (requests.RequestException, HTTPError, OSError) as error:
        raise LookFailed("The server could not be reached, or it broke off.") from error


def _followed(session: requests.Session, asked: Asked, limits: Limits, deadline: float) -> Answer:
    url = asked.url
    for _ in range(REDIRECTS_MAX + 1):
        url = _allowed(url, limits)
        with _answered(session, asked, url) as response:
            if response.status_code not in REDIRECTS:
                _refuse_refusal(response)
                return _read(response, limits, deadline)
            url = urljoin(url, response.headers.get("Location", ""))
            if urlsplit(url).path.lower().endswith(_REFUSAL_PAGE):
                raise _program_refused()
    raise LookFailed(
        "The address leads on and on: more than %(most)s redirects. Give the address where they end.",
        most=REDIRECTS_MAX,
    )


def _allowed(url: str, limits: Limits) -> str:
    try:
        return checked_url(url, allow_http=limits.allow_private)
    except InvalidInput as error:
        raise LookFailed("The address leads on to one where we do not look: it must be https.") from error


def _answered(session: requests.Session, asked: Asked, url: str) -> requests.Response:
    """The answer, by Basic or, where the server asks for that instead, by Digest (RFC 7617, RFC 7616)."""
    if not asked.user or urlsplit(url)[:2] != urlsplit(asked.url)[:2]:
        return _sent(session, asked, url, None)
    response = _sent(session, asked, url, HTTPBasicAuth(asked.user.encode(), asked.password.encode()))
    wanted = response.headers.get("WWW-Authenticate", "").lower()
    if response.status_code != 401 or "digest" not in wanted:
        return response
    response.close()
    return _sent(session, asked, url, HTTPDigestAuth(asked.user, asked.password))


def _sent(session: requests.Session, asked: Asked, url: str, auth: AuthBase | None) -> requests.Response:
    return session.request(
        asked.method,
        url,
        headers={"User-Agent": USER_AGENT, "Accept-Encoding": "gzip", **asked.headers},
        data=asked.body,
        auth=auth,
        timeout=(CONNECT_SECONDS, READ_SECONDS),
        allow_redirects=False,
        stream=True,
    )


_STATUS_WORDS = {
    401: "The server wants a user and a password, or refuses the ones given (401).",
    403: "The server refuses to show the calendar (403): is it shared by this address?",
    404: "There is no calendar at this address (404). Was it moved or taken down?",
    410: "The calendar was taken down for good (410). Give its new address, or remove it here.",
    429: "The server asks us to come less often (429). We try again later.",
}


def _refuse_refusal(response: requests.Response) -> None:
    """Raise LookFailed where a server of Microsoft turns the program away, and not the reader."""
    host = urlsplit(response.url).hostname or ""
    is_theirs = any(host == name or host.endswith(f".{name}") for name in _MICROSOFT)
    is_named = "unsupported" in response.headers.get("X-OWA-Error", "").lower()
    if is_named or (is_theirs and response.status_code in {400, 403, 500}):
        raise _program_refused()


def _program_refused() -> LookFailed:
    return LookFailed(
        "Microsoft’s server refuses programs that it does not know. Ask who administers your Microsoft 365"
        " to let this one read published calendars, publish the calendar elsewhere, or write the days on"
        " which you cannot by hand, under Busy calendars."
    )


def _is_longer(written: str, most_bytes: int) -> bool:
    """Whether a length as a server writes it is beyond the limit; what is no length is read until it is."""
    if not (written.isascii() and written.isdigit()):
        return False
    number = whole_number(written)
    return number is None or number > most_bytes


def _read(response: requests.Response, limits: Limits, deadline: float) -> Answer:
    status, headers = response.status_code, response.headers
    if status == 304:
        return Answer(status, None)
    if status in _STATUS_WORDS:
        raise LookFailed(_STATUS_WORDS[status])
    if status >= 500:
        raise LookFailed("The server has a fault of its own (%(status)s). We try again.", status=status)
    if status not in {200, 207}:
        raise LookFailed("The server answered with %(status)s instead of a calendar.", status=status)
    if _is_longer(headers.get("Content-Length", ""), limits.most_bytes):
        raise _too_large(limits)
    return Answer(
        status,
        b"".join(_unpacked(response, limits, deadline)),
        content_type=headers.get("Content-Type", ""),
        etag=headers.get("ETag", "")[:500],
        last_modified=headers.get("Last-Modified", "")[:100],
    )


def _unpacked(response: requests.Response, limits: Limits, deadline: float) -> Iterator[bytes]:
    """The body piece by piece, unpacked by ourselves: no piece may grow beyond what is left of the cap."""
    unpack = _unpacker(response.headers.get("Content-Encoding", "").strip().lower())
    packed = plain = 0
    # read1: what has come, not a full piece, or a server that trickles would keep us from the time.
    while piece := response.raw.read1(PIECE_BYTES, decode_content=False):
        if time.monotonic() > deadline:
            raise LookFailed(TOO_SLOW, seconds=limits.seconds)
        packed += len(piece)
        part = unpack(piece, limits.most_bytes - plain + 1)
        plain += len(part)
        if max(packed, plain) > limits.most_bytes:
            raise _too_large(limits)
        yield part


def _unpacker(encoding: str) -> Callable[[bytes, int], bytes]:
    """From a piece and the most bytes wanted of it to its content; what is beyond stays packed."""
    if encoding in {"", "identity"}:
        return lambda piece, _most: piece
    if encoding not in {"gzip", "x-gzip"}:
        raise LookFailed("The server packs the calendar in a way we did not ask for.")
    unpacker = zlib.decompressobj(wbits=31)

    def unpack(piece: bytes, most: int) -> bytes:
        try:
            return unpacker.decompress(piece, most)
        except zlib.error as error:
            raise LookFailed("The server could not be reached, or it broke off.") from error

    return unpack


def _too_large(limits: Limits) -> LookFailed:
    return LookFailed(
        "The calendar is larger than %(most)s MB. Give one with less in it: the next year is enough.",
        most=round(limits.most_bytes / 1_000_000, 1),
    )
