"""The page that plans the rest again, with entries kept, moved or forbidden."""

from flask import flash, render_template, request
from flask_babel import gettext as _

from exchange.planning import actions
from exchange.planning.pages.blueprint import Page, blueprint, entries_of, proposal, to_plan
from exchange.planning.pages.forms import AgainForm
from exchange.planning.proposal.choosing import check_choice
from exchange.planning.proposal.replanning import FREE, KEEP, MOVE, NOT_THEN, entry_wishes, problem_again
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import now, reader_time_zone, reading, signed_in, transaction
from exchange.web.presentation.refusals import Attempt, attempt


@blueprint.route("/plans/<int:plan_id>/again", methods=["GET", "POST"])
@requires(Permission.PLAN_PROGRAMME)
def plan_again(plan_id: int) -> Page:
    """What is to become of each entry; POST asks for the new plan."""
    with reading() as session:
        shown = proposal(session, plan_id)
        form = AgainForm(data={"seconds": shown.request.seconds_most, "choice": shown.plan.choice})
        tried, made = Attempt(form), 0
        if form.validate_on_submit():
            with attempt(form) as tried:
                made = _asked(plan_id, form)
        if tried.is_done:
            flash(_("The rest is planned again with the fewest changes."))
            return to_plan(made)
        form.choice.data = shown.plan.choice  # of the days that this page shows
        page = render_template(
            "planning/plan_again.html",
            plan_request=shown.request,
            entries=entries_of(shown),
            form=form,
            typed=request.form,
            actions_offered={
                FREE: _("May move"),
                KEEP: _("Stays"),
                MOVE: _("Moves to"),
                NOT_THEN: _("Not on this day"),
            },
        )
        return page, tried.status


def _asked(plan_id: int, form: AgainForm) -> int:
    """The id of the new request."""
    with transaction() as session:
        shown = proposal(session, plan_id)
        check_choice(shown.plan, form.choice.data)
        wishes = entry_wishes(request.form, shown)
        made = actions.ask_for_plan(
            session,
            problem_again(shown, wishes, reader_time_zone()),
            wishes=shown.request.wishes,
            seconds=form.seconds.data or 0,
            actor=signed_in().person,
            now=now(),
            parent=shown.request,
        )
        return made.id or 0
