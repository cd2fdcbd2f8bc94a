"""The page behind the link of a letter: answer, save, hand in. No sign-in: the link is the proof.

Opening it changes nothing, because mail scanners open links.
"""

from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from exchange.access.named_people import addresses_of
from exchange.contributions import actions, queries
from exchange.contributions.drafts import AnswerDraft, checked_marking
from exchange.contributions.forms import MARKINGS, AnswerForm, form_for, typed_from
from exchange.contributions.progress_answers import RecordedElsewhere, asked_version, recorded_fields
from exchange.contributions.question_fields import blocks_of
from exchange.contributions.rendered_answers import shown_draft
from exchange.contributions.views.blueprint import Page, blueprint
from exchange.contributions.views.link_access import access_by_link
from exchange.errors import ExchangeError, InvalidInput
from exchange.rules.file_types import EXTENSIONS
from exchange.uploads.file_storage import Upload, delete
from exchange.web.access.permissions import public
from exchange.web.access.request_context import now, reading, settings, transaction
from exchange.web.http.received_files import kept_with_their_rows, received_files, sent_file, sent_files
from exchange.web.http.upload_limits import takes_files
from exchange.web.presentation.date_formats import sentence


@blueprint.route("/answer/<token>", methods=["GET", "POST"])
@public
@takes_files
def answer(token: str) -> Page:
    """The questions with what is saved; a POST saves, previews, adds files or hands in, by its button."""
    with reading() as session:
        access = access_by_link(session, token)
        named = addresses_of(session, access.contribution.named_ids if access.contribution else [])
    saved = typed_from(access.contribution, access.ask) | recorded_fields(access, now())
    saved |= {"named": named, "asked": asked_version(access)}
    form = form_for(access.ask, access.rows)(data=saved)
    form.offer(access.groups)
    if request.method != "POST":
        over = None if access.is_open else shown_draft(form.draft(), access.ask)
        return _page(token, access, form, over=over)
    action = request.form.get("do", "save")
    if not form.validate():
        return _refused(token, access, form, action, 400)
    if action == "preview":
        return _page(token, access, form, preview=shown_draft(form.draft(), access.ask))
    if action == "submit" and form.asked.data != asked_version(access):
        return _asked_otherwise(token, access, form)
    try:
        return _done(token, form, action)
    except InvalidInput as error:
        form.add_error(error)
        return _refused(token, access, form, action, 400)
    except actions.SavedMeanwhile as error:
        return _clash(token, form, action, error)
    except (actions.Late, RecordedElsewhere) as error:
        form.form_errors.append(sentence(error))
        return _refused(token, access, form, action, 409)


@blueprint.get("/answer/<token>/files/<int:attachment_id>")
@public
def own_file(token: str, attachment_id: int) -> Response:
    """A file of one's own answer."""
    with reading() as session:
        access = access_by_link(session, token)
        return sent_file(queries.file_of(access.contribution, attachment_id))


@blueprint.post("/answer/<token>/files/<int:attachment_id>/remove")
@public
def remove_file(token: str, attachment_id: int) -> Page:
    """Take a file away again."""
    with transaction() as session:
        access = access_by_link(session, token)
        stored_name = actions.remove_file(session, access, attachment_id, now=now())
    delete(settings().uploads, stored_name)
    flash(_("The file is taken away."))
    return redirect(url_for("contributions.answer", token=token), 303)


def _done(token: str, form: AnswerForm, action: str) -> Page:
    draft = form.draft()
    uploads = _uploads(form) if action == "attach" or (action == "submit" and sent_files()) else []
    if action == "attach" and not uploads:
        raise InvalidInput("Choose a file first.", field="files")
    with kept_with_their_rows(uploads) as kept, transaction() as session:
        access = access_by_link(session, token)
        if uploads:
            actions.add_files(session, access, draft, uploads, now=now())
            access = access_by_link(session, token)
            draft = _of_version(draft, access.contribution.version if access.contribution else 0)
        if action == "submit":
            actions.submit_contribution(session, access, draft, settings=settings(), now=now())
        elif not uploads:
            is_told = action != "autosave"
            saved = actions.save_draft(session, access, draft, now=now(), is_told=is_told)
            if not is_told:
                return {"version": str(saved.version), "said": _("Saved as a draft.")}, 200
        kept.may_be_saved = True
    said = {
        "submit": _("Your answer is handed in. A receipt is on its way to you."),
        "attach": _("The files are kept with your draft."),
    }
    flash(said.get(action, _("Saved as a draft. It is not handed in yet.")))
    return redirect(url_for("contributions.answer", token=token), 303)


def _uploads(form: AnswerForm) -> list[Upload]:
    if not form.ask.marking:
        checked_marking(form.draft())
    return received_files()


def _of_version(draft: AnswerDraft, version: int) -> AnswerDraft:
    return replace(draft, version=version)


def _clash(token: str, form: AnswerForm, action: str, error: ExchangeError) -> Page:
    """Both texts on one page: what was typed here stands in the form, what is saved beside it."""
    with reading() as session:
        access = access_by_link(session, token)
    if action == "autosave" or access.contribution is None:
        return {"said": sentence(error)}, 409
    # Whoever now presses a button has seen the other text: it is saved over that one.
    form.version.data = str(access.contribution.version)
    saved = typed_from(access.contribution, access.ask)
    return _page(token, access, form, saved=saved), 409


def _asked_otherwise(token: str, access: queries.AnswerAccess, form: AnswerForm) -> Page:
    """The questions as they are now, with what was typed: an answer is to the words that its author read."""
    form.asked.data = asked_version(access)
    said = _(
        "The questions, or what is recorded, were changed since you opened this page. Read it again, then"
        " hand in."
    )
    form.form_errors.append(said)
    return _refused(token, access, form, "submit", 409)


def _refused(token: str, access: queries.AnswerAccess, form: AnswerForm, action: str, status: int) -> Page:
    if action == "autosave":
        return {"said": _("Not saved: press “Save as draft” to see why.")}, status
    return _page(token, access, form), status


def _page(token: str, access: queries.AnswerAccess, form: AnswerForm, **more: object) -> str:
    return render_template(
        "contributions/answer.html",
        token=token,
        access=access,
        form=form,
        blocks=blocks_of(access.questions, access.rows),
        markings=MARKINGS,
        kinds=", ".join(EXTENSIONS),
        most_mb=settings().upload_max_mb,
        **more,
    )
