"""A PostgreSQL that a test stops, kills and starts again, with one migrated database in it."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from exchange.migrations import migrate
from tests.postgres import (
    PostgresServer,
    PostgresUnavailable,
    find_binaries,
    initialise,
    kept_alive,
    readable_binaries,
    short_folder,
)

START_TRIES = 20


class StoppablePostgres:
    """Reached at the same address each time it runs."""

    def __init__(self, binaries: Path, folder: Path, options: tuple[str, ...] = ()) -> None:
        self._binaries, self._folder, self._options = binaries, folder, options
        self._life = ExitStack()
        self.server = PostgresServer(folder)
        self.url = self.server.url("exchange")

    def start(self) -> None:
        """Return when it takes connections; what the last life held may take a moment to be let go."""
        for is_last in (*[False] * START_TRIES, True):
            try:
                self._life.enter_context(kept_alive(self._binaries, self._folder, *self._options))
                return
            except PostgresUnavailable:
                if is_last:
                    raise
                time.sleep(0.5)

    def stop(self) -> None:
        """End every connection at once, as at a restart."""
        self._life.close()

    def kill(self) -> None:
        """As after a power cut."""
        os.kill(int((self._folder / "data/postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        self._life.close()


@contextmanager
def stoppable_postgres(*options: str) -> Iterator[StoppablePostgres]:
    """A running one; ``options`` go beside those of all tests. Raises PostgresUnavailable."""
    binaries = find_binaries()
    with short_folder() as folder:
        binaries = readable_binaries(binaries, folder)
        initialise(binaries, folder)
        made = StoppablePostgres(binaries, folder, options)
        made.start()
        try:
            made.server.execute("CREATE DATABASE exchange TEMPLATE template0")
            # What was committed must survive a kill here, unlike in the other tests' server.
            made.server.execute("ALTER DATABASE exchange SET synchronous_commit = on")
            migrate(made.url)
            yield made
        finally:
            made.stop()
