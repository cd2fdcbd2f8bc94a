"""The profiles of preparation that this installation has, read once in a process."""

from functools import cache
from pathlib import Path

from exchange.models import TrainingKind
from exchange.rules.programme.preparation_profiles import Profiles, read_profiles
from exchange.settings import Settings, read_toml


def profiles_of(settings: Settings) -> Profiles:
    """Those of config/training.toml. Raises ConfigurationError."""
    return _read(settings.training_file)


@cache
def _read(path: Path) -> Profiles:
    return read_profiles(read_toml(path), list(TrainingKind))
