"""The list of notes, one of them, a new one, and its changes before it is sent."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlmodel import Session

from exchange.access.named_people import addresses_of, names_of
from exchange.access.note_things import thing_of_note
from exchange.markdown import rendered
from exchange.models import Note, Role
from exchange.notes import actions, queries, sending
from exchange.notes.forms import NoteForm, typed_correction, typed_note
from exchange.notes.views.blueprint import Page, blueprint, by, note_for
from exchange.notes.words import ROLES
from exchange.rules.access.policy import Right
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import allowed, reading, transaction
from exchange.web.http.id_numbers import clamped
from exchange.web.presentation.paging import asked_page, page_of_list
from exchange.web.presentation.refusals import Attempt, attempt


@blueprint.get("/notes")
@requires(Permission.SEE_PROGRAMME)
def notes() -> Page:
    """The notes that the reader may open, the latest first; for coordinators, those not sent, too."""
    with reading() as session:
        found = [one for one in queries.notes_of_all(session) if allowed(Right.READ, thing_of_note(one))]
        return render_template("notes/notes.html", page=page_of_list(found, asked_page()))


@blueprint.get("/notes/<int:note_id>")
@requires(Permission.SEE_PROGRAMME)
def show_note(note_id: int) -> Page:
    """One note; for who plans also whom it is for and what became of its letters."""
    with reading() as session:
        note = note_for(session, note_id, Right.READ)
        changes = allowed(Right.CHANGE, thing_of_note(note))
        return render_template(
            "notes/show_note.html",
            note=note,
            text=rendered(note.text, top_heading=3),
            named=names_of(session, note.named_ids) if note.named_ids else [],
            corrected=_known(note.corrects),
            corrections=[one for one in queries.corrections_of(session, note) if _known(one)],
            changes=changes,
            audience=_audience_words(session, note) if changes else [],
            letters=queries.letters_by_state(session, note) if changes else {},
            may_be_taken_back=sending.may_be_taken_back(note, by()),
        )


@blueprint.route("/notes/new", methods=["GET", "POST"])
@requires(Permission.WRITE_LETTERS)
def new_note() -> Page:
    """A new note; with the number of a note in the address, one that corrects it."""
    with reading() as session:
        corrected = _corrected(session)
        data = typed_correction(corrected, addresses_of(session, corrected.named_ids)) if corrected else {}
        form = NoteForm(data=data)
        form.offer(queries.offered(session))
    tried, note_id = Attempt(form), 0
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            note = actions.write_note(session, form.draft(), by=by(), corrects=_corrected(session))
            note_id = note.id or 0
        if tried.is_done:
            return redirect(url_for("notes.send_note", note_id=note_id), 303)
    return render_template("notes/new_note.html", form=form, corrected=corrected), tried.status


@blueprint.route("/notes/<int:note_id>/edit", methods=["GET", "POST"])
@requires(Permission.WRITE_LETTERS)
def edit_note(note_id: int) -> Page:
    """A note that was not sent yet."""
    with reading() as session:
        note = note_for(session, note_id, Right.CHANGE)
        actions.check_unsent(note)
        form = NoteForm(data=typed_note(note, addresses_of(session, note.named_ids)))
        form.offer(queries.offered(session))
    tried = Attempt(form)
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            claimed = actions.claim_note(session, note_id, version=form.opened_version)
            actions.edit_note(session, claimed, form.draft(), by=by())
        if tried.is_done:
            flash(_("Saved."))
            return redirect(url_for("notes.send_note", note_id=note_id), 303)
    return render_template("notes/edit_note.html", form=form, note=note), tried.status


def _corrected(session: Session) -> Note | None:
    """The note that the address says is corrected: one that was sent, and is known to the reader."""
    note_id = clamped(request.args.get("corrects", type=int))
    if note_id is None:
        return None
    found = note_for(session, note_id, Right.CHANGE)
    return found if found.sent_at is not None else None


def _known(note: Note | None) -> Note | None:
    is_known = note is not None and note.sent_at is not None and allowed(Right.READ, thing_of_note(note))
    return note if is_known else None


def _audience_words(session: Session, note: Note) -> list[str]:
    """Whom it is for, by name."""
    offered = queries.offered(session)
    chosen = (
        (offered.cities, note.city_ids),
        (offered.groups, note.group_ids),
        (offered.boards, note.board_ids),
        (offered.organisations, note.organisation_ids),
    )
    names = [name for all_of, ids in chosen for row_id, name in all_of if row_id in ids]
    return names + [str(words) for role, words in ROLES.items() if Role(role) in note.roles]
