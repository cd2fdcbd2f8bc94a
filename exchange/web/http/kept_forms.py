"""What was typed into a form that could not be taken: sealed into the next page, and shown in the form again.

For a session that ended, for a proof that is asked, for a form that was open too long. Nothing is stored
here: the browser carries it, encrypted, for one person, one page and one day. Nothing is sent by itself:
the form is shown filled, as a page that is only read, and its reader presses the button.
"""

import json
import zlib
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from urllib.parse import urlsplit

from cryptography.fernet import Fernet, InvalidToken
from flask import Flask, Response, current_app, redirect, request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from exchange.models import Person
from exchange.tokens import sealing
from exchange.web.access.request_context import now, settings, viewer
from exchange.web.presentation.base_form import KEPT

FIELD = "kept"  # the hidden field that carries it
KEPT_SECONDS = 24 * 3600
KEPT_MAX_BYTES = (
    300_000  # of typed text: the longest answer with its notes, and far below what a form may send
)
NOTICE = "exchange.notice"  # of the request: a sentence over the page
_NOT_TYPED = frozenset({"csrf_token", FIELD})
_PURPOSE = "exchange kept form"

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class _Kept:
    person_id: int
    page: str
    typed: Pairs


def show_kept_forms(app: Flask) -> None:
    """Answer a form that only carries kept text with its page, filled. It stands before the CSRF check."""
    app.before_request(_shown)
    app.jinja_env.globals["notice"] = lambda: request.environ.get(NOTICE, "")


def kept_for(person: Person) -> str:
    """What the present request typed, sealed for ``person``; what it carried already, if it did.

    "" when nothing was typed, when it is too long, or when no page shows such a form.
    """
    carried = request.form.get(FIELD, "")
    if carried:
        return carried
    page = page_of_form()
    typed = typed_fields()
    if not page or not typed:
        return ""
    packed = json.dumps([person.id, page, typed]).encode()
    if len(packed) > KEPT_MAX_BYTES:
        return ""
    return _box().encrypt_at_time(zlib.compress(packed), _seconds(now())).decode()


def page_kept(sealed: str) -> str:
    """The page that sealed text leads back to; "" for what was not sealed here, or too long ago."""
    found = _unsealed(sealed)
    return found.page if found else ""


def typed_fields() -> Pairs:
    """What was typed, without what only says that the form was ours."""
    return [(name, value) for name, value in request.form.items(multi=True) if name not in _NOT_TYPED]


def page_of_form() -> str:
    """The page that shows the form which was sent: its own address, or else the one it was sent from."""
    own = request.full_path.rstrip("?")
    if _is_read(request.path):
        return own
    try:
        parts = urlsplit(request.referrer or "")
    except ValueError:
        return ""
    if parts.netloc != request.host or not _is_read(parts.path):
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


def as_read(typed: Pairs, *, saying: str) -> Response:
    """The present address as if it were only read, its form filled with what was typed, under a sentence."""
    environ = dict(request.environ)
    for name in ("werkzeug.request", "CONTENT_TYPE", "CONTENT_LENGTH"):
        environ.pop(name, None)
    environ |= {"REQUEST_METHOD": "GET", "wsgi.input": BytesIO(), KEPT: MultiDict(typed), NOTICE: saying}
    with current_app.request_context(environ):
        return current_app.full_dispatch_request()


def _shown() -> AnyResponse | None:
    sealed = request.form.get(FIELD, "") if request.method == "POST" else ""
    reader = viewer()
    if not sealed or reader is None:
        return None
    found = _unsealed(sealed)
    page = request.full_path.rstrip("?")
    if not found or found.page != page:
        return None  # another form that takes the kept text along
    if found.person_id != reader.person.id:
        return redirect(page, 303)
    said = _("This is what you typed. Nothing was saved yet: look it over and send it.")
    return as_read(found.typed, saying=said)


def _unsealed(sealed: str) -> _Kept | None:
    try:
        packed = _box().decrypt_at_time(sealed.encode(), KEPT_SECONDS, _seconds(now()))
    except (InvalidToken, UnicodeEncodeError):
        return None
    person_id, page, typed = json.loads(zlib.decompress(packed))
    return _Kept(person_id, page, [(name, value) for name, value in typed])


def _is_read(path: str) -> bool:
    """Whether a page of ours is at ``path``."""
    try:
        current_app.url_map.bind("").match(path, method="GET")
    except HTTPException:
        return False
    return True


def _box() -> Fernet:
    return sealing(settings().secret_key, _PURPOSE)


def _seconds(at: datetime) -> int:
    return int(at.timestamp())
