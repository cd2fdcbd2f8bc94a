"""The stage plan that is shipped, read from its file."""

import tomllib
from pathlib import Path

from exchange.rules.programme.cycles import StagePlan, read_stage_plan

PLAN_FILE = Path(__file__).parents[2] / "config" / "cycle.toml"


def shipped_document() -> dict[str, object]:
    return tomllib.loads(PLAN_FILE.read_text(encoding="utf-8"))


def shipped_plan() -> StagePlan:
    return read_stage_plan(shipped_document())
