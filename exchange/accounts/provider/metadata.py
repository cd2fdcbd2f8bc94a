"""What an identity provider says of itself: where to send people and questions, and its keys.

OpenID Connect Discovery 1.0, sections 3 and 4. Kept by provider.py, not here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key, KeySet

from exchange.accounts.provider.documents import Asked, ask
from exchange.accounts.provider.sign_in_refusals import ProviderAway
from exchange.settings import Settings

WELL_KNOWN = "/.well-known/openid-configuration"
BASIC, POST = "client_secret_basic", "client_secret_post"
_KEY_TYPES = ("RSA", "EC", "OKP")  # never "oct": a secret that both share signs nothing here


@dataclass(frozen=True)
class Metadata:
    """Addresses, all https; ``userinfo_endpoint`` may be ""; ``secret_goes_by`` is BASIC or POST."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str
    secret_goes_by: str


def fetch_metadata(settings: Settings) -> Metadata:
    """The provider's own description. Raises ProviderAway also when it is another issuer's."""
    said = _fetched(settings.oidc_issuer.rstrip("/") + WELL_KNOWN, settings)
    if said.get("issuer") != settings.oidc_issuer:
        raise ProviderAway(
            "The identity provider calls itself %(said)s: set EXCHANGE_OIDC_ISSUER to exactly that.",
            said=str(said.get("issuer"))[:200],
        )
    return Metadata(
        authorization_endpoint=_address(said, "authorization_endpoint"),
        token_endpoint=_address(said, "token_endpoint"),
        jwks_uri=_address(said, "jwks_uri"),
        userinfo_endpoint=_address(said, "userinfo_endpoint") if "userinfo_endpoint" in said else "",
        secret_goes_by=_secret_goes_by(said.get("token_endpoint_auth_methods_supported")),
    )


def fetch_keys(jwks_uri: str, settings: Settings) -> KeySet:
    """The public keys that it signs with; those of kinds that are not taken here are left out."""
    listed = _fetched(jwks_uri, settings).get("keys")
    keys = [key for key in map(_key, listed if isinstance(listed, list) else []) if key is not None]
    if not keys:
        raise ProviderAway("The identity provider lists no key that we can check its signatures with.")
    return KeySet(keys)


def _key(listed: object) -> Key | None:
    if not isinstance(listed, dict) or listed.get("kty") not in _KEY_TYPES:
        return None
    try:
        return JWKRegistry.import_key(listed)
    except (JoseError, ValueError, KeyError, TypeError):
        return None  # a neighbour's fault spoils no good key


def _fetched(url: str, settings: Settings) -> Mapping[str, object]:
    answer = ask(Asked(url), settings)
    if answer.status != 200:
        raise ProviderAway(
            "%(url)s of the identity provider answers %(status)s.", url=url, status=answer.status
        )
    return answer.said


def _address(said: Mapping[str, object], name: str) -> str:
    address = said.get(name)
    if isinstance(address, str) and _is_https(address):
        return address
    raise ProviderAway("The identity provider's %(name)s is no https address.", name=name)


def _is_https(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and address.isprintable() and " " not in address


def _secret_goes_by(methods: object) -> str:
    """BASIC unless only POST is taken; it is what is meant where nothing is said (Discovery, section 3)."""
    taken = methods if isinstance(methods, list) else [BASIC]
    return POST if POST in taken and BASIC not in taken else BASIC
