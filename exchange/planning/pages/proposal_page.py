"""What the page of a proposal shows, put together. It saves nothing."""

from collections.abc import Sequence

from sqlmodel import Session

from exchange.planner.plan import Status
from exchange.planning.pages.blueprint import entries_of, own_slug
from exchange.planning.presentation.bar_charts import bar_chart
from exchange.planning.presentation.planner_sentences import changes_of
from exchange.planning.presentation.shown_choices import ShownChoice, rows_of, shown_choices, spread_at
from exchange.planning.presentation.shown_proposal import (
    allowance_for,
    bars_of,
    first_day_of,
    marks_of,
)
from exchange.planning.presentation.words import CHOICES
from exchange.planning.presentation.year_pictures import pictures_of
from exchange.planning.proposal.adoption import is_untouched
from exchange.planning.proposal.blocks import findings_of_entries
from exchange.planning.proposal.entry_needs import needs_of_entries
from exchange.planning.proposal.entry_rows import Proposal, links_of
from exchange.web.access.request_context import now, stage_plan

CHART_WIDE, CHART_NARROW = 760, 330


def proposal_page(session: Session, shown: Proposal) -> dict[str, object]:
    """All that the page of a proposal shows."""
    bars = bars_of(shown, own_slug())
    marks = marks_of(bars)
    values = {each.name: each for each in shown.plan.objective}
    choices = shown_choices(shown)
    return {
        "proposal": shown,
        "choices": choices,
        "choice_rows": rows_of(shown, choices, own_slug()),
        "choice_words": CHOICES,
        "can_choose": len(choices) > 1 and not links_of(session, shown.request.id or 0),
        "spread": next(each.spread for each in choices if each.is_own),
        "findings": findings_of_entries(session, shown, stage_plan(), now()),
        "entries": entries_of(shown),
        "answers": needs_of_entries(session, shown),
        "pictures": pictures_of(session, shown),
        "bars": bars,
        "chart_wide": bar_chart(bars, marks, CHART_WIDE),
        "chart_narrow": bar_chart(bars, marks, CHART_NARROW),
        "host_names": {city.id: city.name for city in shown.problem.cities},
        "mean": sum(bar.total for bar in bars) / len(bars) if bars else 0,
        "worst": values.get("worst"),
        "changes": changes_of(shown),
        "moves": values.get("moves"),
        "trade": _trade(shown, choices),
        "is_proven": shown.plan.status is Status.OPTIMAL,
        "first_day": first_day_of(shown),
        "untouched": [place for place in shown.places.values() if is_untouched(place)],
    }


def _trade(shown: Proposal, choices: Sequence[ShownChoice]) -> list[tuple[int, int, float | None, int]]:
    """Worst, total, the spread where a plan is known there, and the allowance in percent that asks for it."""
    points = sorted((each.worst, each.total) for each in shown.plan.trade)
    least = points[0][0] if points else 0
    better = [
        (worst, total)
        for n, (worst, total) in enumerate(points)
        if not n or total < points[n - 1][1]  # more for one city that saves nothing is no trade
    ]
    return [(worst, total, spread_at(choices, worst), allowance_for(worst, least)) for worst, total in better]
