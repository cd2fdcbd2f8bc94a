"""The commands that keep data: backup, restore, rotate-secret."""

from pathlib import Path

import click

from exchange.backups.making import make_backup
from exchange.backups.restoring import Order
from exchange.backups.restoring import restore as put_back
from exchange.backups.running_processes import refuse_running
from exchange.clock import utc_now
from exchange.commands.data_dir import prepare_data_dir
from exchange.commands.kept_data.restored_installation import settle
from exchange.commands.kept_data.secret_files import old_and_new, take_over
from exchange.commands.opened_database import opened
from exchange.secret_rotation.rotation import count_others, is_done, rotate
from exchange.settings import load_settings

FOLDER = click.Path(path_type=Path)


@click.command()
@click.argument("folder", type=FOLDER)
def backup(folder: Path) -> None:
    """Make a backup in a new folder inside FOLDER, while people work."""
    settings = load_settings()
    with opened(settings) as database:
        made = make_backup(database, settings, folder, utc_now())
    manifest = made.manifest
    click.echo(f"{made.folder}: {manifest.size_bytes:,} bytes, {len(manifest.uploads)} uploads, checked.")
    for name in made.pruned:
        click.echo(f"Removed {name}: {settings.backups_kept} are kept.")
    for name in manifest.absent_uploads:
        click.echo(
            f"Not in it: {name} is missing or damaged in {settings.uploads}. No older backup was removed."
        )
    click.echo("The keys are not in it: keep EXCHANGE_SECRET_KEY and EXCHANGE_AUDIT_KEY elsewhere.")


@click.command()
@click.argument("folder", type=FOLDER)
@click.option("--yes", is_flag=True, help="Needed where something stands already: all of it is replaced.")
@click.option("--other-secret", is_flag=True, help="Also a backup that was made under another secret key.")
def restore(folder: Path, yes: bool, other_secret: bool) -> None:
    """Put the backup FOLDER back, into an empty place or over a stopped installation."""
    settings, now = load_settings(), utc_now()
    order = Order(folder, is_confirmed=yes, other_secret=other_secret)
    said = put_back(
        order, settings, lambda database, manifest: settle(database, manifest, settings, now), now
    )
    prepare_data_dir(settings)
    for line in said:
        click.echo(line)


@click.command("rotate-secret")
def rotate_secret() -> None:
    """End everything that was made with the old secret key, and give it anew with the new one."""
    settings, now = load_settings(), utc_now()
    refuse_running(settings)
    keys = old_and_new(settings)
    with opened(settings) as database:
        if is_done(database, old=keys.old, new=keys.new, now=now):
            lines = ["Nothing is left that the old secret key made: it was changed before."]
        else:
            lines = [*rotate(database, old=keys.old, new=keys.new, now=now).lines()]
            others = count_others(database, keys.new, now)
            if others:
                lines.append(
                    f"Not ended: {others} addresses of calendars, links and invitations that neither key"
                    " made. They open: do this again with the secret key that was there when they were made."
                )
    take_over(keys)
    for line in lines:
        click.echo(line)
