"""An RSGI request becomes the environment that PEP 3333 describes, and an answer is whole."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from io import BytesIO

import pytest

from exchange.server.wsgi_call import call, environ_of


@dataclass
class Headers:
    """Headers as granian gives them: names in small letters, and repeated as they came."""

    given: list[tuple[str, str]]

    def items(self) -> list[tuple[str, str]]:
        return self.given


@dataclass
class Request:
    """As much of a request as is looked at."""

    given: list[tuple[str, str]] = field(default_factory=list)
    path: str = "/"
    authority: str | None = None
    client: str = "192.0.2.7:4711"
    server: str = "127.0.0.1:8000"
    method: str = "POST"
    query_string: str = "a=%20"
    http_version: str = "1.1"
    scheme: str = "http"

    @property
    def headers(self) -> Headers:
        return Headers(self.given)


def test_headers_become_variables_and_repeated_ones_are_joined() -> None:
    environ = _environ(
        Request(
            [
                ("host", "a"),
                ("x-a", "1"),
                ("x-a", "2"),
                ("cookie", "b=1"),
                ("cookie", "c=2"),
                ("content-type", "d"),
            ]
        )
    )
    assert environ["HTTP_X_A"] == "1,2"
    assert environ["HTTP_COOKIE"] == "b=1; c=2"
    assert environ["CONTENT_TYPE"] == "d"
    assert "HTTP_CONTENT_TYPE" not in environ


def test_name_with_an_underscore_is_left_out() -> None:
    """It would have the name of the header that our own proxy sets."""
    environ = _environ(Request([("x_forwarded_for", "192.0.2.1"), ("x_forwarded-proto", "https")]))
    assert not [name for name in environ if "FORWARDED" in name]


def test_body_has_the_length_that_arrived() -> None:
    environ = _environ(Request([("transfer-encoding", "chunked"), ("content-length", "99")]), b"four")
    assert environ["CONTENT_LENGTH"] == "4"
    assert "HTTP_TRANSFER_ENCODING" not in environ
    assert environ["wsgi.input"].read() == b"four"


@pytest.mark.parametrize(
    ("given", "authority", "host"),
    [
        ([("host", "a")], None, "a"),
        ([("host", "a")], "b", "b"),
        ([("host", "a"), ("host", "b")], None, "a,b"),
        ([], None, ""),
    ],
)
def test_two_hosts_are_no_host(given: list[tuple[str, str]], authority: str | None, host: str) -> None:
    assert _environ(Request(given, authority=authority))["HTTP_HOST"] == host


@pytest.mark.parametrize(
    ("client", "address"),
    [("192.0.2.7:4711", "192.0.2.7"), ("[2001:db8::1]:4711", "2001:db8::1"), ("a socket", "a socket")],
)
def test_address_of_the_visitor(client: str, address: str) -> None:
    assert _environ(Request(client=client))["REMOTE_ADDR"] == address


def test_path_is_bytes_as_text() -> None:
    assert _environ(Request(path="/é"))["PATH_INFO"].encode("latin-1").decode() == "/é"


def test_answer_is_whole_and_closed_also_when_it_fails() -> None:
    said: list[str] = []

    class Parts:
        def __init__(self, parts: Iterable[bytes]) -> None:
            self.parts = parts

        def __iter__(self) -> Iterable[bytes]:
            yield from self.parts

        def close(self) -> None:
            said.append("closed")

    def app(environ: dict, start_response: object) -> Parts:
        start_response("201 Created", [("Set-Cookie", "a"), ("Set-Cookie", "b")])  # type: ignore[operator]
        return Parts(environ["parts"])

    environ = _environ(Request()) | {"parts": [b"a", b"b"]}
    assert call(app, environ) == (201, [("Set-Cookie", "a"), ("Set-Cookie", "b")], b"ab")
    with pytest.raises(TypeError):
        call(app, _environ(Request()) | {"parts": [b"a", None]})
    assert said == ["closed", "closed"]


def _environ(request: Request, body: bytes = b"") -> dict:
    return environ_of(request, BytesIO(body), len(body))  # type: ignore[arg-type]  # as much as is looked at
