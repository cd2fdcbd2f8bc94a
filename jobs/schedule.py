"""The table of ticks, and the scheduler that fires them: UTC intervals only.

What a wall clock says is worked out by the rules and stored as due_at; no trigger knows a city's
time, because triggers in a local zone skip or double their jobs when clocks change.
"""

import logging
from datetime import UTC, datetime

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from exchange.settings import Settings
from jobs.context import Context
from jobs.deliver_mail import deliver_mail
from jobs.fetch_busy import fetch_busy
from jobs.free_stuck import free_stuck
from jobs.keep_house import keep_house
from jobs.note_silence import note_silence
from jobs.publish_feeds import publish_feeds
from jobs.queue_reminders import queue_reminders
from jobs.read_mailbox import read_mailbox
from jobs.solve_plans import solve_plans
from jobs.tell_changes import tell_changes
from jobs.ticks import Tick, run_tick

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)  # slots are counted from here, so that all clocks agree on them


def ticks(settings: Settings) -> tuple[Tick, ...]:
    """Every job with the seconds between its slots; a mailbox is read only where there is one."""
    reading = (Tick("read_mailbox", 60, read_mailbox),) if settings.imap_url else ()
    return (
        Tick("free_stuck", max(1, settings.stuck_seconds // 2), free_stuck),
        Tick("publish_feeds", 15, publish_feeds),
        Tick("queue_reminders", 60, queue_reminders),
        Tick("tell_changes", 60, tell_changes),
        Tick("note_silence", 3600, note_silence),
        Tick("keep_house", 600, keep_house),
        Tick("deliver_mail", settings.deliver_seconds, deliver_mail),
        Tick("fetch_busy", 60, fetch_busy),
        Tick("solve_plans", 5, solve_plans),
        *reading,
    )


def scheduler_for(context: Context) -> BackgroundScheduler:
    """A scheduler, not yet started, that fires each tick at once and then at its slots.

    A tick that comes late runs once, however late; one that is still running is not run beside itself.
    """
    # It warns of every tick that is skipped because the last one still runs, which is as it should be.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    table = ticks(context.settings)
    scheduler = BackgroundScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(len(table))},
        job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
    )
    for tick in table:
        scheduler.add_job(
            run_tick,
            IntervalTrigger(seconds=tick.seconds, start_date=EPOCH, timezone=UTC),
            args=(tick, context),
            id=tick.job,
            next_run_time=context.now(),
        )
    return scheduler
