"""The command that looks whether an installation is well."""

import sys

import click

from exchange.commands.doctor.examination import examine
from exchange.commands.printed import say
from exchange.settings import load_settings


@click.command()
def doctor() -> None:
    """Look whether settings, database, mail and web are well."""
    is_well = True
    for finding in examine(load_settings()):
        say(str(finding))
        is_well = is_well and finding.is_ok
    sys.exit(0 if is_well else 1)
