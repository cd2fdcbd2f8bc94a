"""`python -m jobs`: one clock process. Start as many as you like; SIGTERM and SIGINT end it cleanly."""

import signal
import sys

import structlog
from sqlalchemy.exc import SQLAlchemyError

from exchange import clock
from exchange.audit.keys import carried
from exchange.db import Database, limits_of
from exchange.duties.configured import ask_templates_of, stage_plan_of
from exchange.errors import ConfigurationError, WrongSchema
from exchange.health.measurements import Measurements
from exchange.health.schema_version import check_schema
from exchange.invitations.reply_mailbox import mailbox_for
from exchange.mail.outbox.delivery import transport_for
from exchange.settings import Settings, installed_settings
from exchange.system.outages import outage_in
from exchange.system.startup import keep_what_is_loaded, process_name
from exchange.web.http.request_logs import configure_logs
from jobs.context import Context
from jobs.schedule import Schedule, ticks

log = structlog.get_logger("exchange.jobs")


def main() -> None:
    """Run until told to end; a setting that keeps it from starting is one sentence on standard error."""
    try:
        settings = installed_settings()
        configure_logs(settings.log_level)
        context = _context(settings)
    except WrongSchema as error:
        sys.exit(f"The clock does not start on this schema: {error}.")
    except ConfigurationError as error:
        sys.exit(str(error))
    _run(context)


def _context(settings: Settings) -> Context:
    mailbox_for(settings)  # a wrong address is said now, not once a minute
    database = Database(settings.database_url, carries=carried(settings), limits=limits_of(settings))
    _refuse_other_schema(database)
    context = Context(
        database=database,
        settings=settings,
        plan=stage_plan_of(settings),
        transport=transport_for(settings),
        now=clock.utc_now,
        worker=process_name(),
        ask_templates=ask_templates_of(settings),
    )
    context.duty_rules  # noqa: B018 - a wrong file is said now, not once a minute
    return context


def _refuse_other_schema(database: Database) -> None:
    """Raise WrongSchema. While the database is away nothing is known, and each tick looks again."""
    try:
        check_schema(database)
    except SQLAlchemyError as error:
        if not outage_in(error):
            raise
        log.warning("clock starts without its database", cause=type(error).__name__)
    finally:
        database.dispose()


def _run(context: Context) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: context.stopping.set())
    schedule = Schedule(context)
    keep_what_is_loaded()
    schedule.start()
    Measurements(context.worker, context.database, context.now).start()
    log.info("clock started", worker=context.worker, jobs=[tick.job for tick in ticks(context.settings)])
    context.stopping.wait()
    schedule.join()  # the letter in flight is finished and written down
    context.database.dispose()
    log.info("clock stopped", worker=context.worker)


if __name__ == "__main__":
    main()
