"""`python -m jobs`: one clock process. Start as many as you like; SIGTERM and SIGINT end it cleanly."""

import os
import signal
import socket
import sys

import structlog
from sqlalchemy import inspect

from exchange import clock
from exchange.db import Database
from exchange.errors import ConfigurationError
from exchange.invitations.inbox import mailbox_for
from exchange.mail.delivery import transport_for
from exchange.models import JobRun
from exchange.rules.cycles import read_stage_plan
from exchange.settings import Settings, load_settings, read_toml
from exchange.startup import keep_what_is_loaded
from exchange.web.logs import configure_logs
from jobs.context import Context
from jobs.schedule import scheduler_for

log = structlog.get_logger("exchange.jobs")


def main() -> None:
    """Run until told to end; a setting that keeps it from starting is one sentence on standard error."""
    try:
        settings = load_settings()
        configure_logs(settings.log_level)
        context = _context(settings)
    except ConfigurationError as error:
        sys.exit(str(error))
    _run(context)


def _context(settings: Settings) -> Context:
    mailbox_for(settings)  # a wrong address is said now, not once a minute
    database = Database(settings.database_url)
    if not inspect(database.engine).has_table(JobRun.__tablename__):
        raise ConfigurationError("The database is empty. Run `python -m exchange migrate` first.")
    return Context(
        database=database,
        settings=settings,
        plan=read_stage_plan(read_toml(settings.cycle_file)),
        transport=transport_for(settings),
        now=clock.utc_now,
        worker=f"{socket.gethostname()}:{os.getpid()}",
    )


def _run(context: Context) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: context.stopping.set())
    scheduler = scheduler_for(context)
    keep_what_is_loaded()
    scheduler.start()
    log.info("clock started", worker=context.worker, jobs=[job.id for job in scheduler.get_jobs()])
    context.stopping.wait()
    scheduler.shutdown(wait=True)  # the letter in flight is finished and written down
    context.database.dispose()
    log.info("clock stopped", worker=context.worker)


if __name__ == "__main__":
    main()
