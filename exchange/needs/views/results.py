"""The board's order of a round's themes. The results themselves stand on the round's page (rounds.py)."""

from flask_babel import gettext as _
from sqlmodel import Session

from exchange.errors import Conflict
from exchange.models import NeedsRound
from exchange.needs import queries, ranking
from exchange.needs.actions import Decider
from exchange.needs.forms import RankingForm, typed_ranking
from exchange.needs.results import results_of, shown_round
from exchange.needs.views.blueprint import Page, blueprint, change_page, may_read, round_for
from exchange.rules.access.policy import Right
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import reading

NOT_YET = "Close the round first: results of an open one are shown to nobody."


@blueprint.route("/needs/rounds/<int:round_id>/ranking", methods=["GET", "POST"])
@requires(Permission.SEE_PROGRAMME)
def rank_needs(round_id: int) -> Page:
    """The themes with the largest need first, each with a place in the board's order and why."""
    with reading() as session:
        found = round_for(session, round_id, Right.WRITE)
        shown = shown_round(session, found, frozenset(), may_read)
        needs = queries.needs_of_round(session, found)
    if shown is None:
        raise Conflict(NOT_YET)
    theme_ids = [one.theme for one in shown.results.themes if one.network is not None]
    form = RankingForm(data=typed_ranking(found.version, theme_ids, needs))
    form.show(theme_ids)

    def change(session: Session, claimed: NeedsRound, decider: Decider) -> None:
        results = results_of(session, claimed)
        if results is None:
            raise Conflict(NOT_YET)
        ranking.rank(session, claimed, results, form.drafts(), by=decider)

    said = _("The order is noted. Each theme with a place is a need in the pipeline.")
    return change_page(
        round_id, form, change, template="needs/rank_needs.html", said=said, shown=shown, round=found
    )
