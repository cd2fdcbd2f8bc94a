"""The values of one way to the identity provider and back. Loads without the extra `sso`."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from pydantic import SecretStr

from exchange.tokens import derived_token


@dataclass(frozen=True, repr=False)
class OneSignIn:
    """Everything of one sign-in follows from a secret that only its browser holds, in its cookie.

    So a state belongs to one browser, and the database holds nothing that could end somebody's sign-in.
    """

    secret: str

    @cached_property
    def state(self) -> str:
        """Goes to the provider and comes back with the browser (RFC 6749 10.12)."""
        return self._part("state")

    @cached_property
    def nonce(self) -> str:
        """Stands in the ID token, which is made for this sign-in alone (OpenID Connect Core 3.1.2.1)."""
        return self._part("nonce")

    @cached_property
    def verifier(self) -> str:
        """Known to us alone until the code is changed for tokens (RFC 7636)."""
        return self._part("code verifier")

    def _part(self, name: str) -> str:
        return derived_token(SecretStr(self.secret), f"exchange sign-in at provider: {name}")


@dataclass(frozen=True)
class Claimed:
    """The account that signed in, as the provider vouches for it.

    ``email`` is "" where it tells none; ``methods`` are the values of acr and amr; ``signed_in_at`` is when
    its person last proved to the provider who they are, None where it does not say.
    """

    issuer: str
    subject: str
    email: str
    is_verified: bool
    methods: frozenset[str]
    signed_in_at: datetime | None = None
