"""What duties, asks and letters are counted by in this installation, read once in a process."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from exchange.duties.listed import Plans
from exchange.models import TrainingKind
from exchange.rules.asks.standing_questions import with_standing
from exchange.rules.asks.templates_file import AskTemplate, read_ask_templates
from exchange.rules.programme.cycles import read_stage_plan
from exchange.rules.programme.preparation_profiles import Profiles, read_profiles
from exchange.rules.programme.stage_plan import StagePlan
from exchange.settings import Settings, read_toml


def profiles_of(settings: Settings) -> Profiles:
    """Those of config/training.toml. Raises ConfigurationError."""
    return _read(settings.training_file)


def ask_templates_of(settings: Settings) -> Mapping[str, AskTemplate]:
    """Those of config/asks.toml, by key. Raises ConfigurationError."""
    return _read_templates(settings.asks_file)


def stage_plan_of(settings: Settings) -> StagePlan:
    """That of config/cycle.toml; its asks end with the standing questions of config/asks.toml.

    Raises ConfigurationError.
    """
    return _read_plan(settings.cycle_file, settings.asks_file)


def plans_of(settings: Settings) -> Plans:
    """The stage plan with the profiles. Raises ConfigurationError."""
    return Plans(stage_plan_of(settings), profiles_of(settings))


@cache
def _read_templates(path: Path) -> Mapping[str, AskTemplate]:
    return read_ask_templates(read_toml(path))


@cache
def _read_plan(cycle_file: Path, asks_file: Path) -> StagePlan:
    return with_standing(read_stage_plan(read_toml(cycle_file)), _read_templates(asks_file))


@cache
def _read(path: Path) -> Profiles:
    return read_profiles(read_toml(path), list(TrainingKind))
