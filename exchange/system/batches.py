"""Work that a process does again and again beside its requests, in a thread that ends with the process."""

from collections.abc import Callable
from threading import Thread
from time import sleep

import structlog

from exchange.system.outages import outage_in

log = structlog.get_logger("exchange")


def keep_doing(work: Callable[[], object], name: str, *, seconds: float) -> None:
    """Do it every so many seconds from now on. What fails is left to the next time.

    A fault is logged under the name; that the database is away, whoever asked for something hears and logs.
    """
    Thread(target=_keep, args=(work, name, seconds), name=name, daemon=True).start()


def _keep(work: Callable[[], object], name: str, seconds: float) -> None:
    while True:
        sleep(seconds)
        try:
            work()
        except Exception as error:  # the thread's border: the next time may go well
            if not outage_in(error):
                log.exception("batch failed", batch=name)
