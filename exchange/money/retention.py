"""Lines of money whose years are over. Agreements and what was decided about balances stay."""

from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, SQLModel, col, func, select

from exchange.models import MoneyLine
from exchange.rules.time.timezones import wall_time

_LINES = SQLModel.metadata.tables["money_line"]


def lines_due(session: Session, before: datetime) -> int:
    """How many lines are of days before an instant, those taken back included."""
    day = wall_time(before, "UTC").on
    return session.exec(
        select(func.count()).select_from(MoneyLine).where(col(MoneyLine.on_local) < day)
    ).one()


def forget_lines(session: Session, before: datetime) -> int:
    """Delete them; how many there were."""
    count = lines_due(session, before)
    session.connection().execute(delete(_LINES).where(_LINES.c.on_local < wall_time(before, "UTC").on))
    return count
