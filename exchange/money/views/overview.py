"""The first page of money: agreements, the year in sums as each city counts it, rates and balances."""

from flask import render_template, request

from exchange.money import queries
from exchange.money.statements import parts_of
from exchange.money.views.blueprint import Page, blueprint, host_today
from exchange.rules.money.balances import LineKind
from exchange.rules.money.years import year_of
from exchange.web.access.permissions import Permission, requires
from exchange.web.access.request_context import reading, today
from exchange.web.http.id_numbers import clamped


@blueprint.get("/money")
@requires(Permission.SEE_PROGRAMME)
def overview() -> Page:
    """The agreement of today or the last one, with the sums of one year as one of its cities counts years."""
    with reading() as session:
        every = queries.agreements(session)
        agreed = [one for one in every if one.agreed_on]
        shown = next((one for one in agreed if one.starts_on <= host_today(one)), None)
        facts: dict[str, object] = {}
        if shown is not None:
            city_id = request.args.get("city", shown.host_city_id, type=int)
            party = next((one for one in shown.parties if one.city_id == city_id), None)
            month = party.year_begins if party else shown.host_year_begins
            years = queries.years_of(shown, month)
            present = year_of(min(host_today(shown), shown.ends_on), month)
            asked = clamped(request.args.get("year", present.first_on.year, type=int))
            year = next((one for one in years if one.first_on.year == asked), present)
            is_of_host = month == shown.host_year_begins
            totals = queries.totals_of_year(session, shown, year)
            span = queries.days_of(shown, year)
            facts = {
                "agreement": shown,
                "city_id": city_id,
                "years": years,
                "year": year,
                "totals": totals,
                "is_of_host": is_of_host,
                "is_over": host_today(shown) > span[1],
                "year_end": queries.year_end_on(session, span[1]) if is_of_host else None,
                "parts": parts_of(shown, totals.of(LineKind.BUDGET), span) if span[0] <= span[1] else [],
                "names": {payer.id: payer.organisation for party in shown.parties for payer in party.payers},
            }
        return render_template(
            "money/overview.html",
            every=every,
            beyond=queries.last_agreed_day(session, today()),
            kinds=list(LineKind),
            **facts,
        )
