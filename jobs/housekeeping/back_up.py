"""Tick: make a backup in the folder of the settings, once a day. Without such a folder there is no tick."""

import structlog

from exchange.backups.making import make_backup
from exchange.errors import ExchangeError
from jobs.context import Context

log = structlog.get_logger("exchange.jobs")


def back_up(context: Context) -> str:
    """Do what `exchange backup` does; a backup that fails says why on the status page."""
    folder = context.settings.backup_dir
    if folder is None:
        return "no folder for backups"
    try:
        made = make_backup(context.database, context.settings, folder, context.now())
    except ExchangeError as error:
        log.error("backup failed", why=str(error))
        return f"Failed: {error}"
    absent = len(made.manifest.absent_uploads)
    log.info("backup made", name=made.folder.name, bytes=made.manifest.size_bytes, absent_uploads=absent)
    missing = f"; {absent} uploads are missing or damaged" if absent else ""
    size, gone = made.manifest.size_bytes, len(made.pruned)
    return f"{made.folder.name}: {size:,} bytes, {gone} older ones removed{missing}"
