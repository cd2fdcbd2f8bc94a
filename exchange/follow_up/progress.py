"""How far a city is with a finding: said by its lead or contacts, or by coordinators. Commits nothing.

What asks cities for it (a page, an ask, a file) calls set_progress; the policy is asked before.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, select

from exchange import audit
from exchange.audit import kept_text
from exchange.errors import Conflict, InvalidInput
from exchange.models import City, Headway, ImprovementAction, Lesson, LessonProgress, Person
from exchange.rules.evidence import checked_evidence
from exchange.rules.markings.state_secrets import refuse_state_secrets
from exchange.rules.time.timezones import wall_time

SAY_PROGRESS = "say progress"  # as the trail calls it
FIRST_YEAR, LAST_YEAR = 2000, 2100  # a day outside is a slip of the keyboard


@dataclass(frozen=True)
class Decider:
    """Who decides, and when; nobody for what the system itself does."""

    actor: Person | None
    now: datetime


@dataclass(frozen=True)
class ProgressDraft:
    """How far one city is: ``review_on`` is a date on its own wall."""

    state: Headway
    note: str = ""
    evidence: str = ""
    review_on: date | None = None


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

    Raises InvalidInput (see checked_progress), and Conflict when somebody said something meanwhile. The trail
    keeps each step; of the note a digest.
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
        subject=f"finding:{lesson.id}",
        before={"city": city.name} | {name: before[name] for name in before if before[name] != after[name]},
        after={"city": city.name} | {name: after[name] for name in after if before[name] != after[name]},
        now=by.now,
    )
    return row


def check_saved(row: Lesson | LessonProgress | ImprovementAction, version: int) -> None:
    """Raise Conflict when the page that was sent shows an older state than the one saved."""
    if row.version != version:
        raise Conflict(
            "This was changed by somebody else meanwhile. Nothing of yours was saved: open it again, look at"
            " what changed, and repeat yours."
        )


def checked_progress(draft: ProgressDraft, today: date) -> ProgressDraft:
    """The draft without space around its texts. Raises InvalidInput at the field that cannot be right.

    ``today`` is the date on the city's wall: the next look lies ahead.
    """
    note, link = draft.note.strip(), draft.evidence.strip()
    refuse_state_secrets(note, field="note")
    if draft.state is Headway.NOT_FOR_US and not note:
        raise InvalidInput("Write why it is not for your city.", field="note")
    if draft.review_on is not None:
        check_day(draft.review_on, "review_on")
        if draft.review_on <= today:
            raise InvalidInput("Choose a day that is still to come.", field="review_on")
    evidence = checked_evidence(link) if link else ""
    return ProgressDraft(draft.state, note, evidence, draft.review_on)


def check_day(on: date, field: str) -> None:
    """Raise InvalidInput for a year in which nobody plans."""
    if not FIRST_YEAR <= on.year <= LAST_YEAR:
        raise InvalidInput(
            "Choose a year between %(first)s and %(last)s.", field=field, first=FIRST_YEAR, last=LAST_YEAR
        )


def _facts(row: LessonProgress) -> dict[str, object]:
    """What is said, as the trail keeps it."""
    return {
        "state": row.state,
        "note": kept_text(row.note),
        "evidence": kept_text(row.evidence),
        "review_on": row.review_on.isoformat() if row.review_on else "",
    }
