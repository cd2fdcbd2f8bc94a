"""The commands that set an installation up: init, migrate, serve."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from exchange.clock import utc_now
from exchange.commands.coordinators import line_for_first_coordinator
from exchange.commands.data_dir import prepare_data_dir
from exchange.commands.initial_data import fill, fill_empty
from exchange.commands.opened_database import opened
from exchange.commands.printed import say
from exchange.commands.public_secret import retire_public_secret
from exchange.commands.run_processes import (
    check_port,
    keep_signals,
    port_of_environment,
    run_processes,
    settings_for_port,
)
from exchange.db import Database
from exchange.errors import ConfigurationError
from exchange.migrations import goes_down, head_revision, migrate, schema_revision
from exchange.settings import Settings, installed_settings


@click.command("init")
@click.option("--sample/--no-sample", default=False, help="Also load sample cities and a sample programme.")
def init_network(sample: bool) -> None:
    """Load config/network.toml: add what is missing, keep what was edited, and say so."""
    settings = installed_settings()
    with _migrated(settings) as database, database.transaction() as session:
        lines = fill(session, settings, utc_now(), with_sample=sample)
    say(*lines)


@click.command("migrate")
@click.argument("revision", default="head")
@click.option("--yes", is_flag=True, help="Needed to go back, which deletes data; base deletes all.")
def migrate_schema(revision: str, yes: bool) -> None:
    """Bring the schema to REVISION: head, or base, or a number such as 0002."""
    settings = installed_settings()
    prepare_data_dir(settings)
    if revision == "base" and not yes:
        raise ConfigurationError("migrate base deletes all data. Say --yes when you mean it.")
    if not yes and goes_down(settings.database_url, revision):
        raise ConfigurationError(
            "migrate %(revision)s deletes what newer versions keep. Say --yes when you mean it.",
            revision=revision,
        )
    migrate(settings.database_url, revision)
    with opened(settings) as database:
        if schema_revision(database) == head_revision():
            say(*retire_public_secret(database, settings, utc_now()))
        say(f"The schema is at {schema_revision(database) or 'base'}; the newest is {head_revision()}.")


@click.command()
def serve() -> None:
    """Start web and clock on 127.0.0.1 at PORT (8000), with a sample in an empty database."""
    is_stopping = keep_signals()
    port = port_of_environment()
    check_port(port)
    settings = settings_for_port(port)
    with _migrated(settings) as database:
        with database.transaction() as session:
            say(*fill_empty(session, settings, utc_now()))
        with database.transaction() as session:
            line = line_for_first_coordinator(session, settings, utc_now())
        say(f"Exchange: {settings.base_url}", line)
    run_processes(port, is_stopping=is_stopping)


@contextmanager
def _migrated(settings: Settings) -> Iterator[Database]:
    """The database with its folder made and its schema at head."""
    prepare_data_dir(settings)
    migrate(settings.database_url)
    with opened(settings) as database:
        say(*retire_public_secret(database, settings, utc_now()))
        yield database
