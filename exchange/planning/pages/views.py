"""Pages of plans: what was asked for, the form, the search as it runs, the proposal."""

import json
from dataclasses import replace

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlmodel import Session

from exchange.audit import people_named
from exchange.errors import InvalidInput, NotFound
from exchange.models import PlanState
from exchange.planner.files.plan_file import plan_from
from exchange.planner.files.problem_changes import with_changes
from exchange.planner.files.problem_checks import check_not_past
from exchange.planner.files.problem_file import document_of, problem_from
from exchange.planner.solve import answer_why_not, has_solver
from exchange.planning import actions
from exchange.planning.pages import adoption_views, choice_views, fairness_views, queries, replanning_views
from exchange.planning.pages.blueprint import Page, blueprint, entries_of, proposal, to_plan, weights
from exchange.planning.pages.forms import ConfirmForm, FileForm, WishesForm
from exchange.planning.pages.proposal_page import proposal_page
from exchange.planning.pages.wished_needs import KINDS, offered_needs, wished_needs
from exchange.planning.presentation.planner_sentences import progress_of
from exchange.planning.presentation.shown_proposal import first_day_of
from exchange.planning.presentation.words import ACTIONS
from exchange.planning.wishes.problem_from_wishes import Document, problem_document
from exchange.planning.wishes.relaxed_wishes import conflicts_of, relaxations, relaxed
from exchange.planning.wishes.rotation_hosts import rotation_hosts, with_rotation
from exchange.planning.wishes.wishes import Wishes, wishes_from
from exchange.rules.time.typed_times import exact_date
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import now, reading, signed_in, stage_plan, today, transaction
from exchange.web.http.id_numbers import clamped
from exchange.web.presentation.history import tell

__all__ = ["adoption_views", "blueprint", "choice_views", "fairness_views", "replanning_views"]

LOOK_AGAIN_SECONDS = 5  # without a script
SEARCHING = (PlanState.WAITING, PlanState.RUNNING)


@blueprint.get("/plans")
@requires(Permission.PLAN_PROGRAMME)
def plans() -> str:
    """What was asked for, newest first."""
    with reading() as session:
        return render_template("planning/plans.html", lines=queries.plan_lines(session))


@blueprint.route("/plans/new", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def new_plan() -> Page:
    """The form, filled with the usual or with what an earlier plan was asked for."""
    with reading() as session:
        wishes = _first_wishes(session) if request.method == "GET" else None
        # What is sent stands for itself alone.
        form = _offered(session, WishesForm(data=wishes.as_typed() if wishes else None))
        turns = rotation_hosts(session, wishes) if wishes else ()
        needs = offered_needs(session, request.form, wishes)
    if form.validate_on_submit():
        try:
            with transaction() as session:
                made = _ask(session, _typed_wishes(session, form))
        except InvalidInput as error:
            form.add_fault(error)
        else:
            flash(_("The search begins within seconds. You may leave this page; the plan waits for you."))
            return to_plan(made)
    page = render_template(
        "planning/new_plan.html",
        form=form,
        has_solver=has_solver(),
        turns=turns,
        needs=needs,
        need_kinds=KINDS,
    )
    return page, 400 if form.errors else 200


@blueprint.route("/plans/from-file", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def plan_from_file() -> Page:
    """A PROBLEM.json of the command line, planned here."""
    form = FileForm(data={"seconds": 120, "text": _mended_problem()})
    if form.validate_on_submit():
        try:
            problem = _pasted(form.text.data)
            with transaction() as session:
                made = actions.ask_for_plan(
                    session,
                    problem,
                    wishes={},
                    seconds=form.seconds.data or 0,
                    actor=signed_in().person,
                    now=now(),
                )
        except InvalidInput as error:
            error.field = "seconds" if error.field == "seconds" else "text"
            form.add_error(error)
        else:
            return to_plan(made.id or 0)
    return render_template("planning/plan_from_file.html", form=form), 400 if form.errors else 200


@blueprint.get("/plans/<int:plan_id>")
@requires(Permission.PLAN_PROGRAMME)
def show_plan(plan_id: int) -> str:
    """The search as it runs, or what came of it."""
    with reading() as session:
        found = queries.plan_request(session, plan_id)
        entries = queries.history_of(session, plan_id)
        common = {
            "plan_request": found,
            "asked_by": queries.asked_by(session, found),
            "history": tell(
                entries, actions=ACTIONS, facts=lambda _entry: [], people=people_named(session, entries)
            ),
        }
        if found.state in SEARCHING:
            return render_template(
                "planning/running_plan.html",
                look_again=LOOK_AGAIN_SECONDS,
                progress=progress_of(found),
                form=ConfirmForm(),
                **common,
            )
        if found.plan is None:
            return render_template("planning/failed_plan.html", **common)
        shown = proposal(session, plan_id)
        if not shown.plan.entries:
            return render_template(
                "planning/no_plan.html",
                proposal=shown,
                conflicts=conflicts_of(shown.plan),
                relaxations=relaxations(shown.plan),
                **common,
            )
        return render_template(
            "planning/show_plan.html",
            children=queries.children_of(session, plan_id),
            **proposal_page(session, shown),
            **common,
        )


@blueprint.get("/plans/<int:plan_id>/why-not")
@requires(Permission.PLAN_PROGRAMME)
def why_not_day(plan_id: int) -> str:
    """What keeps an entry off a day that somebody asks about."""
    with reading() as session:
        shown = proposal(session, plan_id)
        entries = entries_of(shown)
        asked = next((e for e in entries if e.entry.name == request.args.get("entry")), None)
        if asked is None:
            raise NotFound("This plan has no such entry.")
        try:
            on, fault = exact_date(request.args.get("on", "")), ""
        except ValueError:
            on, fault = first_day_of(shown), _("Give the day as year, month and day.")
        return render_template(
            "planning/why_not_day.html",
            plan_request=shown.request,
            entries=entries,
            asked=asked,
            on=on,
            answer=[] if fault else answer_why_not(shown.problem, shown.plan, asked.entry.name, on),
            is_in_horizon=shown.problem.start_on <= on <= shown.problem.last_on,
            fault=fault,
        )


@blueprint.post("/plans/<int:plan_id>/stop")
@requires(Permission.PLAN_PROGRAMME)
def stop_plan(plan_id: int) -> Page:
    """End the search; the best plan so far is kept."""
    with transaction() as session:
        found = actions.claim_request(session, plan_id)
        actions.stop_plan(session, found, actor=signed_in().person, now=now())
    flash(_("The search is asked to stop. What it has found by then is kept."))
    return to_plan(plan_id)


@blueprint.route("/plans/<int:plan_id>/delete", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def delete_plan(plan_id: int) -> Page:
    """Forget a plan, after a question."""
    form = ConfirmForm()
    if form.validate_on_submit():
        with transaction() as session:
            found = actions.claim_request(session, plan_id)
            actions.delete_plan(session, found, actor=signed_in().person, now=now())
        flash(_("The plan is deleted. What was taken from it stays in the programme."))
        return redirect(url_for("planning.plans"), 303)
    with reading() as session:
        found = queries.plan_request(session, plan_id)
        return render_template("planning/delete_plan.html", plan_request=found, form=form)


@blueprint.get("/plans/<int:plan_id>/<any('problem', 'plan'):what>.json")
@requires(Permission.PLAN_PROGRAMME)
def plan_file(plan_id: int, what: str) -> FlaskResponse:
    """PROBLEM.json or PLAN.json, as the command line reads and writes them."""
    with reading() as session:
        found = queries.plan_request(session, plan_id)
        document = found.problem if what == "problem" else found.plan
    if document is None:
        raise NotFound("There is no plan yet.")
    text = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
    answer = FlaskResponse(text, mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="{what}-{plan_id}.json"'
    return answer


def _mended_problem() -> str:
    """With ?like= the problem of an earlier plan, with ?repair= changed as its planner said would do."""
    like, number = clamped(request.args.get("like", type=int)), request.args.get("repair", type=int)
    if like is None:
        return ""
    with reading() as session:
        earlier = queries.plan_request(session, like)
        repairs = plan_from(earlier.plan).repairs if earlier.plan is not None else ()
        chosen = number is not None and 0 <= number < len(repairs)
        changes = repairs[number].changes if number is not None and chosen else {}
        return json.dumps(with_changes(earlier.problem, changes), indent=1, ensure_ascii=False)


def _first_wishes(session: Session) -> Wishes:
    """The usual ones; with ?like= those of an earlier plan, with ?relax= one of them loosened."""
    like = clamped(request.args.get("like", type=int))
    if like is None:
        return with_rotation(session, queries.usual_wishes(session, today(), stage_plan()))
    earlier = queries.plan_request(session, like)
    if not earlier.wishes:
        raise InvalidInput("This plan was made from a file: change the file, and paste it again.")
    return relaxed(wishes_from(earlier.wishes), request.args.get("relax", ""), request.args.get("to", ""))


def _offered(session: Session, form: WishesForm) -> WishesForm:
    start = form.start_on.data or today()
    form.offer(queries.hosts_on(session, start), start, stage_plan().duration_weeks)
    return form


def _typed_wishes(session: Session, form: WishesForm) -> Wishes:
    wishes = form.wishes()
    return replace(wishes, needs=wished_needs(session, request.form, wishes))


def _ask(session: Session, wishes: Wishes) -> int:
    problem = problem_document(session, wishes, plan=stage_plan(), weights=weights(), now=now())
    made = actions.ask_for_plan(
        session,
        problem,
        wishes=wishes.as_document(),
        seconds=wishes.seconds,
        actor=signed_in().person,
        now=now(),
    )
    return made.id or 0


def _pasted(text: str) -> Document:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("This is not JSON: %(cause)s.", cause=error) from error
    problem = problem_from(document)
    check_not_past(problem, today())
    return document_of(problem)
