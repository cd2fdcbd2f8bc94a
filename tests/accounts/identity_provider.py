"""A small OpenID provider on loopback: real TLS, keys of its own, codes that work once, PKCE checked.

It signs in whoever it is told to, and lies where a test tells it to.
"""

import base64
import hashlib
import json
import secrets
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT_ID, CLIENT_SECRET = "exchange at example", "a secret/with+odd:letters"
Claims = dict[str, object]


@cache
def key_of(kid: str, owner: str = "the provider") -> RSAKey:
    """The owner's key of that name, made once."""
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"})


def unsigned(claims: Claims) -> str:
    """A token that says of itself that it has no signature."""
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    return ".".join(_base64url(json.dumps(part).encode()) for part in parts) + "."


@dataclass
class Provider:
    """The provider as tests see it, and what it says of the person who signs in there."""

    now: Callable[[], datetime]
    url: str = ""
    key: RSAKey = field(default_factory=lambda: key_of("first"))
    subject: str = "account 1"
    email: str = "anna@example.org"
    is_verified: object = True
    changes: Claims = field(default_factory=dict)  # to the ID token; None takes a claim away
    token_of: Callable[[Claims], str] | None = None  # in place of a signature by ``key``
    tells_by: str = "id token"  # or "userinfo": where the address stands
    userinfo: Claims = field(default_factory=dict)  # changes to what it says there
    description: Claims = field(default_factory=dict)  # changes to what it says of itself
    error: str = ""  # it sends people back with this and no code
    asked: list[str] = field(default_factory=list)
    broken: Callable[["Handler"], None] | None = None  # answers in its place, but to browsers
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def id_token(self, nonce: str) -> str:
        now = int(self.now().timestamp())
        claims: Claims = {
            "iss": self.url,
            "sub": self.subject,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
        }
        if self.tells_by == "id token":
            claims |= {"email": self.email, "email_verified": self.is_verified}
        claims = {name: value for name, value in (claims | self.changes).items() if value is not None}
        if self.token_of:
            return self.token_of(claims)
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)


class Handler(BaseHTTPRequestHandler):
    """The endpoints; a client that hangs up is no fault."""

    protocol_version = "HTTP/1.1"
    provider: Provider

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        self.provider.asked.append(path)
        if self.provider.broken and path != "/authorize":
            self.provider.broken(self)
        elif path == "/.well-known/openid-configuration":
            self.say(self._description())
        elif path == "/keys":
            self.say(KeySet([self.provider.key]).as_dict(private=False))
        elif path == "/authorize":
            self._authorize({name: values[0] for name, values in parse_qs(query).items()})
        elif path == "/userinfo":
            self._userinfo()
        else:
            self.say({}, 404)

    def do_POST(self) -> None:
        self.provider.asked.append(self.path)
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.provider.broken:
            self.provider.broken(self)
        elif self.path == "/token":
            self._token({name: values[0] for name, values in parse_qs(body).items()})
        else:
            self.say({}, 404)

    def log_message(self, *_parts: object) -> None:
        """Quiet."""

    def say(self, said: object, status: int = 200, **headers: str) -> None:
        content = json.dumps(said).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.title(), value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _description(self) -> Claims:
        url = self.provider.url
        said: Claims = {
            "issuer": url,
            "authorization_endpoint": f"{url}/authorize",
            "token_endpoint": f"{url}/token",
            "jwks_uri": f"{url}/keys",
            "userinfo_endpoint": f"{url}/userinfo",
            "response_types_supported": ["code"],
        }
        return said | self.provider.description

    def _authorize(self, asked: dict[str, str]) -> None:
        code = secrets.token_urlsafe(16)
        self.provider.codes[code] = asked
        answer = {"error": self.provider.error} if self.provider.error else {"code": code}
        back = urlencode(answer | {"state": asked["state"], "iss": self.provider.url})
        self.say({}, 302, location=f"{asked['redirect_uri']}?{back}")

    def _token(self, given: dict[str, str]) -> None:
        asked = self.provider.codes.pop(given.get("code", ""), None)
        if self._client(given) != (CLIENT_ID, CLIENT_SECRET):
            self.say({"error": "invalid_client"}, 401)
        elif (
            asked is None
            or given["redirect_uri"] != asked["redirect_uri"]
            or _challenge(given["code_verifier"]) != asked["code_challenge"]
        ):
            self.say({"error": "invalid_grant"}, 400)
        else:
            access_token = "access " + secrets.token_urlsafe(8)
            id_token = self.provider.id_token(asked["nonce"])
            self.say({"access_token": access_token, "token_type": "Bearer", "id_token": id_token})

    def _client(self, given: dict[str, str]) -> tuple[str, str]:
        scheme, _, basic = self.headers.get("Authorization", "").partition(" ")
        if scheme != "Basic":
            return given.get("client_id", ""), given.get("client_secret", "")
        name, _, secret = base64.b64decode(basic).decode().partition(":")
        return unquote(name), unquote(secret)

    def _userinfo(self) -> None:
        if not self.headers.get("Authorization", "").startswith("Bearer access "):
            self.say({"error": "invalid_token"}, 401)
            return
        provider = self.provider
        said: Claims = {
            "sub": provider.subject,
            "email": provider.email,
            "email_verified": provider.is_verified,
        }
        self.say(said | provider.userinfo)


@contextmanager
def running(chain: Path, now: Callable[[], datetime]) -> Iterator[Provider]:
    """The provider, over TLS with a certificate (PEM of key and chain) of "localhost"."""
    provider = Provider(now)
    handler = type("OwnHandler", (Handler,), {"provider": provider})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        server.handle_error = lambda *_parts: None  # type: ignore[method-assign]  # who hangs up is no fault
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        provider.url = f"https://localhost:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()


def query_of(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def _challenge(verifier: str) -> str:
    return _base64url(hashlib.sha256(verifier.encode()).digest())


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
