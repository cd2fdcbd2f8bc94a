"""The folder for what this installation keeps on disk: made, and refused when it cannot be written.

It reads and deletes nothing.
"""

import tempfile
from contextlib import suppress
from pathlib import Path

from sqlalchemy import make_url

from exchange.settings import Settings, unwritable
from exchange.tokens import PRIVATE_FILE, PRIVATE_FOLDER, SECRET_FILE


def prepare_data_dir(settings: Settings) -> None:
    """Make the folder of the database and the Maildir where one is needed; nobody else may look into it.

    Also what was made before is closed to others. Raises ConfigurationError with the folder and what to do
    when nothing can be written there.
    """
    if settings.smtp_url is None or _is_inside(settings):
        _prepare(settings.data_dir)
    file = _database_file(settings)
    if file is not None:
        _keep_private(file)
    for folder in (settings.mail_dir, settings.uploads):
        if folder.is_dir():
            _close(folder, PRIVATE_FOLDER)
    if (settings.data_dir / SECRET_FILE).exists():
        _close(settings.data_dir / SECRET_FILE, PRIVATE_FILE)


def check_writable(folder: Path) -> None:
    """Raise ConfigurationError unless a file can be made in the folder."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise unwritable(folder, error) from error


def _prepare(folder: Path) -> None:
    try:
        folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        _close(folder, PRIVATE_FOLDER)
    except OSError as error:
        raise unwritable(folder, error) from error
    check_writable(folder)


def _keep_private(file: Path) -> None:
    """The database and what SQLite keeps beside it, which takes over the mode of the database."""
    try:
        file.touch(mode=PRIVATE_FILE)
    except OSError:
        return  # whoever opens it says what is wrong
    for suffix in ("", "-wal", "-shm", "-journal"):
        beside = file.with_name(f"{file.name}{suffix}")
        if beside.exists():
            _close(beside, PRIVATE_FILE)


def _close(path: Path, mode: int) -> None:
    """Take away what others may do with it; nothing when it belongs to another user, who has decided."""
    with suppress(PermissionError):
        path.chmod(path.stat().st_mode & mode)


def _is_inside(settings: Settings) -> bool:
    """Whether the database is a file in the folder."""
    file = _database_file(settings)
    return file is not None and file.is_relative_to(settings.data_dir.absolute())


def _database_file(settings: Settings) -> Path | None:
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        return None
    return Path(url.database).absolute()
