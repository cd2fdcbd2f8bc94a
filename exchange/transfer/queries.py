"""What is read for imports and exports alone: names that rows may use, and the letters that went out."""

from collections.abc import Sequence

from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from exchange.access.kept_back import kept_back_from
from exchange.mail.outbox.letter_queue import TRIAL
from exchange.models import City, ExpertGroup, Letter, Theme
from exchange.rules.access.standing import NOBODY
from exchange.rules.programme.cycles import StagePlan
from exchange.transfer.drafts import Names, Place


def names_of(session: Session, plan: StagePlan) -> Names:
    """Cities by name, groups by key and name, themes by key and name."""
    cities = session.exec(select(City)).all()
    groups = session.exec(select(ExpertGroup)).all()
    themes = session.exec(select(Theme)).all()
    return Names(
        cities={city.name.lower(): Place(city.id or 0, city.time_zone) for city in cities},
        groups={name.lower(): group.id or 0 for group in groups for name in (group.name, group.key)},
        themes={name.lower(): theme.id or 0 for theme in themes for name in (theme.name, theme.key)},
        weeks=plan.duration_weeks,
    )


def newest_letters(session: Session, most: int) -> Sequence[Letter]:
    """Letters in the outbox, the newest first, without their text; none about what is TLP:RED, and no trials.

    A trial does not hold what it was about, whose marking may have risen since.
    """
    return session.exec(
        select(Letter)
        .where(kept_back_from(session, NOBODY).other_letters, col(Letter.kind) != TRIAL)
        .options(
            defer(Letter.text),  # type: ignore[arg-type]  # SQLModel types columns as their values
            defer(Letter.html),  # type: ignore[arg-type]  # as above
        )
        .order_by(col(Letter.id).desc())
        .limit(most)
    ).all()
