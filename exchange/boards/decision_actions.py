"""What is done with decisions, each change with its audit entry. It commits nothing and knows no pages."""

from collections.abc import Mapping

from sqlalchemy import func
from sqlmodel import Session, col, select

from exchange import audit
from exchange.access.named_people import named_people
from exchange.audit import kept_text
from exchange.audit.markings import record_marking
from exchange.boards.actions import Decider
from exchange.boards.drafts import DecisionDraft, check_decision
from exchange.errors import InvalidInput
from exchange.lifecycle import check_lowering
from exchange.models import Board, BoardDecision, BoardMeeting, Publication, Theme
from exchange.rules.markings.state_secrets import refuse_state_secrets
from exchange.rules.markings.tlp_labels import Marking

_COLUMNS = (
    *("reference", "title", "decided_on", "board_id", "meeting_id", "text", "signed_on"),
    *("published_on", "publication_status", "link", "marking"),
)
_TEXTS = frozenset({"title", "text"})


def write_decision(session: Session, draft: DecisionDraft, *, by: Decider) -> BoardDecision:
    """A new decision. Raises InvalidInput, as for a reference that is taken or a day before its meeting."""
    _check(session, draft, None)
    made = BoardDecision(
        named_ids=named_people(session, draft.marking, draft.named),
        created_at=by.now,
        **_columns(draft),  # type: ignore[arg-type]  # columns by their names
    )
    made.themes = _themes(session, draft)
    session.add(made)
    session.flush()
    _record(session, made, "write decision", by, after=_facts(_columns(draft)))
    return made


def edit_decision(
    session: Session, decision: BoardDecision, draft: DecisionDraft, *, reason: str, by: Decider
) -> None:
    """Make the decision what the draft says. A falling marking needs a reason. Raises as write_decision."""
    _check(session, draft, decision.id)
    refuse_state_secrets(reason, field="reason")
    check_lowering(Marking(decision.marking), draft.marking, reason)
    named_ids = named_people(session, draft.marking, draft.named, decision.named_ids)
    themes = _themes(session, draft)
    before, after = {name: getattr(decision, name) for name in _COLUMNS}, _columns(draft)
    theme_ids = [one.id for one in decision.themes], [one.id for one in themes]
    if before == after and named_ids == decision.named_ids and theme_ids[0] == theme_ids[1]:
        return
    for name, value in after.items():
        setattr(decision, name, value)
    decision.named_ids, decision.themes = named_ids, themes
    decision.version += 1
    session.flush()
    old, new = _facts(before) | {"themes": theme_ids[0]}, _facts(after) | {"themes": theme_ids[1]}
    was = str(before["marking"])
    subject = _subject(decision)
    record_marking(session, subject, was, decision.marking, actor=by.actor, reason=reason, now=by.now)
    changed = sorted(name for name in old if old[name] != new[name] and name != "marking")
    if changed:
        parts = {name: old[name] for name in changed}, {name: new[name] for name in changed}
        _record(session, decision, "edit decision", by, before=parts[0], after=parts[1], reason=reason)


def _check(session: Session, draft: DecisionDraft, own_id: int | None) -> None:
    check_decision(draft)
    _check_reference(session, draft.reference.strip(), own_id)
    if session.get(Board, draft.board_id) is None:
        raise InvalidInput("Choose the board that decided.", field="board_id")
    if draft.meeting_id is None:
        return
    meeting = session.get(BoardMeeting, draft.meeting_id)
    if meeting is None or meeting.board_id != draft.board_id:
        raise InvalidInput("Choose a meeting of that board.", field="meeting_id")
    if meeting.publication is not Publication.PUBLISHED:
        raise InvalidInput(
            "That meeting does not take place, so nothing was decided at it.", field="meeting_id"
        )
    if draft.decided_on < meeting.on_local:
        raise InvalidInput("It was decided before its meeting: look at the two dates.", field="decided_on")


def _check_reference(session: Session, reference: str, own_id: int | None) -> None:
    """Locks nothing: two who save the same at once meet the unique key, in whatever case they wrote it."""
    taken = session.exec(
        select(BoardDecision.id).where(func.lower(col(BoardDecision.reference)) == reference.lower())
    ).all()
    if any(one != own_id for one in taken):
        raise InvalidInput("There is a decision with this reference already.", field="reference")


def _themes(session: Session, draft: DecisionDraft) -> list[Theme]:
    found = session.exec(select(Theme).where(col(Theme.id).in_(draft.theme_ids)).order_by(col(Theme.name)))
    themes = list(found)
    if len(themes) < len(draft.theme_ids):
        raise InvalidInput("Choose among the themes offered.", field="themes")
    return themes


def _columns(draft: DecisionDraft) -> dict[str, object]:
    values = {name: getattr(draft, name) for name in _COLUMNS}
    texts = {name: str(values[name]).strip() for name in ("reference", "title", "text", "link")}
    return (
        values
        | texts
        | {"publication_status": draft.publication_status.value, "marking": draft.marking.value}
    )


def _facts(values: Mapping[str, object]) -> dict[str, object]:
    """As the trail keeps them: of texts the digests."""
    return {
        name: kept_text(str(value)) if name in _TEXTS else None if value is None else str(value)
        for name, value in values.items()
    }


def _record(
    session: Session,
    decision: BoardDecision,
    action: str,
    by: Decider,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    reason: str = "",
) -> None:
    audit.record(
        session,
        actor=by.actor,
        action=action,
        subject=_subject(decision),
        before=before,
        after=after,
        now=by.now,
        reason=reason.strip(),
    )


def _subject(decision: BoardDecision) -> str:
    return f"decision:{decision.id}"
