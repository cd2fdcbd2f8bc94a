"""How far a city is with a finding: said by its lead or contacts, or by coordinators. Commits nothing.

What asks cities for it (a page, an ask, a file) calls set_progress; the policy is asked before.
"""

from sqlmodel import Session, select

from exchange import audit
from exchange.audit import kept_text
from exchange.errors import Conflict
from exchange.lessons.actions import Decider, check_saved, subject_of
from exchange.lessons.drafts import ProgressDraft, checked_progress
from exchange.models import City, Lesson, LessonProgress
from exchange.rules.time.timezones import wall_time

SAY_PROGRESS = "say progress"  # as the trail calls it


def progress_row(
    session: Session, lesson: Lesson, city: City, *, locks: bool = False
) -> LessonProgress | None:
    """What the city said last; None while it said nothing."""
    row = select(LessonProgress).where(
        LessonProgress.lesson_id == lesson.id, LessonProgress.city_id == city.id
    )
    return session.exec(row.with_for_update() if locks else row).first()


def set_progress(
    session: Session, lesson: Lesson, city: City, draft: ProgressDraft, *, version: int, by: Decider
) -> LessonProgress:
    """The city is as far as the draft says; ``version`` is what the sender saw, 0 before anything was said.

    Raises InvalidInput (see drafts), and Conflict when somebody said something meanwhile. The trail keeps
    each step; of the note a digest.
    """
    said = checked_progress(draft, wall_time(by.now, city.time_zone).on)
    row = progress_row(session, lesson, city, locks=True)
    if row is None:
        if version:
            raise Conflict("This was taken away meanwhile. Open it again.")
        row = LessonProgress(
            lesson_id=lesson.id or 0, city_id=city.id or 0, state="", set_at=by.now, version=0
        )
    else:
        check_saved(row, version)
    before = _facts(row)
    row.state, row.note = said.state.value, said.note
    row.evidence, row.review_on = said.evidence, said.review_on
    after = _facts(row)
    if before == after:
        return row
    row.set_at = by.now
    row.version += 1
    session.add(row)
    session.flush()
    audit.record(
        session,
        actor=by.actor,
        action=SAY_PROGRESS,
        subject=subject_of(lesson),
        before={"city": city.name} | {name: before[name] for name in before if before[name] != after[name]},
        after={"city": city.name} | {name: after[name] for name in after if before[name] != after[name]},
        now=by.now,
    )
    return row


def _facts(row: LessonProgress) -> dict[str, object]:
    """What is said, as the trail keeps it."""
    return {
        "state": row.state,
        "note": kept_text(row.note),
        "evidence": kept_text(row.evidence),
        "review_on": row.review_on.isoformat() if row.review_on else "",
    }
