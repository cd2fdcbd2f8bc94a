"""Pages of letters: what goes out next, what went out, one letter, and the mailbox of a desk without mail."""

from flask import Blueprint, Response, render_template, request
from flask_babel import lazy_gettext as _

from exchange.answering.links import without_tokens
from exchange.errors import NotFound
from exchange.mail import queries
from exchange.mail.maildir import received_letter, received_letters
from exchange.models import LetterState
from exchange.web.numbers import clamped
from exchange.web.permissions import Permission, requires
from exchange.web.request import now, reader_time_zone, reading, settings, stage_plan

blueprint = Blueprint("letters", __name__)

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
    """Every letter of the next eight weeks, by day; ``?cycle=`` keeps those of one cycle."""
    chosen = request.args.get("cycle", type=int)
    with reading() as session:
        planned = queries.letters_ahead(session, plan=stage_plan(), now=now())
        shown = [one for one in planned if chosen is None or (one.cycle and one.cycle.id == chosen)]
        return render_template(
            "letters/next_letters.html",
            days=queries.by_day(shown, reader_time_zone()),
            count=len(shown),
            weeks=queries.AHEAD_WEEKS,
            cycles=queries.titles_of_cycles(planned),
            chosen=chosen,
            states=queries.counts_by_state(session),
            trouble=queries.delivery_trouble(session),
            has_mailbox=_has_mailbox(),
        )


@blueprint.get("/letters/sent")
@requires(Permission.WRITE_LETTERS)
def sent_letters() -> str:
    """What is in the outbox and what became of it, the newest first."""
    with reading() as session:
        letters = queries.sent_letters(session, before_id=clamped(request.args.get("before", type=int)))
        is_full = len(letters) == queries.SENT_PER_PAGE
        return render_template(
            "letters/sent_letters.html",
            letters=letters,
            older=letters[-1].id if is_full else None,
            counts=queries.counts_by_state(session),
            trouble=queries.delivery_trouble(session),
            words=STATES,
            has_mailbox=_has_mailbox(),
        )


@blueprint.get("/letters/<int:letter_id>")
@requires(Permission.WRITE_LETTERS)
def show_letter(letter_id: int) -> str:
    """One letter: what it says, to whom, and each thing that happened to it."""
    with reading() as session:
        letter = queries.letter_by_id(session, letter_id)
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
        letter = queries.letter_by_id(session, letter_id)
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
    """Letters in the Maildir of a desk without a mail server, the newest first."""
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
