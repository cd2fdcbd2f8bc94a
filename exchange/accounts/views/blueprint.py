"""The blueprint of accounts, and what its views share: the cookie, what was typed as proof, and its limit."""

from datetime import timedelta

from flask import Blueprint, request
from flask import session as cookie
from werkzeug.wrappers import Response

from exchange.accounts.factor_actions import Context, Typed
from exchange.models import Person
from exchange.web.access.rate_limits import count_try
from exchange.web.access.request_context import Viewer, now, settings, signed_in, transaction
from exchange.web.access.sessions import COOKIE_KEY

CODES_MOST = 10  # codes that one person may try in a window; passkeys are not guessed and not counted
CODES_WINDOW = timedelta(minutes=15)
CODE_MAX = 100  # characters of a code, with some to spare

Page = str | tuple[str, int] | Response

blueprint = Blueprint("accounts", __name__)


def context_of(reader: Viewer) -> Context:
    """What actions on second factors are told of a reader."""
    return Context(reader.person, reader.session_id, settings(), now())


def own_context() -> Context:
    """The same of who is signed in."""
    return context_of(signed_in())


def typed_proof() -> Typed:
    """The code or the passkey's answer in the form that was sent."""
    return Typed(request.form.get("code", "").strip()[:CODE_MAX], request.form.get("passkey", ""))


def limit_proof(person: Person, typed: Typed) -> None:
    """Count a code that a person tries. Raises TooManyTries.

    A stranger who has a session of theirs may use the tries up, and their next letter too; a passkey
    still opens, and the tries come back by themselves.
    """
    if typed.passkey:
        return
    with transaction() as session:
        count_try(session, "second factor", str(person.id), most=CODES_MOST, window=CODES_WINDOW, now=now())


def take_token(token: str) -> None:
    """Give the browser the new token of its session."""
    cookie[COOKIE_KEY] = token
