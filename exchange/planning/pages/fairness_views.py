"""The fairness page: what each city has borne and is planned to bear, against the mean."""

from collections.abc import Iterable

from flask import render_template
from flask_babel import gettext as _

from exchange.access.things import LEDGER
from exchange.errors import NotFound
from exchange.planner.problem.hour_burdens import Band
from exchange.planning.burdens.ledger import Account, Cost, Ledger, in_band, points_of
from exchange.planning.pages import queries
from exchange.planning.pages.blueprint import blueprint, weights
from exchange.planning.presentation.bar_charts import Bar, Mark, Segment, bar_chart
from exchange.rules.access.policy import Right
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import allowed, may, now, reading, signed_in, stage_plan, today

CHART_WIDE, CHART_NARROW = 760, 330


@blueprint.get("/fairness")
@requires(Permission.SEE_PROGRAMME)
def fairness() -> str:
    """Everybody in the network may see it; drafts and what is TLP:RED count only for those who plan."""
    if not allowed(Right.READ, LEDGER):
        raise NotFound("There is no such page.")
    plans = may(Permission.PLAN_PROGRAMME)
    with reading() as session:
        found = queries.ledger(session, now(), today(), plan=stage_plan(), weights=weights())
    shown = found if plans else for_everybody(found)
    own_id = signed_in().person.city_id
    accounts = sorted(shown.accounts, key=lambda account: account.calendar.city_id != own_id)
    bars = [_bar(account, account.calendar.city_id == own_id) for account in accounts]
    marks = [Mark("chart-mean", shown.mean, str(_("mean %(points)s", points=f"{shown.mean:.1f}")))]
    return render_template(
        "planning/fairness.html",
        ledger=shown,
        accounts=accounts,
        own_id=own_id,
        plans=plans,
        weeks=queries.PAST_WEEKS,
        weights=weights(),
        Band=Band,
        in_band=in_band,
        points_of=points_of,
        wide=bar_chart(bars, marks, CHART_WIDE),
        narrow=bar_chart(bars, marks, CHART_NARROW),
    )


def for_everybody(ledger: Ledger) -> Ledger:
    """The ledger as people see it who do not plan: without drafts, and without what is TLP:RED."""
    accounts = (Account(a.calendar, _told(a.borne), _told(a.ahead)) for a in ledger.accounts)
    return Ledger(tuple(accounts), ledger.weights)


def _told(costs: Iterable[Cost]) -> tuple[Cost, ...]:
    return tuple(cost for cost in costs if not cost.meeting.is_private)


def _bar(account: Account, is_own: bool) -> Bar:
    borne, ahead = points_of(account.borne), points_of(account.ahead)
    drafts = points_of(account.drafts)
    return Bar(
        account.calendar.city,
        (
            Segment("chart-before", borne, str(_("%(points)s borne", points=borne))),
            Segment("chart-planned", ahead, str(_("%(points)s published to come", points=ahead))),
            Segment("chart-draft", drafts, str(_("%(points)s in drafts", points=drafts))),
        ),
        is_own=is_own,
    )
