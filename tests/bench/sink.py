"""A mail server of its own process for the benchmark: it takes every letter and prints its port first."""

import sys
import threading

from tests.mail.sink import Sink, running


class Forgetful(Sink):
    """Takes letters and keeps none."""

    async def handle_DATA(self, server: object, _session: object, _envelope: object) -> str:
        return "250 OK"


def main() -> None:
    """Run until standard input ends."""
    with running(Forgetful()) as at:
        print(at, flush=True)
        threading.Thread(target=sys.stdin.read, daemon=False).run()


if __name__ == "__main__":
    main()
