"""Calendars as programs of the world send them, each with its right busy times (cases/cases.json)."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from exchange.busy.fetching.expansion import Span, expand

FOLDER = Path(__file__).parent / "cases"
CASES: list[dict[str, Any]] = json.loads((FOLDER / "cases.json").read_text())  # type: ignore[explicit-any]  # as the file has it
BUSY = [pytest.param(case, id=case["file"]) for case in CASES if case["reader"].startswith("busy")]


@pytest.mark.parametrize("case", BUSY)
def test_busy_times_of(case: dict[str, Any]) -> None:  # type: ignore[explicit-any]  # as above
    span = Span(datetime(2026, 11, 17, tzinfo=UTC), datetime(2028, 2, 17, tzinfo=UTC), case["zone"])
    found = expand((FOLDER / case["file"]).read_bytes(), span)
    texts = [f"{one.starts_at:%Y-%m-%d %H:%M}/{one.ends_at:%d %H:%M}" for one in found.intervals]
    assert (texts, found.left_out) == (case["right"], case["left_out"])
