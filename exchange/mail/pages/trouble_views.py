"""Pages of what went wrong with mail: addresses that take no letters, answers not taken, letters held back.

They are on the blueprint of letters, beside views.py.
"""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response

from exchange.access.kept_back import kept_back_from
from exchange.mail.outbox.held_letters import count_held, let_go, take_as_sent
from exchange.mail.outbox.refused_addresses import clear_mark, count_marks, marks
from exchange.mail.pages import queries
from exchange.mail.pages.blueprint import blueprint
from exchange.models import Answer, HandledMail
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import now, reading, settings, signed_in, standing, transaction

OFFERED = {
    Answer.ACCEPTED: _l("Take it: they come"),
    Answer.TENTATIVE: _l("Take it: perhaps"),
    Answer.DECLINED: _l("Take it: they do not come"),
}


@blueprint.context_processor
def troubles() -> dict[str, object]:
    """How many addresses take no letters, and how many letters are held, as far as the reader may know."""
    with reading() as session:
        known = kept_back_from(session, standing()).other_letters
        return {"refused_count": count_marks(session), "held_count": count_held(session, known)}


@blueprint.get("/letters/addresses")
@requires(Permission.WRITE_LETTERS)
def refused_addresses() -> str:
    """Addresses that a mail server refused for good, with its words."""
    with reading() as session:
        return render_template(
            "letters/refused_addresses.html",
            marks=marks(session),
            trouble=queries.delivery_trouble(session),
            has_mailbox=settings().smtp_url is None and not settings().is_production,
        )


@blueprint.post("/letters/addresses/<int:mark_id>/clear")
@requires(Permission.WRITE_LETTERS)
def clear_address(mark_id: int) -> Response:
    """Send letters there again."""
    with transaction() as session:
        address = clear_mark(session, mark_id, actor=signed_in().person, now=now())
    flash(_("Letters go to %(address)s again.", address=address))
    return redirect(url_for("letters.refused_addresses"), 303)


@blueprint.get("/letters/replies")
@requires(Permission.WRITE_LETTERS)
def read_mail() -> str:
    """What was read in the mailbox: answers of calendars and reports, taken or not, the newest first."""
    with reading() as session:
        return render_template(
            "letters/read_mail.html",
            handled=queries.handled_mail(session, standing()),
            is_read=settings().imap_url is not None,
            offers=_offers,
            trouble=queries.delivery_trouble(session),
            has_mailbox=settings().smtp_url is None and not settings().is_production,
        )


def _offers(mail: HandledMail) -> dict[Answer, object]:
    """What a coordinator may take a message for: what it says, or any answer where that was not read."""
    is_open = mail.answer in ("", Answer.NONE)
    return {answer: words for answer, words in OFFERED.items() if is_open or answer == mail.answer}


@blueprint.get("/letters/held")
@requires(Permission.WRITE_LETTERS)
def held_letters() -> str:
    """Letters that may have gone before a restore; nothing of them leaves before somebody says so here."""
    with reading() as session:
        return render_template(
            "letters/held_letters.html",
            letters=queries.held_letters(session, standing()),
            trouble=queries.delivery_trouble(session),
            has_mailbox=settings().smtp_url is None and not settings().is_production,
        )


@blueprint.post("/letters/held")
@requires(Permission.WRITE_LETTERS)
def decide_held() -> Response:
    """Send the letters that were ticked, or take them as sent; of letters kept back from the person none."""
    with transaction() as session:
        chosen = set(request.form.getlist("letter", type=int))
        ids = {one.id or 0 for one in queries.held_letters(session, standing())} & chosen
        decide = let_go if request.form.get("do") == "send" else take_as_sent
        if request.form.get("do") in {"send", "sent"}:
            count = decide(session, ids, actor=signed_in().person, now=now())
        else:
            count = 0
    flash(ngettext("Decided about %(num)d letter.", "Decided about %(num)d letters.", count))
    return redirect(url_for("letters.held_letters"), 303)
