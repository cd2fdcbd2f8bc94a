"""Findings as rows of the ask about progress: which are open, and which somebody may see. Reads only."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlmodel import Session, col, select

from exchange.access.lesson_things import thing_of_lesson
from exchange.follow_up.queries import lesson_options
from exchange.models import Ask, Lesson, LessonProgress, LessonState
from exchange.rules.access.policy import Right, may
from exchange.rules.access.standing import Standing

CLOSED = (LessonState.LEARNED, LessonState.REJECTED)  # of these nobody is asked how far they are
ASKED = ("state", "note", "evidence", "review_on")  # what the first questions of the ask say, in their order
TEMPLATE = "findings-progress"  # a key of config/asks.toml


@dataclass(frozen=True)
class AskedFinding:
    """A finding that a city is asked about; ``recorded`` is what it said last, None for nothing."""

    lesson: Lesson
    recorded: LessonProgress | None


def open_findings(session: Session) -> list[Lesson]:
    """Every finding of which a city may be asked how far it is, the oldest first, with what rights need."""
    found = session.exec(
        select(Lesson)
        .where(col(Lesson.state).not_in(CLOSED))
        .options(*lesson_options())
        .order_by(col(Lesson.id))
    )
    return list(found.unique())


def known_to(lessons: Iterable[Lesson], standings: Collection[Standing]) -> list[Lesson]:
    """Those that at least one of some people may know of."""
    return [
        one for one in lessons if any(may(reader, Right.READ, thing_of_lesson(one)) for reader in standings)
    ]


def asked_findings(
    session: Session, ask: Ask, city_id: int | None, standing: Standing
) -> dict[int, AskedFinding]:
    """By row of the ask what is still open and for its reader; none of an ask about something else."""
    if ask.findings_round_id is None:
        return {}
    by_lesson = {row.lesson_id: row.id or 0 for row in ask.rows if row.lesson_id is not None}
    lessons = session.exec(
        select(Lesson)
        .where(col(Lesson.id).in_(by_lesson), col(Lesson.state).not_in(CLOSED))
        .options(*lesson_options())
    ).unique()
    recorded = session.exec(
        select(LessonProgress).where(
            LessonProgress.city_id == city_id, col(LessonProgress.lesson_id).in_(by_lesson)
        )
    )
    said = {one.lesson_id: one for one in recorded}
    return {
        by_lesson[one.id or 0]: AskedFinding(one, said.get(one.id or 0))
        for one in known_to(lessons, [standing])
    }
