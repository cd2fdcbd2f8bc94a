"""What a test does without a server or a browser it needs: skip aloud, or fail where all are required.

EXCHANGE_TEST_REQUIRE=all (set in CI) turns every such skip into a failure.
"""

import os
from typing import NoReturn

import pytest


def unavailable(reason: str) -> NoReturn:
    """Leave the test with the reason: a skip on a person's machine, a failure where all is required."""
    if os.environ.get("EXCHANGE_TEST_REQUIRE") == "all":
        pytest.fail(f"{reason} (EXCHANGE_TEST_REQUIRE=all)", pytrace=False)
    pytest.skip(reason)
