"""Pages of decisions: the list with a search, one decision, and the forms of a new and a saved one."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.access.board_things import thing_of_decision
from exchange.access.named_people import addresses_of
from exchange.access.offered_themes import themes_to_offer
from exchange.answering.decisions import known_decision, known_decisions
from exchange.boards import decision_actions, queries
from exchange.boards.forms import DecisionForm, typed_decision
from exchange.boards.views.blueprint import Page, blueprint, by, may_read
from exchange.errors import NotFound
from exchange.markdown import rendered
from exchange.models import BoardDecision
from exchange.rules.access.policy import Right
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import allowed, may, reading, standing, today, transaction
from exchange.web.presentation.date_formats import short_day
from exchange.web.presentation.paging import asked_page, asked_search, holds_all, page_of_list
from exchange.web.presentation.refusals import Attempt, attempt


@blueprint.get("/governance/decisions")
@requires(Permission.SEE_PROGRAMME)
def decisions() -> Page:
    """The decisions that the reader may know of, the newest first, fifty on a page, with a search."""
    search = asked_search()
    with reading() as session:
        known = _found(known_decisions(session, standing()), search)
        return render_template(
            "boards/decisions.html",
            page=page_of_list(known, asked_page()),
            search=search,
            plans=may(Permission.PLAN_PROGRAMME),
        )


@blueprint.get("/governance/decisions/<int:decision_id>")
@requires(Permission.SEE_PROGRAMME)
def show_decision(decision_id: int) -> Page:
    """One decision, with its meeting where the reader may know of that."""
    with reading() as session:
        found = _decision(session, decision_id)
        return render_template(
            "boards/show_decision.html",
            decision=found,
            knows_meeting=found.meeting is not None and may_read(found.meeting),
            rendered=rendered,
            changes=allowed(Right.CHANGE, thing_of_decision(found)),
        )


@blueprint.route("/governance/decisions/new", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def new_decision() -> Page:
    """The form of a new decision."""
    form = DecisionForm(data={"version": 0, "decided_on": today()})
    with reading() as session:
        _offer(session, form)
    tried, decision_id = Attempt(form), 0
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            decision_id = decision_actions.write_decision(session, form.draft(), by=by()).id or 0
        if tried.is_done:
            flash(_("The decision is kept."))
            return _to_decision(decision_id)
    return render_template("boards/new_decision.html", form=form), tried.status


@blueprint.route("/governance/decisions/<int:decision_id>/edit", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def edit_decision(decision_id: int) -> Page:
    """The form of a saved decision."""
    with reading() as session:
        found = _decision(session, decision_id)
        if not allowed(Right.CHANGE, thing_of_decision(found)):
            raise NotFound("There is no such decision.")
        form = DecisionForm(data=typed_decision(found, addresses_of(session, found.named_ids)))
        _offer(session, form, found)
    tried = Attempt(form)
    if form.validate_on_submit():
        with attempt(form) as tried, transaction() as session:
            claimed = queries.claim_decision(session, decision_id, version=form.opened_version)
            decision_actions.edit_decision(session, claimed, form.draft(), reason=form.reason.data, by=by())
        if tried.is_done:
            flash(_("Saved."))
            return _to_decision(decision_id)
    return render_template("boards/edit_decision.html", form=form, decision=found), tried.status


def _found(known: Sequence[BoardDecision], search: str) -> list[BoardDecision]:
    """Those in whose reference, title, text, board or themes every word stands."""
    words = search.casefold().split()
    return [one for one in known if holds_all(_text(one), words)]


def _text(decision: BoardDecision) -> str:
    themes = " ".join(one.name for one in decision.themes)
    return f"{decision.reference} {decision.title} {decision.text} {decision.board.name} {themes}"


def _offer(session: Session, form: DecisionForm, present: BoardDecision | None = None) -> None:
    meetings = [one for one in queries.all_meetings(session) if may_read(one)]
    offered = [(one.id or 0, f"{one.board.name}, {short_day(one.on_local)}: {one.title}") for one in meetings]
    kept = present.meeting_id if present else None
    if kept is not None and kept not in {number for number, _words in offered}:
        offered.append((kept, _("A meeting that is not open to you")))
    boards = [(one.id or 0, one.name) for one in queries.boards(session)]
    form.offer(boards, offered, themes_to_offer(session))


def _decision(session: Session, decision_id: int) -> BoardDecision:
    """The decision, to somebody who may read it; to everybody else there is none."""
    found = known_decision(session, decision_id, standing())
    if found is None:
        raise NotFound("There is no such decision.")
    return found


def _to_decision(decision_id: int) -> Response:
    return redirect(url_for("boards.show_decision", decision_id=decision_id), 303)
