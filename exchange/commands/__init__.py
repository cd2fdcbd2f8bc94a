"""The command line: python -m exchange init, migrate, serve, add-coordinator, rehearse, plan, audit ...

Each command is a few calls; every refusal ends as one sentence on standard error and exit code 1.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy.exc import OperationalError, ProgrammingError

from exchange.clock import utc_now
from exchange.commands.apply_retention import retention_lines
from exchange.commands.audit_trail import anchor_line, verify_trail, words_of
from exchange.commands.coordinators import (
    coordinator_line,
    first_run_line,
    line_for_first_coordinator,
    reset_line,
    sign_in_line,
)
from exchange.commands.data_dir import prepare_data_dir
from exchange.commands.doctor.examination import examine
from exchange.commands.initial_data import fill, fill_empty
from exchange.commands.kept_data import backup, restore, rotate_secret
from exchange.commands.opened_database import opened
from exchange.commands.public_secret import retire_public_secret
from exchange.commands.rehearse_letters import rehearsal_lines
from exchange.commands.restored_letters import held_letters
from exchange.commands.run_planner import run_plan, scratch_folder
from exchange.commands.run_processes import (
    check_port,
    keep_signals,
    port_of_environment,
    run_processes,
    settings_for_port,
)
from exchange.db import Database
from exchange.errors import ConfigurationError, ExchangeError
from exchange.migrations import goes_down, head_revision, migrate, schema_revision
from exchange.planner.files.example_problem import example
from exchange.planning.search_processes.search_order import Order
from exchange.settings import Settings, installed_settings, load_settings

FILE = click.Path(path_type=Path, dir_okay=False)
DAY = click.DateTime(["%Y-%m-%d"])


def main() -> None:
    """Run the command that was typed; never shows a traceback for a refusal."""
    try:
        code = commands.main(prog_name="exchange", standalone_mode=False)
    except ExchangeError as error:
        _stop(str(error))
    except (OperationalError, ProgrammingError) as error:
        first_line = str(error.orig).strip().partition("\n")[0]
        _stop(f"The database refuses: {first_line}. See: python -m exchange doctor")
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(0)  # Ctrl-C: nothing is left half-done
    else:
        sys.exit(code or 0)


@click.group()
def commands() -> None:
    """Exchange: the scheduler of a network of cities that prepare together."""


for _kept in (backup, restore, rotate_secret, held_letters):
    commands.add_command(_kept)


@commands.command("init")
@click.option("--sample/--no-sample", default=False, help="Also load sample cities and a sample programme.")
def init_network(sample: bool) -> None:
    """Load config/network.toml: add what is missing, keep what was edited, and say so."""
    settings = installed_settings()
    with _migrated(settings) as database, database.transaction() as session:
        lines = fill(session, settings, utc_now(), with_sample=sample)
    _say(*lines)


@commands.command("migrate")
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
            _say(*retire_public_secret(database, settings, utc_now()))
        _say(f"The schema is at {schema_revision(database) or 'base'}; the newest is {head_revision()}.")


@commands.command()
def serve() -> None:
    """Start web and clock on 127.0.0.1 at PORT (8000), with a sample in an empty database."""
    is_stopping = keep_signals()
    port = port_of_environment()
    check_port(port)
    settings = settings_for_port(port)
    with _migrated(settings) as database:
        with database.transaction() as session:
            _say(*fill_empty(session, settings, utc_now()))
        with database.transaction() as session:
            line = line_for_first_coordinator(session, settings, utc_now())
        _say(f"Exchange: {settings.base_url}", line)
    run_processes(port, is_stopping=is_stopping)


@commands.command("first-run")
def first_run() -> None:
    """Print the address of the page that makes the first coordinator, while there is none."""
    settings = installed_settings()
    with opened(settings) as database, database.reading() as session:
        _say(first_run_line(session, settings, utc_now()))


@commands.command("add-coordinator")
@click.argument("name")
@click.argument("email")
@click.option("--city", default="", help="City on whose clock they work; the network's own.")
def add_coordinator(name: str, email: str, city: str) -> None:
    """Make NAME at EMAIL a coordinator, the first one or another."""
    settings = load_settings()
    with opened(settings) as database, database.transaction() as session:
        line = coordinator_line(session, name, email, city, settings=settings, now=utc_now())
    _say(line)


@commands.command("sign-in-link")
@click.argument("email")
def sign_in_link(email: str) -> None:
    """Print a link that signs the person with this address in once."""
    settings = load_settings()
    with opened(settings) as database, database.transaction() as session:
        line = sign_in_line(session, email, settings=settings, now=utc_now())
    _say(line)


@commands.command("reset-second-factor")
@click.argument("email")
def reset_second_factor(email: str) -> None:
    """Take away the second factor of who lost it, end their sessions, and tell them by letter."""
    settings = load_settings()
    with opened(settings) as database, database.transaction() as session:
        line = reset_line(session, email, settings=settings, now=utc_now())
    _say(line)


@commands.command()
@click.argument("number", type=int)
@click.option("--from", "starts_on", type=DAY, help="Day to begin with; today.")
def rehearse(number: int, starts_on: datetime | None) -> None:
    """Print every letter that cycle NUMBER (of its page's address) would send, and send none."""
    settings = load_settings()
    now = starts_on.replace(tzinfo=UTC) if starts_on else utc_now()
    with opened(settings) as database, database.reading() as session:
        for line in rehearsal_lines(
            session, number, settings=settings, now=now, from_another_day=bool(starts_on)
        ):
            _say(line)


@commands.command()
@click.option("--dry-run", is_flag=True, help="Say what would go, and change nothing.")
def retention(dry_run: bool) -> None:
    """Let go what config/retention.toml keeps no longer; a clock does it once a day, too."""
    settings = load_settings()
    with opened(settings) as database:
        _say(*retention_lines(database, settings, utc_now(), is_dry=dry_run))


@commands.command()
def doctor() -> None:
    """Look whether settings, database, mail and web are well."""
    is_well = True
    for finding in examine(load_settings()):
        _say(str(finding))
        is_well = is_well and finding.is_ok
    sys.exit(0 if is_well else 1)


@commands.group("audit")
def audit_trail() -> None:
    """Verify the audit trail, or print an anchor to keep elsewhere."""


@audit_trail.command("verify")
@click.option("--since", type=DAY, help="Begin with that day (UTC), and trust what was signed as it began.")
@click.option("--anchors", type=FILE, multiple=True, help="A file of anchors; that of the settings.")
def verify_audit_trail(since: datetime | None, anchors: tuple[Path, ...]) -> None:
    """Read the whole trail: exit code 1, and the first broken entry, when it is not as it was written."""
    settings = load_settings()
    outside = list(anchors) or [settings.anchor_file]
    with opened(settings) as database:
        verdict = verify_trail(database, since=since.date() if since else None, outside=outside)
    _say(*words_of(verdict, outside))
    sys.exit(0 if verdict.is_whole else 1)


@audit_trail.command("anchor")
def print_anchor() -> None:
    """Print the trail's length and hash, signed: a line to keep where nobody can change it."""
    settings = load_settings()
    with opened(settings) as database:
        _say(anchor_line(database, utc_now()))


@commands.command()
@click.argument("file", required=False, type=FILE, metavar="PROBLEM.json")
@click.option("--seconds", type=click.FloatRange(min=0.1), help="Stop after so long and keep the best plan.")
@click.option("--out", type=FILE, help="Write PLAN.json here.")
@click.option("--explain", is_flag=True, help="Also say why each entry stands where it stands.")
@click.option("--progress", type=FILE, help="Add news as lines of JSON.")
@click.option("--why-not", multiple=True, metavar="ENTRY=DATE", help="Say why an entry is not on that day.")
@click.option("--as-of", type=DAY, help="Plan as on that day instead of today: for a file kept from then.")
@click.option("--example", "is_example", is_flag=True, help="Print a problem to begin with.")
def plan(
    file: Path | None,
    seconds: float | None,
    out: Path | None,
    explain: bool,
    progress: Path | None,
    why_not: tuple[str, ...],
    as_of: datetime | None,
    is_example: bool,
) -> None:
    """Plan the sessions and training events of PROBLEM.json (docs/planner.md) fairly for every city."""
    today = (as_of or utc_now()).date()
    if is_example:
        _say(json.dumps(example(today), indent=1))
        return
    if file is None:
        raise click.UsageError("Name a PROBLEM.json, or say --example for one.")
    news = progress.absolute() if progress else None
    with scratch_folder() as folder:
        to = (out or folder / "plan.json").absolute()
        order = Order(file.absolute(), to, today, news, seconds, explain, why_not)
        lines, failure = run_plan(order, folder, load_settings().plan_megabytes)
    _say(*lines)
    if failure:
        raise ConfigurationError("%(failure)s", failure=failure)


@contextmanager
def _migrated(settings: Settings) -> Iterator[Database]:
    """The database with its folder made and its schema at head."""
    prepare_data_dir(settings)
    migrate(settings.database_url)
    with opened(settings) as database:
        _say(*retire_public_secret(database, settings, utc_now()))
        yield database


def _say(*lines: str) -> None:
    for line in lines:
        click.echo(line)


def _stop(sentence: str) -> None:
    click.echo(" ".join(sentence.split()), err=True)
    sys.exit(1)
