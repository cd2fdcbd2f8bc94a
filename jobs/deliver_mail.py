"""Tick: send the letters that are due."""

import structlog

from exchange.mail.outbox.delivered import Delivered
from exchange.mail.outbox.delivery import deliver_due
from jobs.context import Context

log = structlog.get_logger("exchange.jobs")


def deliver_mail(context: Context) -> str:
    """Send due letters until none is left or the process should end.

    In runs of some hundreds: after each it is looked anew what has lost its use. While one clock is at it,
    the next slots go to other clocks, which share what is left.
    """
    done = Delivered()
    while _run(context, done) and not context.stopping.is_set():
        pass
    if done.sent or done.refused or done.put_off or done.withdrawn:
        log.info(
            "mail delivered",
            sent=done.sent,
            refused=done.refused,
            put_off=done.put_off,
            withdrawn=done.withdrawn,
        )
    return done.outcome


def finish_own(context: Context) -> None:
    """Make this process's letters good that it lost its database over, while another clock delivers."""
    context.unfinished.finish(context.database, worker=context.worker, now=context.now())


def _run(context: Context, done: Delivered) -> bool:
    """One run, added to what is done; whether there may be more to do."""
    limit = context.settings.letters_per_tick
    run = deliver_due(
        context.database,
        context.transport,
        context.settings,
        now=context.now(),
        worker=context.worker,
        limit=limit,
        clock=context.now,
        is_stopping=context.stopping.is_set,
        unfinished=context.unfinished,
    )
    done.sent += run.sent
    done.refused += run.refused
    done.put_off += run.put_off
    done.withdrawn += run.withdrawn
    done.unreachable, done.stopped, done.stopped_to = run.unreachable, run.stopped, run.stopped_to
    has_ended = run.unreachable or (run.stopped and not run.stopped_to)
    return not has_ended and run.sent + run.refused + run.put_off >= limit
