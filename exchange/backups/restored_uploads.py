"""The uploads of a backup put back: before the database that names them; what it does not name goes after."""

from pathlib import Path

from exchange.backups.backup_folder import on_disk
from exchange.backups.manifest import UPLOADS, Manifest, kept_file
from exchange.backups.upload_copies import copy_file
from exchange.tokens import PRIVATE_FOLDER


def bring_back(folder: Path, manifest: Manifest, uploads: Path) -> None:
    """Copy each file to its place, whole or not at all; those that lie there as they should are left."""
    uploads.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    for entry in manifest.uploads:
        target = uploads / entry.name
        if target.is_file() and kept_file(target) == entry:
            continue
        half = uploads / f"{entry.name}.part"
        copy_file(folder / UPLOADS / entry.name, half)
        half.rename(target)
    on_disk(uploads)


def remove_others(manifest: Manifest, uploads: Path) -> int:
    """Remove the files that the restored database does not name; how many."""
    kept = {entry.name for entry in manifest.uploads} | set(manifest.absent_uploads)
    others = [path for path in uploads.iterdir() if path.is_file() and path.name not in kept]
    for path in others:
        path.unlink()
    return len(others)
