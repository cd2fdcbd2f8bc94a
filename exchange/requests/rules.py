"""The rules of config/requests.toml that this installation has, read once in a process."""

from functools import cache
from pathlib import Path

from exchange.rules.duties.request_rules import RequestRules, read_request_rules
from exchange.settings import Settings, read_toml


def rules_of(settings: Settings) -> RequestRules:
    """Those of the file. Raises ConfigurationError."""
    return _read(settings.requests_file)


@cache
def _read(path: Path) -> RequestRules:
    return read_request_rules(read_toml(path))
