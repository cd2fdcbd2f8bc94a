"""One question to the identity provider, and its answer as a JSON object: no redirects, a cap, a time."""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import requests
from requests.auth import AuthBase
from requests.exceptions import SSLError
from urllib3.exceptions import HTTPError, ReadTimeoutError

from exchange.accounts.provider.sign_in_refusals import ProviderAway
from exchange.outgoing.pinned_connections import CONNECT_SECONDS, NotReached, session_for
from exchange.settings import Settings

MOST_BYTES = 500_000  # of one answer; key sets of large providers have some 20,000
PIECE_BYTES = 16 * 1024
USER_AGENT = "Exchange sign-in"


@dataclass(frozen=True, repr=False)
class Asked:
    """One request. It holds secrets, and does not show itself in logs."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None
    auth: AuthBase | None = None


@dataclass(frozen=True, repr=False)
class Answer:
    """The status and the JSON object that came with it."""

    status: int
    said: Mapping[str, object]


def ask(asked: Asked, settings: Settings) -> Answer:
    """What the identity provider says. Raises ProviderAway for every way in which it does not."""
    deadline = time.monotonic() + settings.oidc_seconds
    session = session_for(allow_private=settings.oidc_allow_private, ca_file=settings.oidc_ca_file)
    try:
        with session, _sent(session, asked, settings.oidc_seconds) as response:
            content = b"".join(_pieces(response, deadline))
            return Answer(response.status_code, _object(content))
    except NotReached as error:
        raise ProviderAway(error.template, **error.values) from error
    except SSLError as error:
        raise ProviderAway("The certificate of the identity provider is not valid.") from error
    except (requests.Timeout, ReadTimeoutError) as error:
        raise _too_slow() from error
    except (requests.RequestException, HTTPError, OSError) as error:
        raise ProviderAway("The identity provider could not be reached, or it broke off.") from error


def _sent(session: requests.Session, asked: Asked, seconds: int) -> requests.Response:
    return session.request(
        asked.method,
        asked.url,
        headers={
            "User-Agent": USER_AGENT,
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            **asked.headers,
        },
        data=asked.body,
        auth=asked.auth,
        timeout=(CONNECT_SECONDS, seconds),
        allow_redirects=False,
        stream=True,
    )


def _pieces(response: requests.Response, deadline: float) -> Iterator[bytes]:
    size = 0
    # read1: what has come, or a server that trickles would keep us from looking at the time.
    while piece := response.raw.read1(PIECE_BYTES, decode_content=False):
        size += len(piece)
        if size > MOST_BYTES:
            raise ProviderAway("The identity provider answered with more than we read.")
        if time.monotonic() > deadline:
            raise _too_slow()
        yield piece


def _object(content: bytes) -> Mapping[str, object]:
    try:
        said = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ProviderAway("The identity provider answered with something other than JSON.") from error
    if not isinstance(said, dict):
        raise ProviderAway("The identity provider answered with something other than a JSON object.")
    return said


def _too_slow() -> ProviderAway:
    return ProviderAway("The identity provider answered too slowly.")
