"""Pages to sign in and out, to prove that it is you, and of one's own sessions and second factors."""

from exchange.accounts.views import confirm, factors, provider, reset, second_step, sessions, sign_in
from exchange.accounts.views.blueprint import blueprint

__all__ = ["blueprint", "confirm", "factors", "provider", "reset", "second_step", "sessions", "sign_in"]
