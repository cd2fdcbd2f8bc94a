"""Routes that take files: their requests may be longer than a form, and one that is longer still is told so.

It stores nothing.
"""

from collections.abc import Callable
from typing import TypeVar

from flask import Flask, current_app, request

from exchange.web.request import settings

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


def _raise_limit() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, _ATTRIBUTE, False):
        request.max_content_length = file_max_bytes() + BESIDE_FILES
        request.max_form_memory_size = BESIDE_FILES
