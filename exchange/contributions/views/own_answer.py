"""The page behind the link of a letter: answer, save, hand in. No sign-in: the link is the proof.

Opening it changes nothing, because mail scanners open links.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from exchange.contributions import actions, queries
from exchange.contributions.doors import desk_behind
from exchange.contributions.drafts import AnswerDraft, checked_marking
from exchange.contributions.forms import MARKINGS, AnswerForm, form_for, typed_from
from exchange.contributions.shown import shown_draft
from exchange.contributions.storage import content_of, delete, store
from exchange.errors import ExchangeError, InvalidInput
from exchange.models import Attachment
from exchange.rules.uploads import EXTENSIONS, clean_name, media_type_of
from exchange.web.doors import add_closed_page
from exchange.web.filters import sentence
from exchange.web.permissions import public
from exchange.web.request import now, reading, settings, transaction
from exchange.web.uploads import file_max_bytes, takes_files

Page = str | Response | tuple[str, int] | tuple[dict[str, str], int]
blueprint = Blueprint("contributions", __name__)
add_closed_page(blueprint)


@blueprint.route("/answer/<token>", methods=["GET", "POST"])
@public
@takes_files
def answer(token: str) -> Page:
    """The questions with what is saved; a POST saves, previews, adds files or hands in, by its button."""
    with reading() as session:
        desk = desk_behind(session, token)
    form = form_for(desk.questions)(data=typed_from(desk.contribution, desk.questions))
    form.offer(desk.cycle.groups)
    if request.method != "POST":
        over = None if desk.is_open else shown_draft(form.draft(), desk.questions)
        return _page(token, desk, form, over=over)
    deed = request.form.get("do", "save")
    if not form.validate():
        return _refused(token, desk, form, deed, 400)
    if deed == "preview":
        return _page(token, desk, form, preview=shown_draft(form.draft(), desk.questions))
    try:
        return _done(token, form, deed)
    except InvalidInput as error:
        form.add_error(error)
        return _refused(token, desk, form, deed, 400)
    except actions.SavedMeanwhile as error:
        return _clash(token, form, deed, error)
    except actions.Late as error:
        form.form_errors.append(sentence(error))
        return _refused(token, desk, form, deed, 409)


@blueprint.get("/answer/<token>/files/<int:attachment_id>")
@public
def own_file(token: str, attachment_id: int) -> Response:
    """A file of one's own answer."""
    with reading() as session:
        desk = desk_behind(session, token)
        return sent_file(queries.file_of(desk.contribution, attachment_id))


@blueprint.post("/answer/<token>/files/<int:attachment_id>/remove")
@public
def remove_file(token: str, attachment_id: int) -> Page:
    """Take a file away again."""
    with transaction() as session:
        desk = desk_behind(session, token)
        stored_name = actions.remove_file(session, desk, attachment_id, now=now())
    delete(settings().uploads, stored_name)
    flash(_("The file is taken away."))
    return redirect(url_for("contributions.answer", token=token), 303)


def sent_file(attachment: Attachment) -> Response:
    """The bytes, to be kept and never shown: whatever they are, the browser runs nothing of them."""
    response = Response(content_of(settings().uploads, attachment.stored_name))
    response.headers["Content-Type"] = attachment.media_type
    response.headers.set("Content-Disposition", "attachment", filename=attachment.name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "no-store"
    return response


def _done(token: str, form: AnswerForm, deed: str) -> Page:
    draft = form.draft()
    uploads = _uploads(form) if deed == "attach" or (deed == "submit" and _sent_files()) else []
    if deed == "attach" and not uploads:
        raise InvalidInput("Choose a file first.", field="files")
    with _kept_with_its_row(uploads), transaction() as session:
        desk = desk_behind(session, token)
        if uploads:
            actions.add_files(session, desk, draft, uploads, now=now())
            desk = desk_behind(session, token)
            draft = _of_version(draft, desk.contribution.version if desk.contribution else 0)
        if deed == "submit":
            actions.submit_contribution(session, desk, draft, settings=settings(), now=now())
        elif not uploads:
            is_told = deed != "autosave"
            saved = actions.save_draft(session, desk, draft, now=now(), is_told=is_told)
            if not is_told:
                return {"version": str(saved.version), "said": _("Saved as a draft.")}, 200
    said = {
        "submit": _("Your answer is handed in. A receipt is on its way to you."),
        "attach": _("The files are kept with your draft."),
    }
    flash(said.get(deed, _("Saved as a draft. It is not handed in yet.")))
    return redirect(url_for("contributions.answer", token=token), 303)


@contextmanager
def _kept_with_its_row(uploads: list[actions.Upload]) -> Iterator[None]:
    """Delete the bytes of files whose rows were not saved after all."""
    try:
        yield
    except BaseException:
        for one in uploads:
            delete(settings().uploads, one.stored.stored_name)
        raise


def _of_version(draft: AnswerDraft, version: int) -> AnswerDraft:
    return AnswerDraft(
        version, draft.answers, draft.marking, draft.group_ids, draft.practice_note, draft.links
    )


def _sent_files() -> list[FileStorage]:
    return [one for one in request.files.getlist("files") if one.filename]


def _uploads(form: AnswerForm) -> list[actions.Upload]:
    """The files that came, checked all before the first is stored. Raises InvalidInput, field "files"."""
    checked_marking(form.draft())
    checked = []
    for one in _sent_files():
        name, content = clean_name(one.filename or ""), one.read()
        if len(content) > file_max_bytes():
            raise InvalidInput(
                "%(name)s is larger than %(most)s MB.",
                field="files",
                name=name,
                most=settings().upload_max_mb,
            )
        checked.append((name, media_type_of(name, content), content))
    folder = settings().uploads
    return [actions.Upload(name, kind, store(folder, content)) for name, kind, content in checked]


def _clash(token: str, form: AnswerForm, deed: str, error: ExchangeError) -> Page:
    """Both texts on one page: what was typed here stands in the form, what is saved beside it."""
    with reading() as session:
        desk = desk_behind(session, token)
    if deed == "autosave" or desk.contribution is None:
        return {"said": sentence(error)}, 409
    # Whoever now presses a button has seen the other text: it is saved over that one.
    form.version.data = str(desk.contribution.version)
    saved = typed_from(desk.contribution, desk.questions)
    return _page(token, desk, form, saved=saved), 409


def _refused(token: str, desk: queries.Desk, form: AnswerForm, deed: str, status: int) -> Page:
    if deed == "autosave":
        return {"said": _("Not saved: press “Save as draft” to see why.")}, status
    return _page(token, desk, form), status


def _page(token: str, desk: queries.Desk, form: AnswerForm, **more: object) -> str:
    return render_template(
        "contributions/answer.html",
        token=token,
        desk=desk,
        form=form,
        markings=MARKINGS,
        kinds=", ".join(EXTENSIONS),
        most_mb=settings().upload_max_mb,
        **more,
    )
