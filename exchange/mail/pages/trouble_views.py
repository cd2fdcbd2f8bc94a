"""Pages of what went wrong with mail: addresses that take no letters, and answers that were not taken.

They stand in the room of letters, beside views.py.
"""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from exchange.mail import addresses, queries
from exchange.mail.views import blueprint
from exchange.web.permissions import Permission, requires
from exchange.web.request import now, reading, settings, signed_in, transaction

__all__ = ["blueprint"]


@blueprint.context_processor
def troubles() -> dict[str, object]:
    """How many addresses take no letters: every page of the room says so."""
    with reading() as session:
        return {"refused_count": addresses.count_marks(session)}


@blueprint.get("/letters/addresses")
@requires(Permission.WRITE_LETTERS)
def refused_addresses() -> str:
    """Addresses that a mail server refused for good, with its words."""
    with reading() as session:
        return render_template(
            "letters/refused_addresses.html",
            marks=addresses.marks(session),
            trouble=queries.delivery_trouble(session),
            has_mailbox=settings().smtp_url is None and not settings().is_production,
        )


@blueprint.post("/letters/addresses/<int:mark_id>/clear")
@requires(Permission.WRITE_LETTERS)
def clear_address(mark_id: int) -> Response:
    """Send letters there again."""
    with transaction() as session:
        address = addresses.clear_mark(session, mark_id, actor=signed_in().person, now=now())
    flash(_("Letters go to %(address)s again.", address=address))
    return redirect(url_for("letters.refused_addresses"), 303)


@blueprint.get("/letters/replies")
@requires(Permission.WRITE_LETTERS)
def read_mail() -> str:
    """What was read in the mailbox: answers of calendars and reports, taken or not, the newest first."""
    with reading() as session:
        return render_template(
            "letters/read_mail.html",
            handled=queries.handled_mail(session),
            is_read=settings().imap_url is not None,
            trouble=queries.delivery_trouble(session),
            has_mailbox=settings().smtp_url is None and not settings().is_production,
        )
