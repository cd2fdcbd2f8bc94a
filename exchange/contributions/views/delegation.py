"""More pages behind the link of a letter: hand the task on, and what the chair of a group sees and does."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.contributions import handing_on, queries
from exchange.contributions.doors import desk_behind
from exchange.contributions.forms import DeputyForm
from exchange.contributions.shown import shown_version
from exchange.contributions.views import Page, blueprint, sent_file
from exchange.errors import NotFound
from exchange.models import Contribution
from exchange.rules.answer_rings import Reading, may_open_answer
from exchange.web.permissions import public
from exchange.web.request import now, reading, settings, transaction


@blueprint.route("/answer/<token>/pass", methods=["GET", "POST"])
@public
def pass_on(token: str) -> Page:
    """Hand the task to a deputy; the link that was used ends with it."""
    with reading() as session:
        desk = desk_behind(session, token)
        people = queries.deputies(session, desk)
    form = DeputyForm()
    form.offer(people)
    if not form.validate_on_submit():
        page = render_template("contributions/pass_on.html", token=token, desk=desk, form=form)
        return page, 400 if form.errors else 200
    with transaction() as session:
        desk = desk_behind(session, token)
        deputy = queries.deputy_of(session, desk, form.person.data)
        handing_on.pass_to_deputy(session, desk, deputy, settings=settings(), now=now())
    return render_template("contributions/passed_on.html", desk=desk, deputy=deputy)


@blueprint.get("/answer/<token>/group")
@public
def group(token: str) -> str:
    """The answers of the chair's group, as far as their markings go."""
    with reading() as session:
        desk = _chairs_desk(session, token)
        found = queries.answers_of_party(session, desk.party.id or 0)
        return render_template(
            "contributions/group.html",
            token=token,
            desk=desk,
            answers=[(one, _shown(one, desk)) for one in found],
            files_of=queries.files_handed_in,
        )


@blueprint.post("/answer/<token>/group/done")
@public
def group_done(token: str) -> Response:
    """The chair says that the group has answered."""
    with transaction() as session:
        handing_on.mark_group_done(session, desk_behind(session, token), now=now())
    flash(_("Your group is done: nobody of it is reminded any more."))
    return redirect(url_for("contributions.group", token=token), 303)


@blueprint.post("/answer/<token>/group/reopen")
@public
def group_reopened(token: str) -> Response:
    """The chair takes that back."""
    with transaction() as session:
        handing_on.reopen_group(session, desk_behind(session, token), now=now())
    flash(_("Your group is open again."))
    return redirect(url_for("contributions.group", token=token), 303)


@blueprint.get("/answer/<token>/group/<int:contribution_id>/files/<int:attachment_id>")
@public
def group_file(token: str, contribution_id: int, attachment_id: int) -> Response:
    """A file of an answer of the chair's group."""
    with reading() as session:
        desk = _chairs_desk(session, token)
        found = queries.answers_of_party(session, desk.party.id or 0)
        answer = next((one for one in found if one.id == contribution_id and _may_open(one, desk)), None)
        return sent_file(queries.file_for_readers(answer, attachment_id))


def _chairs_desk(session: Session, token: str) -> queries.Desk:
    desk = desk_behind(session, token)
    if not desk.is_chair:
        raise NotFound("There is no such page, or it is not for you to see.")
    return desk


def _may_open(answer: Contribution, desk: queries.Desk) -> bool:
    version = queries.handed_in(answer)
    reading_ = Reading(
        wrote=answer.addressee_id == desk.addressee.id,
        takes_part=True,
        group_ids=frozenset({desk.party.group_id or 0}),
    )
    return may_open_answer(version.marking, frozenset(version.group_ids), reading_)


def _shown(answer: Contribution, desk: queries.Desk) -> object:
    """The answer rendered; None where its marking keeps it from the chair."""
    if not _may_open(answer, desk):
        return None
    return shown_version(queries.handed_in(answer), desk.questions)
