"""Tick: solve one plan that was asked for, in a child process."""

import structlog

from exchange.planning.search_processes.claims import claim_next, give_up, has_work
from exchange.planning.search_processes.solve_requests import SearchContext, solve_claimed
from jobs.context import Context

LEFT_BEHIND = "The search ended without a word, each time it was tried. Plan fewer weeks at once."

log = structlog.get_logger("exchange.jobs")


def solve_plans(context: Context) -> str:
    """Claim the oldest request and work on it until it is done."""
    settings, now = context.settings, context.now()
    with context.database.reading() as session:
        if not has_work(session):
            return "nothing to plan"  # looked for without a lock first: on SQLite a writer keeps all waiting
    with context.database.transaction() as session:
        give_up(session, now, stale_seconds=settings.plan_stale_seconds, failure=LEFT_BEHIND)
        claim = claim_next(session, context.worker, now, stale_seconds=settings.plan_stale_seconds)
    if claim is None:
        return "nothing to plan"
    log.info("plan begun", plan=claim.id)
    search = SearchContext(context.database, context.now, context.stopping.is_set, settings.plan_megabytes)
    return solve_claimed(search, claim)
