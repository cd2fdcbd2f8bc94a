"""Pages of letters: what goes out next, what went out, one letter, and the mailbox without a mail server."""

from flask import Response, render_template, request
from flask_babel import lazy_gettext as _

from exchange.answering.personal_links import without_tokens
from exchange.errors import NotFound
from exchange.mail.pages import queries, trouble_views
from exchange.mail.pages.blueprint import blueprint
from exchange.mail.wire.maildir import received_letter, received_letters
from exchange.models import LetterState
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import now, reader_time_zone, reading, settings, stage_plan, standing
from exchange.web.presentation.paging import asked_page, asked_search

__all__ = ["blueprint", "trouble_views"]

# A letter's HTML is styled at its elements, as mail programs need it; here it may do nothing else.
LETTER_POLICY = "default-src 'none'; style-src-attr 'unsafe-inline'; frame-ancestors 'none'; sandbox"

STATES = {
    LetterState.QUEUED: (_("Waiting"), "waiting"),
    LetterState.SENDING: (_("Being sent"), "waiting"),
    LetterState.SENT: (_("Sent"), "good"),
    LetterState.REFUSED: (_("Refused"), "stopped"),
    LetterState.WITHDRAWN: (_("Withdrawn"), "neutral"),
}


@blueprint.get("/letters")
@requires(Permission.WRITE_LETTERS)
def next_letters() -> str:
    """The letters of the next eight weeks, by day, fifty on a page; ``?cycle=`` keeps those of one cycle."""
    chosen = request.args.get("cycle", type=int)
    look = queries.Look(stage_plan(), now(), reader_time_zone(), asked_page(), chosen)
    with reading() as session:
        return render_template(
            "letters/next_letters.html",
            ahead=queries.letters_ahead(session, standing(), look),
            weeks=queries.AHEAD_WEEKS,
            chosen=chosen,
            queued=queries.queued_letters(session, standing()),
            trouble=queries.delivery_trouble(session),
            has_mailbox=_has_mailbox(),
        )


@blueprint.get("/letters/sent")
@requires(Permission.WRITE_LETTERS)
def sent_letters() -> str:
    """What is in the outbox and what became of it, the newest first, fifty on a page, with a search."""
    search = asked_search()
    with reading() as session:
        found = queries.sent_letters(session, standing(), search=search, page=asked_page())
        return render_template(
            "letters/sent_letters.html",
            page=found.page,
            search=search,
            counts=found.counts,
            trouble=queries.delivery_trouble(session),
            words=STATES,
            has_mailbox=_has_mailbox(),
        )


@blueprint.get("/letters/<int:letter_id>")
@requires(Permission.WRITE_LETTERS)
def show_letter(letter_id: int) -> str:
    """One letter: what it says, to whom, and each thing that happened to it."""
    with reading() as session:
        letter = queries.letter_by_id(session, letter_id, standing())
        return render_template(
            "letters/show_letter.html",
            letter=letter,
            text=without_tokens(letter.text),
            is_secret=queries.is_secret(letter),
            word=STATES[LetterState(letter.state)],
        )


@blueprint.get("/letters/<int:letter_id>/html")
@requires(Permission.WRITE_LETTERS)
def letter_html(letter_id: int) -> Response:
    """The letter as a mail program shows it, where it can run nothing and reach nobody."""
    with reading() as session:
        letter = queries.letter_by_id(session, letter_id, standing())
        if queries.is_secret(letter):
            raise NotFound("The text of a sign-in letter is shown to its reader only.")
        return Response(
            without_tokens(letter.html),
            content_type="text/html; charset=utf-8",
            headers={"Content-Security-Policy": LETTER_POLICY},
        )


@blueprint.get("/mailbox")
@requires(Permission.WRITE_LETTERS)
def mailbox() -> str:
    """Letters in the Maildir of an installation without a mail server, the newest first."""
    _refuse_without_mailbox()
    return render_template("letters/mailbox.html", letters=received_letters(settings().mail_dir))


@blueprint.get("/mailbox/<key>")
@requires(Permission.WRITE_LETTERS)
def mailbox_letter(key: str) -> str:
    """One letter of the Maildir."""
    _refuse_without_mailbox()
    return render_template("letters/mailbox_letter.html", letter=received_letter(settings().mail_dir, key))


def _has_mailbox() -> bool:
    return settings().smtp_url is None and not settings().is_production


def _refuse_without_mailbox() -> None:
    if not _has_mailbox():
        raise NotFound("There is no such page.")
