"""The pages before a note goes: what will happen, and the buttons that send, confirm or take it back."""

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlmodel import Session

from exchange.models import Note
from exchange.notes import actions, sending
from exchange.notes.audience import audience_of
from exchange.notes.views.blueprint import Page, blueprint, by, note_for
from exchange.rules.access.policy import Right
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import now, reading, settings, transaction
from exchange.web.presentation.form_fields import VersionedForm
from exchange.web.presentation.refusals import Attempt, attempt


@blueprint.route("/notes/<int:note_id>/send", methods=["GET", "POST"])
@requires(Permission.WRITE_LETTERS)
def send_note(note_id: int) -> Page:
    """Who gets it, and when each copy leaves; a POST sends it, or asks a second coordinator."""

    def send(session: Session, note: Note) -> str:
        sending.send_note(session, note, settings(), by=by())
        if note.is_urgent:
            return str(_("A second coordinator was asked to confirm the note. It goes at once when they do."))
        return str(_("The note is sent. Its letters leave as you saw."))

    return _decide(note_id, Right.CHANGE, send, _consequences("notes/send_note.html"))


@blueprint.route("/notes/<int:note_id>/confirm", methods=["GET", "POST"])
@requires(Permission.WRITE_LETTERS)
def confirm_note(note_id: int) -> Page:
    """The same for the second coordinator, who lets an urgent note go."""

    def confirm(session: Session, note: Note) -> str:
        sending.confirm_note(session, note, settings(), by=by())
        return str(_("The note is confirmed. Its letters leave now."))

    return _decide(note_id, Right.REVIEW, confirm, _consequences("notes/confirm_note.html"))


@blueprint.route("/notes/<int:note_id>/take-back", methods=["GET", "POST"])
@requires(Permission.WRITE_LETTERS)
def take_back_note(note_id: int) -> Page:
    """Take back a note whose letters all wait."""

    def take_back(session: Session, note: Note) -> str:
        sending.take_back_note(session, note, by=by())
        return str(_("The note is taken back. Nobody gets it."))

    def page(note: Note, form: VersionedForm) -> str:
        return render_template("notes/take_back_note.html", note=note, form=form)

    return _decide(note_id, Right.CHANGE, take_back, page)


def _decide(
    note_id: int,
    right: Right,
    deed: Callable[[Session, Note], str],
    page: Callable[[Note, VersionedForm], str],
) -> Page:
    """The page, or what its button does to the note as it is now; ``deed`` returns what is said then."""
    with reading() as session:
        note = note_for(session, note_id, right)
    form = VersionedForm(data={"version": note.version})
    tried, said = Attempt(form), ""
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            said = deed(session, actions.claim_note(session, note_id, version=form.opened_version))
        if tried.is_done:
            flash(said)
            return redirect(url_for("notes.show_note", note_id=note_id), 303)
    return page(note, form), tried.status


def _consequences(template: str) -> Callable[[Note, VersionedForm], str]:
    def page(note: Note, form: VersionedForm) -> str:
        with reading() as session:
            audience = audience_of(session, note, now())
            asked = note.asked_by_id == by().actor.id
            return render_template(template, note=note, form=form, audience=audience, is_own=asked)

    return page
