"""Whether somebody has just signed in and asked for no page: which one is first, is not the sign-in's to say.

Kept in the session's cookie until the first page is asked for. Not who signed in.
"""

from flask import session as cookie

HOME = "/"
_KEY = "arrived"


def arriving_at(leads_to: str) -> str:
    """Where the sign-in leads, unchanged; that nothing was asked for is remembered for one page."""
    if leads_to == HOME:
        cookie[_KEY] = True
    return leads_to


def takes_arrival() -> bool:
    """Whether this is the first page after a sign-in that asked for none; true once."""
    return bool(cookie.pop(_KEY, False))
