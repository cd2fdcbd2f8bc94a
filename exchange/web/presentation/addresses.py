"""Addresses of pages, remembered: a list names the same ones at each request. None with a secret is kept."""

from functools import lru_cache

from flask import request, url_for

ADDRESSES_KEPT = 20_000  # some megabytes: each row of a few long lists
_WORDS_KEPT = frozenset({"filename", "slug", "_anchor"})  # any other text of an address may be a secret


def address_of(endpoint: str, /, **values: object) -> str:
    """As Flask's ``url_for`` within a request."""
    if all(type(value) is int or name in _WORDS_KEPT for name, value in values.items()):
        return _remembered(request.script_root, endpoint, tuple(values.items()))
    return url_for(endpoint, **values)  # type: ignore[arg-type]  # its own options are among them


@lru_cache(maxsize=ADDRESSES_KEPT)
def _remembered(_script_root: str, endpoint: str, values: tuple[tuple[str, object], ...]) -> str:
    return url_for(endpoint, **dict(values))  # type: ignore[arg-type]  # as above
