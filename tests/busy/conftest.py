"""Servers on loopback with a certificate of a test authority, and the limits that let tests reach them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from exchange.busy.question import Limits
from tests.busy.server import Stranger, running


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The authority's certificate, and key with chain of "localhost"."""
    folder = tmp_path_factory.mktemp("certificates")
    ca = trustme.CA()
    root, chain = folder / "ca.pem", folder / "localhost.pem"
    ca.cert_pem.write_to_path(str(root))
    ca.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(str(chain))
    return root, chain


@pytest.fixture
def stranger(authority: tuple[Path, Path]) -> Iterator[Stranger]:
    """A server over TLS."""
    with running(authority[1]) as server:
        yield server


@pytest.fixture
def limits(authority: tuple[Path, Path]) -> Limits:
    """A tenth of a megabyte in five seconds."""
    return Limits(most_bytes=100_000, seconds=5, allow_private=True, ca_file=authority[0])
