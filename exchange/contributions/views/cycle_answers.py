"""Pages of a cycle's answers for people who are signed in: read them, and for planners questions and days."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from exchange import audit
from exchange.access.things import thing_of_task
from exchange.answering.answer_status import answer_status
from exchange.answering.ask_days import due_day
from exchange.answering.eager_loading import cycle_of
from exchange.answering.personal_links import found_link, link_for, task_of
from exchange.contributions import ask_questions, queries
from exchange.contributions.extensions import Extension
from exchange.contributions.extensions import extend as extend_answers
from exchange.contributions.forms import ExtensionForm, QuestionsForm
from exchange.contributions.listed_answers import listed_answers, names_in_list
from exchange.contributions.rendered_answers import shown_version
from exchange.contributions.views.blueprint import Page, blueprint
from exchange.contributions.views.link_access import answer_plans
from exchange.contributions.views.reader_access import answer_for_reader, cycle_for_reader, openable
from exchange.errors import NotFound
from exchange.rules.access.policy import Right
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.programme.stage_plan import CycleAsk
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import (
    allowed,
    may,
    now,
    reading,
    settings,
    signed_in,
    stage_plan,
    transaction,
)
from exchange.web.http.received_files import sent_file
from exchange.web.presentation.paging import PER_PAGE, asked_page, asked_search, holds_all, page_of_list
from exchange.web.presentation.refusals import Attempt, attempt

ANSWERS_PAGE = "answers"  # in an address: the page of the second list


@blueprint.get("/cycles/<int:cycle_id>/answers")
@requires(Permission.SEE_PROGRAMME)
def answers(cycle_id: int) -> str:
    """Who has answered, for planners; the answers that the reader may open; and their own tasks.

    Fifty of each on a page, with a search by city, group and name.
    """
    search = asked_search()
    with reading() as session:
        cycle = cycle_for_reader(session, cycle_id)
        found = openable(listed_answers(session, cycle_id), cycle)
        asked = answer_status(session, [cycle], stage_plan()).asked if _plans() else []
        opened = [(one, queries.handed_in(one)) for one in found if _is_called(search, *names_in_list(one))]
        who = [one for one in asked if _is_called(search, one.party_name, one.holder.name, one.person.name)]
        return render_template(
            "contributions/answers.html",
            cycle=cycle,
            tasks=queries.parties_held_by(session, signed_in().person.id or 0, cycle_id),
            answers=page_of_list(opened, asked_page(ANSWERS_PAGE)),
            takes_along=cycle.marking != Marking.RED and bool(found),
            who=page_of_list(who, asked_page()),
            asked=len(asked),
            answered=sum(not one.is_silent for one in asked),
            asks=ask_questions.questions_of(session, cycle, stage_plan()) if _plans() else {},
            due_on=due_day(cycle, stage_plan(), CycleAsk.CITIES),
            search=search,
            is_long=max(len(found), len(asked)) > PER_PAGE,
            ANSWERS_PAGE=ANSWERS_PAGE,
            now=now(),
        )


@blueprint.post("/tasks/<int:addressee_id>/open")
@requires(Permission.SEE_PROGRAMME)
def open_task(addressee_id: int) -> Response:
    """Go to the page of one's own task without the letter: the link is made, or made again."""
    with transaction() as session:
        access = queries.answer_access(session, addressee_id, plans=answer_plans(), now=now())
        if not allowed(Right.ANSWER, thing_of_task(access.addressee, access.subject)):
            raise NotFound("There is no such page, or it is not for you to see.")
        task = task_of(access.addressee)
        url = link_for(session, task, to=access.holder, settings=settings(), now=now())
        token = url.rpartition("/")[2]
        link = found_link(session, token)
        if (
            link is not None and link.created_at == now()
        ):  # by no letter, which would have an entry of its own
            audit.record(
                session,
                actor=signed_in().person,
                action="make link to answer",
                subject=access.subject_key,
                now=now(),
            )
    return redirect(url_for("contributions.answer", token=token), 303)


@blueprint.get("/contributions/<int:contribution_id>")
@requires(Permission.SEE_PROGRAMME)
def contribution(contribution_id: int) -> str:
    """One answer as it was handed in last, inside its ring."""
    with reading() as session:
        found = answer_for_reader(session, contribution_id)
        version = queries.handed_in(found)
        return render_template(
            "contributions/contribution.html",
            answer=found,
            version=version,
            shown=shown_version(version, found.party.ask),
            files=queries.files_handed_in(found),
            groups=[group.name for group in found.groups if group.id in version.group_ids],
        )


@blueprint.get("/contributions/<int:contribution_id>/files/<int:attachment_id>")
@requires(Permission.SEE_PROGRAMME)
def contribution_file(contribution_id: int, attachment_id: int) -> Response:
    """A file of an answer, inside its ring."""
    with reading() as session:
        return sent_file(queries.file_for_readers(answer_for_reader(session, contribution_id), attachment_id))


@blueprint.route("/cycles/<int:cycle_id>/questions/<kind>", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def questions(cycle_id: int, kind: str) -> Page:
    """Change the questions of one ask."""
    which = _kind(kind)
    with reading() as session:
        cycle = cycle_of(session, cycle_id)
        asked = ask_questions.questions_of(session, cycle, stage_plan())[which]
    form = QuestionsForm(data={"version": str(asked.version), "questions": "\n".join(asked.texts)})
    tried = Attempt(form)
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            ask_questions.change_questions(
                session,
                cycle_of(session, cycle_id),
                ask_questions.Questions(which, form.lines, form.version.data or ""),
                plan=stage_plan(),
                actor=signed_in().person,
                now=now(),
            )
        if tried.is_done:
            flash(_("The questions are saved. Whoever opens their link now sees them."))
            return redirect(url_for("contributions.answers", cycle_id=cycle_id), 303)
    page = render_template("contributions/questions.html", cycle=cycle, form=form, kind=which, asked=asked)
    return page, tried.status


@blueprint.route("/cycles/<int:cycle_id>/extend/<what>/<int:row_id>", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def extend(cycle_id: int, what: str, row_id: int) -> Page:
    """Take answers of a city or group ("party"), or of one person ("person"), until a later day."""
    with reading() as session:
        row = ask_questions.extendable(session, what, row_id, cycle_id=cycle_id)
        cycle, name = cycle_of(session, cycle_id), ask_questions.name_of(row)
    form, told = ExtensionForm(), 0
    tried = Attempt(form)
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            told = extend_answers(
                session,
                ask_questions.extendable(session, what, row_id, cycle_id=cycle_id),
                Extension(form.last_on.data, signed_in().person, form.reason.data or ""),
                plan=stage_plan(),
                settings=settings(),
                now=now(),
            )
        if tried.is_done:
            flash(_("%(name)s can answer until the end of that day.", name=name))
            flash(
                ngettext("%(num)s letter says so.", "%(num)s letters say so.", told)
                if told
                else _("Nobody there still owes an answer, so no letter goes out.")
            )
            return redirect(url_for("contributions.answers", cycle_id=cycle_id), 303)
    page = render_template("contributions/extend.html", cycle=cycle, form=form, name=name)
    return page, tried.status


def _is_called(search: str, *names: str) -> bool:
    return holds_all(" ".join(names), search.casefold().split())


def _plans() -> bool:
    return may(Permission.PLAN_PROGRAMME)


def _kind(word: str) -> CycleAsk:
    if word not in set(CycleAsk):
        raise NotFound("There is no such page.")
    return CycleAsk(word)
