"""Servers on loopback with a certificate of a test authority, and the limits that let tests reach them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.busy.fetching.fetch_messages import Limits
from tests.busy.server import Stranger, running


@pytest.fixture
def stranger(authority: tuple[Path, Path]) -> Iterator[Stranger]:
    """A server over TLS."""
    with running(authority[1]) as server:
        yield server


@pytest.fixture
def limits(authority: tuple[Path, Path]) -> Limits:
    """A tenth of a megabyte in five seconds."""
    return Limits(most_bytes=100_000, seconds=5, allow_private=True, ca_file=authority[0])
