"""What duties are counted by in this installation, read once in a process."""

from functools import cache
from pathlib import Path

from exchange.duties.listed import Plans
from exchange.models import TrainingKind
from exchange.rules.programme.cycles import read_stage_plan
from exchange.rules.programme.preparation_profiles import Profiles, read_profiles
from exchange.settings import Settings, read_toml


def profiles_of(settings: Settings) -> Profiles:
    """Those of config/training.toml. Raises ConfigurationError."""
    return _read(settings.training_file)


def plans_of(settings: Settings) -> Plans:
    """The stage plan of config/cycle.toml with the profiles. Raises ConfigurationError."""
    return _read_plans(settings.cycle_file, settings.training_file)


@cache
def _read_plans(cycle_file: Path, training_file: Path) -> Plans:
    return Plans(read_stage_plan(read_toml(cycle_file)), _read(training_file))


@cache
def _read(path: Path) -> Profiles:
    return read_profiles(read_toml(path), list(TrainingKind))
