"""The command line: python -m exchange init, migrate, serve, add-coordinator, rehearse, plan, audit ...

Each command is a few calls; every refusal ends as one sentence on standard error and exit code 1. A command's
module is loaded when it is asked for: `exchange plan` need not wait for what `serve` imports.
"""

import sys
from importlib import import_module
from typing import NoReturn

import click

from exchange.errors import ExchangeError

# The command and, inside this package, the module and the function that are it.
COMMANDS = {
    "add-coordinator": ("coordinators", "make_coordinator"),
    "audit": ("audit_trail", "audit_trail"),
    "backup": ("kept_data.commands", "backup"),
    "doctor": ("doctor.command", "doctor"),
    "first-run": ("coordinators", "first_run"),
    "held-letters": ("kept_data.restored_letters", "held_letters"),
    "init": ("set_up", "init_network"),
    "load-findings": ("load_findings", "load_seeds"),
    "load-rotation": ("load_rotation", "load_known_turns"),
    "migrate": ("set_up", "migrate_schema"),
    "plan": ("run_planner", "plan"),
    "rehearse": ("rehearse_letters", "rehearse"),
    "reset-second-factor": ("coordinators", "reset_second_factor"),
    "restore": ("kept_data.commands", "restore"),
    "retention": ("apply_retention", "retention"),
    "rotate-secret": ("kept_data.commands", "rotate_secret"),
    "serve": ("set_up", "serve"),
    "sign-in-link": ("coordinators", "sign_in_link"),
}


class _Commands(click.Group):
    """The commands of the table, each loaded when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names, for the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name; None when there is none."""
        if cmd_name not in COMMANDS:
            return None
        module, function = COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(f"{__name__}.{module}"), function)
        return command


@click.group(cls=_Commands)
def commands() -> None:
    """Exchange: the scheduler of a network of cities that prepare together."""


def main() -> None:
    """Run the command that was typed; never shows a traceback for a refusal."""
    try:
        code = commands.main(prog_name="exchange", standalone_mode=False)
    except ExchangeError as error:
        _stop(str(error))
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(0)  # Ctrl-C: nothing is left half-done
    except Exception as error:
        refusal = _refusal_of_database(error)
        if refusal is None:
            raise
        _stop(refusal)
    else:
        sys.exit(code or 0)


def _refusal_of_database(error: Exception) -> str | None:
    """What the database says no to, in a sentence; None when the error is another's."""
    from sqlalchemy.exc import OperationalError, ProgrammingError  # takes a quarter of a second to load

    if not isinstance(error, OperationalError | ProgrammingError):
        return None
    first_line = str(error.orig).strip().partition("\n")[0]
    return f"The database refuses: {first_line}. See: python -m exchange doctor"


def _stop(sentence: str) -> NoReturn:
    click.echo(" ".join(sentence.split()), err=True)
    sys.exit(1)
