"""`exchange rehearse N`: every letter of a cycle as text. It sends nothing and stores nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime

import click
from sqlmodel import Session

from exchange.clock import utc_now
from exchange.commands.opened_database import opened
from exchange.commands.printed import DAY, say
from exchange.duties.configured import stage_plan_of
from exchange.mail.schedule.eager_loading import cycle_with_readers
from exchange.mail.writing.rehearsal import as_text, rehearsed_letters, written
from exchange.settings import Settings, load_settings


def rehearsal_lines(
    session: Session, cycle_id: int, *, settings: Settings, now: datetime, from_another_day: bool
) -> Iterator[str]:
    """The letters from ``now`` on, each in full, then how many they are. Raises NotFound."""
    plan = stage_plan_of(settings)
    cycle = cycle_with_readers(session, cycle_id)
    planned = rehearsed_letters(session, cycle, plan=plan, now=now, without_taken=not from_another_day)
    for number, one in enumerate(written(session, planned, plan=plan, settings=settings), 1):
        yield as_text(one, number)
    people = {one.person.id for one in planned}
    yield f"{cycle.title}: {len(planned)} letters to {len(people)} people. None was sent."


@click.command()
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
            say(line)
