"""Tick: send sign-in links to whoever asked for one and is in the network.

Not the page that was asked: it answers everybody alike, and at once.
"""

from exchange.accounts.actions import answer_request, waiting_requests
from jobs.context import Context

MOST = 100  # in one tick; the next one is seconds away


def answer_sign_ins(context: Context) -> str:
    """Look up who asked, each request in a transaction of its own."""
    with context.database.reading() as session:
        waiting = waiting_requests(session, MOST)
    for request_id in waiting:
        with context.database.transaction() as session:
            answer_request(session, request_id, settings=context.settings, now=context.now())
    return f"{len(waiting)} requests answered"
