"""Pages of an ask that no stage plan makes, for who plans its subject: who has answered, questions, days.

They show nothing of what was answered: results stand on the page of the event or needs round. The page that
answers it is the one of every ask; those of a cycle's own asks are in cycle_answers.
"""

from collections.abc import Callable
from datetime import datetime

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.access.things import thing_of_ask
from exchange.answering import ask_changes
from exchange.answering.answer_status import status_of_asks
from exchange.answering.ask_days import due_day_of, is_over_for_all
from exchange.answering.asks import ask_by_id
from exchange.answering.results import results_of
from exchange.contributions import ask_questions
from exchange.contributions.extensions import Extension, extend
from exchange.contributions.forms import ExtensionForm
from exchange.contributions.question_set_forms import LastDayForm, QuestionSetForm, typed_questions
from exchange.contributions.views.blueprint import Page, blueprint
from exchange.errors import InvalidInput, NotFound
from exchange.mail.outbox.withdrawals import withdraw_chasing_about, withdraw_thanks
from exchange.mail.schedule.ask_letters import letters_of_ask
from exchange.models import Ask, RoundState
from exchange.rules.access.policy import Right, is_red
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import (
    allowed,
    ask_templates,
    now,
    reading,
    settings,
    signed_in,
    stage_plan,
    transaction,
)
from exchange.web.presentation.form_fields import VersionedForm
from exchange.web.presentation.refusals import Attempt, attempt


@blueprint.get("/asks/<int:ask_id>")
@requires(Permission.SEE_PROGRAMME)
def show_ask(ask_id: int) -> str:
    """Until when answers are taken, how many there are, and who has not answered."""
    with reading() as session:
        ask = _ask(session, ask_id, Right.READ)
        asked, results = status_of_asks(session, [ask], stage_plan()).asked, results_of(session, ask)
        return render_template(
            "contributions/show_ask.html",
            ask=ask,
            name=_name(ask),
            asked=asked,
            results=results,
            has_results=_has_results(session, ask),
            last_on=due_day_of(ask, stage_plan()),
            may_change=allowed(Right.CHANGE, thing_of_ask(ask.subject)),
            coming=_coming(session, ask) if allowed(Right.CHANGE, thing_of_ask(ask.subject)) else [],
            form=VersionedForm(data={"version": str(ask.version)}),
            now=now(),
        )


@blueprint.route("/asks/<int:ask_id>/questions", methods=["GET", "POST"])
@requires(Permission.SEE_PROGRAMME)
def ask_question_set(ask_id: int) -> Page:
    """Change the questions: words, order, kinds; answers stay with their question."""
    with reading() as session:
        ask = _with_own_questions(_ask(session, ask_id, Right.CHANGE))
        saved = typed_questions([ask_changes.planned_of(one) for one in ask.questions])
    form = QuestionSetForm(data={"version": str(ask.version), "questions": saved})
    tried = Attempt(form)
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            ask = _with_own_questions(_ask(session, ask_id, Right.CHANGE))
            new, version = form.planned(ask), form.opened_version
            ask_changes.change_questions(
                session, ask, new, version=version, actor=signed_in().person, now=now()
            )
            withdraw_chasing_about(session, ask, "The questions were changed.")
        if tried.is_done:
            flash(_("The questions are saved. Whoever opens their link now sees them."))
            return redirect(url_for("contributions.show_ask", ask_id=ask_id), 303)
    page = render_template("contributions/ask_question_set.html", ask=ask, name=_name(ask), form=form)
    return page, tried.status


@blueprint.route("/asks/<int:ask_id>/last-day", methods=["GET", "POST"])
@requires(Permission.SEE_PROGRAMME)
def ask_last_day(ask_id: int) -> Page:
    """Take answers until another day."""
    with reading() as session:
        ask = _with_own_days(_ask(session, ask_id, Right.CHANGE))
    form = LastDayForm(data={"version": str(ask.version), "closes_on": ask.closes_on})
    tried = Attempt(form)
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            ask = _with_own_days(_ask(session, ask_id, Right.CHANGE))
            _refuse_after_results(session, ask, "closes_on")
            ask_changes.change_last_day(
                session,
                ask,
                form.closes_on.data,
                version=form.opened_version,
                actor=signed_in().person,
                now=now(),
            )
            _take_back_letters(session, ask, "The last day was changed.")
        if tried.is_done:
            flash(_("The last day is saved."))
            return redirect(url_for("contributions.show_ask", ask_id=ask_id), 303)
    return render_template(
        "contributions/ask_last_day.html", ask=ask, name=_name(ask), form=form
    ), tried.status


@blueprint.post("/asks/<int:ask_id>/close")
@requires(Permission.SEE_PROGRAMME)
def close_ask(ask_id: int) -> Response:
    """Take no more answers."""
    return _changed(ask_id, ask_changes.close_ask, _("It is closed: answers are no longer taken."))


@blueprint.post("/asks/<int:ask_id>/reopen")
@requires(Permission.SEE_PROGRAMME)
def reopen_ask(ask_id: int) -> Response:
    """Take answers again."""
    return _changed(ask_id, ask_changes.reopen_ask, _("It is open again, until its last day."))


@blueprint.route("/asks/<int:ask_id>/extend/<what>/<int:row_id>", methods=["GET", "POST"])
@requires(Permission.SEE_PROGRAMME)
def extend_ask(ask_id: int, what: str, row_id: int) -> Page:
    """Take answers of those asked together ("party"), or of one person ("person"), until a later day."""
    with reading() as session:
        ask = _ask(session, ask_id, Right.CHANGE)
        row = ask_questions.extendable(session, what, row_id, ask_id=ask_id)
        name = ask_questions.name_of(row) or _("Everybody")
    form = ExtensionForm()
    tried = Attempt(form)
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            _refuse_after_results(session, _ask(session, ask_id, Right.CHANGE), "last_on")
            extend(
                session,
                ask_questions.extendable(session, what, row_id, ask_id=ask_id),
                Extension(form.last_on.data, signed_in().person, form.reason.data or ""),
                plan=stage_plan(),
                settings=settings(),
                now=now(),
            )
        if tried.is_done:
            flash(_("%(name)s can answer until the end of that day.", name=name))
            return redirect(url_for("contributions.show_ask", ask_id=ask_id), 303)
    return render_template("contributions/extend_ask.html", ask=ask, form=form, name=name), tried.status


def _ask(session: Session, ask_id: int, right: Right) -> Ask:
    """The ask, for who has the right. Raises NotFound; also for those of the stage plan."""
    ask = ask_by_id(session, ask_id)
    if ask.is_of_plan or not allowed(right, thing_of_ask(ask.subject)):
        raise NotFound("There is no such page, or it is not for you to see.")
    return ask


def _has_results(session: Session, ask: Ask) -> bool:
    """Whether there is something to download: of findings at once, of others once nobody can answer.

    Never at TLP:RED.
    """
    if is_red(thing_of_ask(ask.subject)):
        return False
    if ask.needs_round is not None:
        return ask.needs_round.state is RoundState.CLOSED
    return ask.findings_round_id is not None or is_over_for_all(session, ask, now())


def _coming(session: Session, ask: Ask) -> list[tuple[str, int, datetime]]:
    """Letters to come, as if nobody answered from now on: the name, how many, when the first leaves."""
    template = ask_templates().get(ask.template)
    if template is None:
        return []
    letters = letters_of_ask(session, ask, template, plan=stage_plan(), now=now())
    by_name: dict[str, list[datetime]] = {}
    for one in letters:
        by_name.setdefault(one.letter.rule.name, []).append(one.due_at)
    return [(name, len(moments), min(moments)) for name, moments in by_name.items()]


def _with_own_questions(ask: Ask) -> Ask:
    """The ask, unless what it asks is what progress is kept by. Raises NotFound."""
    if ask.findings_round_id is not None:
        raise NotFound("The questions about findings stay as they are.")
    return ask


def _with_own_days(ask: Ask) -> Ask:
    """The ask, unless its round opens and closes it. Raises NotFound."""
    if ask.needs_round_id is not None:
        raise NotFound("A needs round is opened and closed on its own page.")
    return ask


def _refuse_after_results(session: Session, ask: Ask, field: str) -> None:
    """Raises InvalidInput once results may have been seen: a second look would tell the answer that came."""
    if is_over_for_all(session, ask, now()):
        raise InvalidInput(
            "Its last day is over and results can be seen: one answer more could be told from them.",
            field=field,
        )


def _name(ask: Ask) -> str:
    """As the templates call it; its key when they have it no more."""
    template = ask_templates().get(ask.template)
    return template.name if template else ask.template


def _changed(ask_id: int, change: Callable[..., None], said: str) -> Response:
    form = VersionedForm()
    with transaction() as session:
        ask = _with_own_days(_ask(session, ask_id, Right.CHANGE))
        change(session, ask, version=form.opened_version, actor=signed_in().person, now=now())
        _take_back_letters(session, ask, "It was closed, or opened again.")
    flash(said)
    return redirect(url_for("contributions.show_ask", ask_id=ask_id), 303)


def _take_back_letters(session: Session, ask: Ask, why: str) -> None:
    """All that say until when it is open."""
    withdraw_chasing_about(session, ask, why)
    withdraw_thanks(session, ask_id=ask.id, why=why)
