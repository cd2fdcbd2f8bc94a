"""The command line of the product as somebody types it, in a process of its own."""

import subprocess
import sys
from collections.abc import Mapping

from exchange.settings import ROOT


def run_exchange(
    environment: Mapping[str, str], *arguments: str, seconds: float
) -> "subprocess.CompletedProcess[str]":
    """`exchange ARGUMENTS`, run to its end; what it said, and how it ended."""
    return subprocess.run(
        [sys.executable, "-m", "exchange", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
