"""Routes that take files: their requests may be longer than a form, and one that is longer still is told so.

It stores nothing.
"""

from collections.abc import Callable
from typing import TypeVar

from flask import Flask, current_app, request
from werkzeug.exceptions import HTTPException

from exchange.settings import Settings
from exchange.web.access.request_context import settings

View = TypeVar("View", bound=Callable[..., object])
_ATTRIBUTE = "exchange_takes_files"
MEGABYTE = 1_000_000
BESIDE_FILES = 2 * MEGABYTE  # the texts of the form that files come with


def takes_files(view: View) -> View:
    """Mark a view: what is posted to it may hold a file of the size that the settings allow."""
    setattr(view, _ATTRIBUTE, True)
    return view


def allow_files(app: Flask) -> None:
    """Raise the limit for marked views; before anything reads the form, so before the CSRF check."""
    app.before_request(_raise_limit)


def file_max_bytes() -> int:
    """How long one file may be."""
    return settings().upload_max_mb * MEGABYTE


def request_max_bytes(app: Flask, configured: Settings, *, method: str, path: str) -> int:
    """How long the body of a request may be, said before there is a request."""
    try:
        endpoint, _ = app.url_map.bind("").match(path, method)
    except HTTPException:
        endpoint = ""
    if _takes_files(app, endpoint):
        return configured.upload_max_mb * MEGABYTE + BESIDE_FILES
    return int(app.config["MAX_CONTENT_LENGTH"])


def _raise_limit() -> None:
    if _takes_files(current_app, request.endpoint):
        request.max_content_length = file_max_bytes() + BESIDE_FILES
        request.max_form_memory_size = BESIDE_FILES


def _takes_files(app: Flask, endpoint: str | None) -> bool:
    return bool(getattr(app.view_functions.get(endpoint or ""), _ATTRIBUTE, False))
