"""How much a run does: one share in CI, more by `make faults-long` and `make planner-long`."""

import os
import random

SHARES = int(os.environ.get("EXCHANGE_TEST_SHARES", "1"))


def fresh_chance() -> tuple[int, random.Random]:
    """A seed that has not been tried, to be printed, and the chance that follows from it."""
    seed = random.SystemRandom().randrange(10**6)
    return seed, random.Random(seed)
