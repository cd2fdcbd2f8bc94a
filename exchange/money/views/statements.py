"""A payer's statement of one year: a sheet to print. Its table is among the exports."""

from flask import render_template

from exchange.money.statements import statement_for
from exchange.money.views.blueprint import Page, blueprint, decision_shown
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import reading


@blueprint.get("/money/parties/<int:party_id>/payers/<int:organisation_id>/<int:year>/statement")
@requires(Permission.SEE_PROGRAMME)
def statement(party_id: int, organisation_id: int, year: int) -> Page:
    """The statement on one page; organisation 0 is for what no payer was given."""
    with reading() as session:
        found = statement_for(session, party_id, organisation_id, year)
        return render_template(
            "money/statement.html",
            statement=found,
            address=(party_id, organisation_id, year),
            decision=decision_shown(session, found.decision_id),
        )
