"""The button that lets another of the plans to choose from be the plan."""

from flask import flash, request
from flask_babel import gettext as _

from exchange.planning import actions
from exchange.planning.pages.blueprint import Page, blueprint, to_plan
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import now, signed_in, transaction


@blueprint.post("/plans/<int:plan_id>/choose")
@requires(Permission.PLAN_PROGRAMME)
def choose_plan(plan_id: int) -> Page:
    """Show and take the plan of this name from now on; nothing is in the programme by that."""
    with transaction() as session:
        found = actions.claim_request(session, plan_id)
        name = request.form.get("choice", "")
        actions.choose_plan(session, found, name, actor=signed_in().person, now=now())
    flash(_("This is the plan now. Nothing of it is in the programme yet."))
    return to_plan(plan_id)
