"""The table of ticks, and the scheduler that fires them: UTC intervals only.

What a wall clock says is worked out by the rules and stored as due_at; no trigger knows a city's
time, because triggers in a local zone skip or double their jobs when clocks change.
"""

import logging
from datetime import UTC, datetime
from threading import Thread

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from exchange import clock
from exchange.health.tick_intervals import tick_seconds
from exchange.settings import Settings
from jobs.answer_sign_ins import answer_sign_ins
from jobs.context import Context
from jobs.deliver_mail import deliver_mail, finish_own
from jobs.fetch_busy import fetch_busy
from jobs.housekeeping.apply_retention import apply_retention
from jobs.housekeeping.back_up import back_up
from jobs.housekeeping.free_stuck import free_stuck
from jobs.housekeeping.keep_trail import keep_trail
from jobs.housekeeping.prune_expired import prune_expired
from jobs.letters.queue_reminders import queue_reminders
from jobs.letters.remind_of_duties import remind_of_duties
from jobs.letters.tell_boards import send_digests, tell_boards
from jobs.letters.tell_changes import tell_changes
from jobs.letters.tell_owners import tell_owners
from jobs.letters.tell_planners import tell_planners
from jobs.note_silence import note_silence
from jobs.publish_feeds import publish_feeds
from jobs.read_mailbox import read_mailbox
from jobs.set_clock import SetClock
from jobs.solve_plans import solve_plans
from jobs.ticks import Tick, run_tick

log = structlog.get_logger("exchange.jobs")

_RUNS = {
    "answer_sign_ins": answer_sign_ins,
    "free_stuck": free_stuck,
    "publish_feeds": publish_feeds,
    "queue_reminders": queue_reminders,
    "remind_of_duties": remind_of_duties,
    "send_digests": send_digests,
    "tell_boards": tell_boards,
    "tell_changes": tell_changes,
    "tell_owners": tell_owners,
    "tell_planners": tell_planners,
    "note_silence": note_silence,
    "keep_house": prune_expired,
    "deliver_mail": deliver_mail,
    "keep_trail": keep_trail,
    "fetch_busy": fetch_busy,
    "solve_plans": solve_plans,
    "apply_retention": apply_retention,
    "back_up": back_up,
    "read_mailbox": read_mailbox,
}
_WHEN_TAKEN = {"deliver_mail": finish_own}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)  # slots are counted from here, so that all clocks agree on them
LOOK_EVERY_SECONDS = 5.0


def ticks(settings: Settings) -> tuple[Tick, ...]:
    """Every job with the seconds between its slots; a mailbox is read only where there is one."""
    every = tick_seconds(settings).items()
    return tuple(Tick(job, seconds, _RUNS[job], _WHEN_TAKEN.get(job)) for job, seconds in every)


class Schedule:
    """Fires each tick at once and then at its slots, until told to end.

    A tick that comes late runs once, however late; one that is still running is not run beside itself. The
    scheduler waits for an instant of the wall clock, so that one that is put back by an hour would hold all
    jobs up for an hour: when that clock was set, each tick is fired at once, and waits anew.
    """

    def __init__(self, context: Context, set_clock: SetClock | None = None) -> None:
        self._context = context
        self._scheduler = scheduler_for(context)
        self._set_clock = set_clock or SetClock(context.now)
        self._watch = Thread(target=self._keep_looking, name="set clock")

    def start(self) -> None:
        """Begin."""
        self._scheduler.start()
        self._watch.start()

    def join(self) -> None:
        """Wait until every tick that runs has ended, once the clock is to end."""
        self._scheduler.shutdown(wait=True)
        self._watch.join()

    def _keep_looking(self) -> None:
        while not self._context.stopping.wait(LOOK_EVERY_SECONDS):
            if self._set_clock.was_set():
                log.warning("wall clock was set", now=self._context.now().isoformat())
                for job in self._scheduler.get_jobs():
                    job.modify(next_run_time=clock.utc_now())


def scheduler_for(context: Context) -> BackgroundScheduler:
    """A scheduler of all ticks, not yet started."""
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
            next_run_time=clock.utc_now(),  # what the scheduler itself goes by
        )
    return scheduler
