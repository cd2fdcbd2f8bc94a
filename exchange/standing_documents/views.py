"""The pages of standing documents: the list, a new one, its changes, and its review."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.access.note_things import STANDING_DOCUMENTS, thing_of_document
from exchange.errors import NotFound
from exchange.models import StandingDocument
from exchange.rules.access.policy import Right
from exchange.standing_documents import actions, queries
from exchange.standing_documents.actions import By
from exchange.standing_documents.forms import KINDS, DocumentForm, ReviewForm, typed_document
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import allowed, now, reading, signed_in, today, transaction
from exchange.web.presentation.form_fields import given
from exchange.web.presentation.refusals import Attempt, attempt

Page = str | Response | tuple[str, int]
blueprint = Blueprint("standing_documents", __name__)


@blueprint.get("/standing-documents")
@requires(Permission.SEE_PROGRAMME)
def standing_documents() -> Page:
    """All documents, the next to be reviewed first."""
    if not allowed(Right.READ, STANDING_DOCUMENTS):
        raise NotFound(queries.GONE)
    with reading() as session:
        found = queries.documents(session)
        return render_template(
            "standing_documents/standing_documents.html",
            documents=[(one, allowed(Right.WRITE, thing_of_document(one))) for one in found],
            kinds=KINDS,
            changes=allowed(Right.CHANGE, STANDING_DOCUMENTS),
            on=today(),
        )


@blueprint.route("/standing-documents/new", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def new_document() -> Page:
    """A new document."""
    form = DocumentForm()
    tried = Attempt(form)
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            actions.add_document(session, form.draft(), by=_by())
        if tried.is_done:
            return _saved()
    return render_template("standing_documents/new_document.html", form=form), tried.status


@blueprint.route("/standing-documents/<int:document_id>/edit", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def edit_document(document_id: int) -> Page:
    """What the document is, whose, and when it is reviewed."""
    with reading() as session:
        document = _document_for(session, document_id, Right.CHANGE)
        form = DocumentForm(data=typed_document(document))
    tried = Attempt(form)
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            claimed = actions.claim_document(session, document_id, version=form.opened_version)
            actions.edit_document(session, claimed, form.draft(), by=_by())
        if tried.is_done:
            return _saved()
    return render_template(
        "standing_documents/edit_document.html", form=form, document=document
    ), tried.status


@blueprint.route("/standing-documents/<int:document_id>/review", methods=["GET", "POST"])
@requires(Permission.SEE_PROGRAMME)
def review_document(document_id: int) -> Page:
    """Its owner or a coordinator says that it was reviewed today, and when it is next."""
    with reading() as session:
        document = _document_for(session, document_id, Right.WRITE)
    form = ReviewForm(data={"version": document.version})
    tried = Attempt(form)
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            claimed = actions.claim_document(session, document_id, version=form.opened_version)
            actions.review_document(session, claimed, given(form.review_on.data), by=_by())
        if tried.is_done:
            return _saved()
    return render_template(
        "standing_documents/review_document.html", form=form, document=document
    ), tried.status


def _saved() -> Response:
    flash(_("Saved."))
    return redirect(url_for("standing_documents.standing_documents"), 303)


def _by() -> By:
    return By(signed_in().person, now(), today())


def _document_for(session: Session, document_id: int, right: Right) -> StandingDocument:
    """The document, to somebody who has the right; to everybody else there is none."""
    found = queries.document_with_id(session, document_id)
    thing = thing_of_document(found)
    if not (allowed(Right.READ, thing) and allowed(right, thing)):
        raise NotFound(queries.GONE)
    return found
