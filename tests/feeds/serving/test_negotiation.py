"""What is agreed on with a client: the coding, and whether it has the bytes already."""

from datetime import UTC, datetime

import pytest

from exchange.feeds.serving.conditional_requests import Validators, status_for
from exchange.feeds.serving.content_coding import Coding, coding_for

HELD = Validators('"abc"', "Sun, 22 Nov 2026 08:00:00 GMT", datetime(2026, 11, 22, 8, tzinfo=UTC))
EARLIER, LATER = "Sun, 22 Nov 2026 07:59:59 GMT", "Sun, 22 Nov 2026 08:00:01 GMT"

NOW, TO_COME = datetime(2026, 11, 22, 9, tzinfo=UTC), "Sun, 22 Nov 2026 09:00:01 GMT"


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        (None, Coding.IDENTITY),
        ("", Coding.IDENTITY),
        ("gzip", Coding.GZIP),
        ("GZip, deflate, br", Coding.GZIP),
        ("x-gzip", Coding.GZIP),
        ("br, zstd", Coding.IDENTITY),
        ("*", Coding.IDENTITY),
        ("identity", Coding.IDENTITY),
        ("gzip;q=0", Coding.IDENTITY),
        ("gzip;q=0.000, *", Coding.IDENTITY),
        ("gzip; q=0.5", Coding.GZIP),
        ("gzip;q=0.5, identity;q=0.8", Coding.IDENTITY),
        ("gzip;q=0.8, identity;q=0.5", Coding.GZIP),
        ("gzip;q=nonsense", Coding.IDENTITY),
        ("gzip;q=7", Coding.IDENTITY),
        ("identity;q=0, gzip", Coding.GZIP),
        ("identity;q=0, *", Coding.GZIP),
        ("*;q=0, gzip", Coding.GZIP),
        ("*;q=0, identity", Coding.IDENTITY),
        ("identity;q=0", None),
        ("*;q=0", None),
        ("identity;q=0, gzip;q=0", None),
        ("identity;q=0, br", None),
        ("gzip," * 500, Coding.IDENTITY),
    ],
)
def test_coding_is_the_one_asked_for(accepted: str | None, coding: Coding | None) -> None:
    assert coding_for(accepted) is coding


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"HTTP_IF_NONE_MATCH": '"abc"'}, 304),
        ({"HTTP_IF_NONE_MATCH": 'W/"abc"'}, 304),
        ({"HTTP_IF_NONE_MATCH": '"x", W/"abc" , "y"'}, 304),
        ({"HTTP_IF_NONE_MATCH": "*"}, 304),
        ({"HTTP_IF_NONE_MATCH": "abc"}, 200),
        ({"HTTP_IF_NONE_MATCH": '"x"', "HTTP_IF_MODIFIED_SINCE": HELD.last_modified}, 200),
        ({"HTTP_IF_NONE_MATCH": '"abc"', "HTTP_IF_MODIFIED_SINCE": EARLIER}, 304),
        ({"HTTP_IF_MODIFIED_SINCE": HELD.last_modified}, 304),
        ({"HTTP_IF_MODIFIED_SINCE": LATER}, 304),
        ({"HTTP_IF_MODIFIED_SINCE": EARLIER}, 200),
        ({"HTTP_IF_MODIFIED_SINCE": TO_COME}, 200),  # or its client would see nothing new until then
        ({"HTTP_IF_MODIFIED_SINCE": "Sunday, 22-Nov-26 08:00:00 GMT"}, 304),
        ({"HTTP_IF_MODIFIED_SINCE": "yesterday"}, 200),
        ({"HTTP_IF_MODIFIED_SINCE": "Sun, 99 Nov 2026 08:00:00 GMT"}, 200),
        ({"HTTP_IF_MATCH": '"abc"'}, 200),
        ({"HTTP_IF_MATCH": "*"}, 200),
        ({"HTTP_IF_MATCH": 'W/"abc"'}, 412),  # a strong comparison
        ({"HTTP_IF_MATCH": '"x"', "HTTP_IF_NONE_MATCH": '"abc"'}, 412),
        ({"HTTP_IF_MATCH": '"abc"', "HTTP_IF_NONE_MATCH": '"abc"'}, 304),
        ({"HTTP_IF_MATCH": '"abc"', "HTTP_IF_UNMODIFIED_SINCE": EARLIER}, 200),  # If-Match wins
        ({"HTTP_IF_UNMODIFIED_SINCE": EARLIER}, 412),
        ({"HTTP_IF_UNMODIFIED_SINCE": HELD.last_modified}, 200),
        ({"HTTP_IF_UNMODIFIED_SINCE": "never"}, 200),
    ],
)
def test_preconditions_are_taken_in_their_order(headers: dict[str, str], status: int) -> None:
    assert status_for(headers, HELD, lambda: NOW) == status
