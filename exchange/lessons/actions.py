"""What is done with findings: written, changed, decided; each with its audit entry. Commits nothing."""

from collections.abc import Mapping

from sqlmodel import Session, select

from exchange import audit
from exchange.access.named_people import named_people
from exchange.audit import kept_text
from exchange.audit.markings import record_marking
from exchange.errors import InvalidInput
from exchange.feeds.publishing.invalidation import hide_owed_about
from exchange.follow_up.progress import Decider, check_saved
from exchange.lessons import queries
from exchange.lessons.drafts import LessonDraft, check_lesson
from exchange.lifecycle import check_lowering, needed
from exchange.mail.outbox.letter_queue import DUTIES, YOUR_ACTIONS
from exchange.mail.outbox.withdrawals import withdraw_kinds
from exchange.models import (
    ImprovementAction,
    Lesson,
    LessonKind,
    LessonState,
    Phase,
)
from exchange.rules.markings.state_secrets import refuse_state_secrets
from exchange.rules.markings.tlp_labels import Marking, rank

_NEXT = {  # a lesson goes on, or is rejected, and may be taken up again
    LessonState.IDENTIFIED: (LessonState.ACCEPTED, LessonState.REJECTED),
    LessonState.ACCEPTED: (LessonState.LEARNED, LessonState.REJECTED),
    LessonState.LEARNED: (LessonState.ACCEPTED,),
    LessonState.REJECTED: (LessonState.IDENTIFIED,),
}


def claim_lesson(session: Session, lesson_id: int, *, version: int) -> Lesson:
    """The finding, locked until the transaction ends, as the sender of a form saw it.

    Raises NotFound, and Conflict when somebody saved it after the form was opened.
    """
    found = queries.lesson(session, lesson_id, locks=True)
    check_saved(found, version)
    return found


def write_lesson(session: Session, draft: LessonDraft, *, by: Decider, key: str | None = None) -> Lesson:
    """A new finding. ``key`` is that of config/findings.toml. Raises InvalidInput (see drafts)."""
    check_lesson(draft)
    made = Lesson(
        key=key,
        state=draft.first_state,
        created_at=by.now,
        named_ids=named_people(session, draft.marking, draft.named),
        **_columns(draft),  # type: ignore[arg-type]  # columns by their names
    )
    session.add(made)
    session.flush()
    record(session, made, "write finding", by, after={"marking": made.marking, "kind": made.kind})
    return made


def edit_lesson(session: Session, lesson: Lesson, draft: LessonDraft, *, reason: str, by: Decider) -> None:
    """Make the finding what the draft says. A marking that falls needs a reason.

    Another kind begins in its first state.
    """
    check_lesson(draft)
    check_lowering(Marking(lesson.marking), draft.marking, reason)
    named_ids = named_people(session, draft.marking, draft.named, lesson.named_ids)
    before, after = {name: getattr(lesson, name) for name in _columns(draft)}, _columns(draft)
    if before == after and named_ids == lesson.named_ids:
        return
    if draft.kind != lesson.kind:
        lesson.state, lesson.state_reason = draft.first_state, ""
    for name, value in after.items():
        setattr(lesson, name, value)
    lesson.named_ids = named_ids
    lesson.version += 1
    session.flush()
    take_back_letters(session)
    was = str(before.pop("marking"))
    subject = subject_of(lesson)
    if rank(Marking(lesson.marking)) > rank(Marking(was)):
        hide_owed_about(session, subject, *_actions_of(session, lesson))
    record_marking(session, subject, was, lesson.marking, actor=by.actor, reason=reason, now=by.now)
    changed = {name for name in before if before[name] != after[name]}
    if changed:
        record(session, lesson, "edit finding", by, _facts(before, changed), _facts(after, changed), reason)


def decide_lesson(session: Session, lesson: Lesson, to: LessonState, *, reason: str, by: Decider) -> None:
    """Take a lesson on: accepted, learned, or rejected for a reason.

    Raises InvalidInput at "state" for a step that is none, and at "reason" for a rejection without one.
    """
    if lesson.kind != LessonKind.LESSON or to not in next_states(lesson):
        raise InvalidInput("Choose one of the steps offered.", field="state")
    why = needed(reason) if to is LessonState.REJECTED else reason.strip()
    refuse_state_secrets(why, field="reason")
    before, lesson.state = lesson.state, to
    lesson.state_reason = why if to is LessonState.REJECTED else ""
    lesson.version += 1
    record(session, lesson, "decide on lesson", by, {"state": before}, {"state": to.value}, why)


def next_states(lesson: Lesson) -> tuple[LessonState, ...]:
    """What a lesson may become next; nothing for other kinds."""
    return _NEXT[LessonState(lesson.state)] if lesson.state else ()


def take_back_letters(session: Session) -> None:
    """Take back what waits to tell owners of actions: the next tick writes anew what still holds."""
    withdraw_kinds(session, (YOUR_ACTIONS, DUTIES), cycle_id=None, why="A finding or an action was changed.")


def _actions_of(session: Session, lesson: Lesson) -> list[str]:
    found = session.exec(select(ImprovementAction.id).where(ImprovementAction.lesson_id == lesson.id))
    return [f"action:{action_id}" for action_id in found]


def subject_of(row: Lesson | ImprovementAction) -> str:
    """What the trail calls it."""
    return f"finding:{row.id}" if isinstance(row, Lesson) else f"action:{row.id}"


def record(
    session: Session,
    row: Lesson | ImprovementAction,
    action: str,
    by: Decider,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    reason: str = "",
) -> None:
    """One entry in the audit trail about a finding or an action."""
    session.flush()
    audit.record(
        session,
        actor=by.actor,
        action=action,
        subject=subject_of(row),
        before=before,
        after=after,
        reason=reason.strip(),
        now=by.now,
    )


def _columns(draft: LessonDraft) -> dict[str, object]:
    """The draft as columns of the row, apart from who is named."""
    return {
        "kind": draft.kind.value,
        "title": draft.title.strip(),
        "text": draft.text.strip(),
        "theme_id": draft.theme_id,
        "phase": Phase(draft.phase).value if draft.phase else "",
        "cycle_id": draft.cycle_id,
        "training_id": draft.training_id,
        "product_id": draft.product_id,
        "source": draft.source.strip(),
        "source_number": draft.source_number.strip(),
        "source_link": draft.source_link.strip(),
        "marking": draft.marking.value,
    }


def _facts(values: Mapping[str, object], changed: set[str]) -> dict[str, object]:
    """What changed, as the trail keeps it: of texts the digests."""
    texts = {"title", "text", "source"}
    return {name: kept_text(str(values[name])) if name in texts else values[name] for name in sorted(changed)}
