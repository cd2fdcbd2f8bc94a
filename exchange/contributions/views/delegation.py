"""More pages behind the link of a letter: hand the task on, and what the chair of a group sees and does."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.access.things import thing_of_answer
from exchange.contributions import delegation, queries
from exchange.contributions.forms import DeputyForm
from exchange.contributions.rendered_answers import Shown, shown_version
from exchange.contributions.views.blueprint import Page, blueprint
from exchange.contributions.views.link_access import access_by_link
from exchange.contributions.views.own_answer import sent_file
from exchange.errors import NotFound
from exchange.models import Contribution
from exchange.rules.access import policy
from exchange.rules.access.policy import Right
from exchange.web.access.permissions import public
from exchange.web.access.request_context import now, reading, settings, transaction


@blueprint.route("/answer/<token>/pass", methods=["GET", "POST"])
@public
def pass_on(token: str) -> Page:
    """Hand the task to a deputy; the link that was used ends with it."""
    with reading() as session:
        access = access_by_link(session, token)
        people = delegation.deputies(session, access, now())
    form = DeputyForm()
    form.offer(people)
    if not form.validate_on_submit():
        page = render_template("contributions/pass_on.html", token=token, access=access, form=form)
        return page, 400 if form.errors else 200
    with transaction() as session:
        access = access_by_link(session, token)
        deputy = delegation.deputy_of(session, access, form.person.data, now())
        delegation.pass_to_deputy(session, access, deputy, settings=settings(), now=now())
    return render_template("contributions/passed_on.html", access=access, deputy=deputy)


@blueprint.get("/answer/<token>/group")
@public
def group(token: str) -> str:
    """How many of the chair's group have answered, and the answers that the chair may know of."""
    with reading() as session:
        access = _chair_access(session, token)
        found = queries.answers_of_party(session, access.party.id or 0)
        return render_template(
            "contributions/group.html",
            token=token,
            access=access,
            handed_in=len(found),
            answers=[(one, _shown(one, access)) for one in found if _may_open(one, access)],
            files_of=queries.files_handed_in,
        )


@blueprint.post("/answer/<token>/group/done")
@public
def group_done(token: str) -> Response:
    """The chair says that the group has answered."""
    with transaction() as session:
        delegation.mark_group_done(session, access_by_link(session, token), now=now())
    flash(_("Your group is done: nobody of it is reminded any more."))
    return redirect(url_for("contributions.group", token=token), 303)


@blueprint.post("/answer/<token>/group/reopen")
@public
def group_reopened(token: str) -> Response:
    """The chair takes that back."""
    with transaction() as session:
        delegation.reopen_group(session, access_by_link(session, token), now=now())
    flash(_("Your group is open again."))
    return redirect(url_for("contributions.group", token=token), 303)


@blueprint.get("/answer/<token>/group/<int:contribution_id>/files/<int:attachment_id>")
@public
def group_file(token: str, contribution_id: int, attachment_id: int) -> Response:
    """A file of an answer of the chair's group."""
    with reading() as session:
        access = _chair_access(session, token)
        found = queries.answers_of_party(session, access.party.id or 0)
        answer = next((one for one in found if one.id == contribution_id and _may_open(one, access)), None)
        return sent_file(queries.file_for_readers(answer, attachment_id))


def _chair_access(session: Session, token: str) -> queries.AnswerAccess:
    access = access_by_link(session, token)
    if not access.is_chair:
        raise NotFound("There is no such page, or it is not for you to see.")
    return access


def _may_open(answer: Contribution, access: queries.AnswerAccess) -> bool:
    """Whether the chair whose link it is may open an answer of the group."""
    thing = thing_of_answer(answer, queries.handed_in(answer), access.subject)
    return policy.may(access.standing, Right.READ, thing)


def _shown(answer: Contribution, access: queries.AnswerAccess) -> Shown:
    return shown_version(queries.handed_in(answer), access.ask)
