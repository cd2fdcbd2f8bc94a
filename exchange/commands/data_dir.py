"""The folder for what this installation keeps on disk: made, and refused when it cannot be written.

It reads and deletes nothing.
"""

import tempfile
from pathlib import Path

from sqlalchemy import make_url

from exchange.errors import ConfigurationError
from exchange.settings import Settings

PRIVATE = 0o700  # letters and addresses of people stand in it


def prepare_data_dir(settings: Settings) -> None:
    """Make the folder of the database and the Maildir where one is needed.

    Raises ConfigurationError with the folder and what to do when nothing can be written there.
    """
    if settings.smtp_url is None or _is_inside(settings):
        _prepare(settings.data_dir)


def check_writable(folder: Path) -> None:
    """Raise ConfigurationError unless a file can be made in the folder."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise _refusal(folder, error) from error


def _prepare(folder: Path) -> None:
    try:
        folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    except OSError as error:
        raise _refusal(folder, error) from error
    check_writable(folder)


def _is_inside(settings: Settings) -> bool:
    """Whether the database is a file in the folder."""
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        return False
    return Path(url.database).absolute().is_relative_to(settings.data_dir.absolute())


def _refusal(folder: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(
        "Nothing can be written to %(folder)s (%(cause)s): make it writable for this user, "
        "or set EXCHANGE_DATA_DIR to a folder that is.",
        folder=folder,
        cause=error.strerror or type(error).__name__,
    )
