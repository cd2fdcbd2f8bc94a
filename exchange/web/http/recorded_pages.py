"""What the audit trail keeps of requests: pages that were refused to a person, and files they took along.

Visitors leave no trace here: neither is their name known, nor may they fill the trail.
"""

from collections.abc import Mapping

from flask import Flask, request
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange import audit
from exchange.errors import ExchangeError
from exchange.web.access.request_context import acting, now, reading, transaction, viewer
from exchange.web.http.request_logs import log

_OF_A_LIST = "part"  # which of several lists an export is; any other text of an address may be a secret


def record_downloads(app: Flask) -> None:
    """Let every file that leaves to somebody known, signed in or by a link, be recorded before it leaves."""
    app.after_request(_record_download)


def record_refused_page(status: int) -> None:
    """That the present page was refused to who is signed in: once for a person, a page and an hour.

    A trail that cannot be written is logged: the page stays refused.
    """
    reader = viewer()
    if reader is None or request.endpoint is None:
        return
    what = f"page refused:{reader.person.id}:{request.endpoint}"
    try:
        with reading() as session:
            if audit.was_this_hour(session, what, now()):
                return
        with transaction() as session:
            if audit.is_first_this_hour(session, what, now()):
                _record(session, "page refused", {"status": status, **_numbers()})
    except (SQLAlchemyError, ExchangeError) as error:
        log.error("refused page not recorded", error=type(error).__name__)


def _record_download(response: Response) -> Response:
    """A file that cannot be recorded does not leave."""
    is_file = response.headers.get("Content-Disposition", "").startswith("attachment")
    if is_file and response.status_code == 200 and request.method == "GET" and acting() is not None:
        with transaction() as session:
            _record(session, "export", _numbers())
    return response


def _record(session: Session, action: str, facts: Mapping[str, object]) -> None:
    audit.record(
        session,
        actor=acting(),
        action=action,
        subject=f"page:{request.endpoint}",
        after=facts,
        now=now(),
    )


def _numbers() -> dict[str, object]:
    """What the address says besides the page: numbers of rows, and never a token or a name."""
    values = request.view_args or {}
    return {key: value for key, value in values.items() if isinstance(value, int) or key == _OF_A_LIST}
