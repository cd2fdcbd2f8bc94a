"""An ID token believed, or not: signature, issuer, audience, time and nonce (OpenID Connect Core 3.1.3.7)."""

from collections.abc import Mapping
from datetime import datetime

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import ClaimError, ExpiredTokenError, JoseError
from joserfc.jwk import KeySet

from exchange.accounts.provider.sign_in_refusals import SignInRefused, not_believed
from exchange.settings import Settings

# Signed with a private key: neither "none" nor what a client's secret could sign.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519")
LEEWAY_SECONDS = 60  # by which the clocks of two servers may differ
SUBJECT_MAX = 255  # OpenID Connect Core, section 2


class UnknownSignature(SignInRefused):
    """No key that we know made the signature; the provider may have new ones."""


def believed(
    text: str, keys: KeySet, *, nonce: str, access_token: str, settings: Settings, now: datetime
) -> Mapping[str, object]:
    """The claims of an ID token. Raises SignInRefused, and UnknownSignature where newer keys may help."""
    try:
        token = jwt.decode(text, keys, algorithms=ALGORITHMS)
    except (JoseError, ValueError, TypeError) as error:
        refusal = not_believed("signature of the ID token")
        raise UnknownSignature(refusal.template, why=refusal.why) from error
    claims = CodeIDToken(
        token.claims,
        token.header,
        options={
            "iss": {"essential": True, "value": settings.oidc_issuer},
            "aud": {"essential": True, "value": settings.oidc_client_id},
        },
        params={"nonce": nonce, "client_id": settings.oidc_client_id, "access_token": access_token},
    )
    try:
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY_SECONDS)
    except ExpiredTokenError as error:
        raise not_believed("ID token expired") from error
    except ClaimError as error:
        raise not_believed(f"{error.claim} of the ID token") from error
    except (JoseError, ValueError, TypeError) as error:
        raise not_believed("claims of the ID token") from error
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= SUBJECT_MAX:
        raise not_believed("sub of the ID token")
    return dict(claims)
