"""The command for letters held after a restore that pages keep from coordinators: those about TLP:RED.

It shows numbers alone: nothing of what the letters say or whom they go to.
"""

from collections.abc import Iterator

import click
from sqlalchemy import not_
from sqlmodel import Session

from exchange.access.kept_back import kept_back_from
from exchange.clock import utc_now
from exchange.commands.opened_database import opened
from exchange.mail.outbox.held_letters import count_held, held_ids, let_go, take_as_sent
from exchange.rules.access.standing import NOBODY
from exchange.settings import load_settings

_DECISIONS = {"send": (let_go, "go when they are due"), "sent": (take_as_sent, "are taken as sent")}


@click.command("held-letters")
@click.option("--send", "decision", flag_value="send", default=None, help="Let those at TLP:RED be sent.")
@click.option("--sent", "decision", flag_value="sent", help="Take those at TLP:RED as sent: they had gone.")
def held_letters(decision: str | None) -> None:
    """Say how many letters are held since a restore, and decide about those at TLP:RED.

    Whoever is named on their cycle or event decides on the page, too, letter by letter.
    """
    settings = load_settings()
    with opened(settings) as database:
        if decision is None:
            with database.reading() as session:
                lines = [*held_lines(session)]
        else:
            decide, what = _DECISIONS[decision]
            with database.transaction() as session:
                count = decide(session, kept_ids(session), actor=None, now=utc_now())
            lines = [f"{count} letters at TLP:RED {what}."]
    for line in lines:
        click.echo(line)


def held_lines(session: Session) -> Iterator[str]:
    """How many are held, and what to do about them."""
    held, kept = count_held(session), len(kept_ids(session))
    if not held:
        yield "No letter is held."
        return
    yield f"{held} letters are held since a restore; coordinators decide on Letters, Held."
    if kept:
        yield (
            f"{kept} of them are at TLP:RED: that page shows them to those who are named there alone. Where"
            " nobody is: python -m exchange held-letters --send, or --sent when they had gone."
        )


def kept_ids(session: Session) -> list[int]:
    """The held letters that a coordinator who is named nowhere does not see."""
    return held_ids(session, not_(kept_back_from(session, NOBODY).other_letters))
