"""The identity provider of one installation: where people are sent, and who they are when they come back.

Safe to share between threads. What it says of itself and its keys are remembered for an hour. The network is
asked here, so nothing here is called inside a transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc.jwk import KeySet
from requests.auth import HTTPBasicAuth

from exchange.accounts.provider.documents import Asked, ask
from exchange.accounts.provider.id_token import UnknownSignature, believed
from exchange.accounts.provider.metadata import BASIC, Metadata, fetch_keys, fetch_metadata
from exchange.accounts.provider.one_sign_in import Claimed, OneSignIn
from exchange.accounts.provider.sign_in_refusals import ProviderAway, not_believed
from exchange.settings import Settings

REMEMBERED = timedelta(hours=1)
SPARED = timedelta(seconds=15)  # in which a provider that was away is not asked again
SCOPE = "openid email"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class _Known:
    metadata: Metadata
    keys: KeySet
    at: datetime


class IdentityProvider:
    """It makes no people and opens no sessions: accounts.provider_actions does."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        # Both are replaced as a whole, so that threads need no lock.
        self._known: _Known | None = None
        self._away: tuple[ProviderAway, datetime] | None = None

    def address_for(self, one: OneSignIn, now: datetime) -> str:
        """Where a browser is sent to sign in. Raises ProviderAway."""
        address: str = prepare_grant_uri(
            self._known_at(now).metadata.authorization_endpoint,
            client_id=self._settings.oidc_client_id,
            response_type="code",
            redirect_uri=return_address(self._settings),
            scope=SCOPE,
            state=one.state,
            nonce=one.nonce,
            code_challenge=create_s256_code_challenge(one.verifier),
            code_challenge_method="S256",
        )
        return address

    def account_of(self, code: str, one: OneSignIn, now: datetime) -> Claimed:
        """Whose account it is that signed in. Raises SignInRefused, and ProviderAway."""
        metadata = self._known_at(now).metadata
        tokens = self._tokens(metadata, code, one)
        text, access_token = str(tokens.get("id_token", "")), str(tokens.get("access_token", ""))
        claims = self._believed(text, access_token, one, now)
        about = claims if "email" in claims else self._userinfo(metadata, access_token, claims)
        email = about.get("email")
        return Claimed(
            issuer=self._settings.oidc_issuer,
            subject=str(claims["sub"]),
            email=email if isinstance(email, str) else "",
            is_verified=about.get("email_verified") is True,
            methods=frozenset(_texts(claims.get("acr"))) | frozenset(_texts(claims.get("amr"))),
            signed_in_at=_instant(claims.get("auth_time"), now),
        )

    def check(self, now: datetime) -> None:
        """Ask for its description and keys anew. Raises ProviderAway."""
        self._known = self._away = None
        self._known_at(now)

    def _known_at(self, now: datetime) -> _Known:
        known = self._known
        if known is None or known.at + REMEMBERED <= now:
            self._spare(now)
            try:
                metadata = fetch_metadata(self._settings)
                keys = fetch_keys(metadata.jwks_uri, self._settings)
            except ProviderAway as error:
                self._away = error, now
                raise
            known = self._known = _Known(metadata, keys, now)
        return known

    def _spare(self, now: datetime) -> None:
        """Raise ProviderAway when it was away a moment ago: visitors must not keep all threads waiting."""
        if self._away is None:
            return
        error, at = self._away
        if at <= now < at + SPARED:
            raise ProviderAway(error.template, **error.values)

    def _tokens(self, metadata: Metadata, code: str, one: OneSignIn) -> Mapping[str, object]:
        """The code changed for tokens, once (RFC 6749 4.1.3, with the verifier of RFC 7636)."""
        client_id, secret = self._settings.oidc_client_id, self._settings.oidc_client_secret
        fields = {
            "code": code,
            "redirect_uri": return_address(self._settings),
            "code_verifier": one.verifier,
        }
        auth = None
        if secret is None:
            fields["client_id"] = client_id
        elif metadata.secret_goes_by == BASIC:  # each encoded first: RFC 6749 2.3.1
            auth = HTTPBasicAuth(quote(client_id, safe=""), quote(secret.get_secret_value(), safe=""))
        else:
            fields |= {"client_id": client_id, "client_secret": secret.get_secret_value()}
        body: str = prepare_token_request("authorization_code", **fields)
        answer = ask(Asked(metadata.token_endpoint, "POST", FORM, body, auth), self._settings)
        if answer.status == 200:
            return answer.said
        error = answer.said.get("error")
        if error == "invalid_grant":
            raise not_believed("code used before, or another's")
        raise ProviderAway(
            "The identity provider gives no tokens (%(status)s, %(error)s): are EXCHANGE_OIDC_CLIENT_ID"
            " and _SECRET right?",
            status=answer.status,
            error=str(error)[:100],
        )

    def _believed(self, text: str, access_token: str, one: OneSignIn, now: datetime) -> Mapping[str, object]:
        known = self._known_at(now)
        try:
            return self._checked(known.keys, text, access_token, one, now)
        except UnknownSignature:
            keys = fetch_keys(known.metadata.jwks_uri, self._settings)  # it may sign with new ones
            self._known = _Known(known.metadata, keys, known.at)
            return self._checked(keys, text, access_token, one, now)

    def _checked(
        self, keys: KeySet, text: str, access_token: str, one: OneSignIn, now: datetime
    ) -> Mapping[str, object]:
        return believed(
            text, keys, nonce=one.nonce, access_token=access_token, settings=self._settings, now=now
        )

    def _userinfo(
        self, metadata: Metadata, access_token: str, claims: Mapping[str, object]
    ) -> Mapping[str, object]:
        """The address where the ID token has none: many providers tell it here alone (Core, 5.3)."""
        if not metadata.userinfo_endpoint or not access_token:
            return {}
        bearer = {"Authorization": f"Bearer {access_token}"}
        answer = ask(Asked(metadata.userinfo_endpoint, headers=bearer), self._settings)
        if answer.status != 200:
            raise ProviderAway(
                "The identity provider does not say whose account it is (%(status)s).", status=answer.status
            )
        if answer.said.get("sub") != claims["sub"]:
            raise not_believed("sub of the userinfo")
        return answer.said


def return_address(settings: Settings) -> str:
    """Where the provider sends people back to: to be registered there, letter for letter."""
    return f"{settings.base_url.rstrip('/')}/sign-in/with-provider/return"


def _instant(claim: object, now: datetime) -> datetime | None:
    """When somebody signed in over there; never later than ``now``, whatever their clock says."""
    if isinstance(claim, bool) or not isinstance(claim, int | float) or not 0 < claim <= now.timestamp():
        return None
    return datetime.fromtimestamp(claim, UTC)


def _texts(claim: object) -> list[str]:
    found = claim if isinstance(claim, list) else [claim]
    return [text for text in found if isinstance(text, str)]
