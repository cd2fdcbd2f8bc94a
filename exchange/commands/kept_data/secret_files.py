"""Which secret key was and which is to be: from the settings, or from the file that one is kept in."""

import secrets
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from exchange.errors import ConfigurationError
from exchange.settings import Settings, unwritable
from exchange.system.whole_files import write_whole
from exchange.tokens import PRIVATE_FILE, SECRET_FILE, new_token, read_secret

NEXT = f"{SECRET_FILE}.next"


@dataclass(frozen=True)
class Keys:
    """The old secret, and settings with the new one; ``file`` is what takes its place, None for a setting."""

    old: SecretStr
    new: Settings
    file: Path | None = None


def old_and_new(settings: Settings) -> Keys:
    """Both secrets. Raises ConfigurationError with what to set.

    A secret that is kept in a file gets a new one beside it, on the disk before anything is made with it:
    when this is broken off, the next run goes on with the same.
    """
    if "secret_key" in settings.model_fields_set and settings.secret_key != _kept(settings):
        return _of_settings(settings)
    old = _kept(settings)
    if old is None:
        raise ConfigurationError("There is no secret key yet, so there is none to change.")
    file = settings.data_dir / NEXT
    try:
        new = _next(file)
    except OSError as error:
        raise unwritable(settings.data_dir, error) from error
    return Keys(old, settings.model_copy(update={"secret_key": SecretStr(new)}), file)


def take_over(keys: Keys) -> None:
    """Let the new secret of a file take the old one's place."""
    if keys.file is not None:
        keys.file.replace(keys.file.with_name(SECRET_FILE))


def _of_settings(settings: Settings) -> Keys:
    if settings.old_secret_key is None:
        raise ConfigurationError(
            "Put the new secret into EXCHANGE_SECRET_KEY, and the one before it into"
            " EXCHANGE_OLD_SECRET_KEY for"
            " this one command."
        )
    if settings.old_secret_key == settings.secret_key:
        raise ConfigurationError(
            "EXCHANGE_OLD_SECRET_KEY and EXCHANGE_SECRET_KEY are the same: choose a new one."
        )
    return Keys(settings.old_secret_key, settings)


def _kept(settings: Settings) -> SecretStr | None:
    try:
        found = read_secret(settings.data_dir)
    except OSError as error:
        raise unwritable(settings.data_dir, error) from error
    return SecretStr(found) if found else None


def _next(file: Path) -> str:
    if not file.exists():
        half = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
        write_whole(file, f"{new_token()}\n".encode("ascii"), beside=half, mode=PRIVATE_FILE)
    return file.read_text(encoding="utf-8").strip()
