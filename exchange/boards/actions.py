"""What is done with meetings of boards, each change with its audit entry, its calendars and its letters.

Given session, actor and ``now``; commits nothing and knows no pages. Decisions: decision_actions.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from exchange import audit
from exchange.access.named_people import named_people
from exchange.audit import kept_text
from exchange.audit.markings import record_marking
from exchange.boards.drafts import (
    MeetingDraft,
    MinutesDraft,
    PaperDraft,
    check_meeting,
    check_minutes,
    checked_papers,
)
from exchange.boards.queries import keys_of_letters
from exchange.errors import Conflict, InvalidInput
from exchange.feeds.publishing.invalidation import mark_board_meeting_stale, new_uid
from exchange.lifecycle import check_lowering, needed
from exchange.mail.outbox.letter_queue import BOARD_MEETING
from exchange.mail.outbox.withdrawals import withdraw_followed
from exchange.mail.schedule.told_dates import QUIET
from exchange.models import Board, BoardMeeting, BoardPaper, Person, Publication
from exchange.rules.markings.state_secrets import refuse_state_secrets
from exchange.rules.markings.tlp_labels import Marking

_COLUMNS = (
    *("title", "mode", "on_local", "starts_local", "time_zone", "minutes"),
    *("marking", "place", "join_link", "agenda"),
)
_TEXTS = frozenset({"title", "agenda"})
_TOLD = ("mode", "on_local", "starts_local", "time_zone", "minutes", "place", "join_link", "marking")


@dataclass(frozen=True)
class Decider:
    """Who decides, and when."""

    actor: Person
    now: datetime


def open_meeting(session: Session, board: Board, draft: MeetingDraft, *, by: Decider) -> BoardMeeting:
    """A new meeting, as a draft that nobody is invited to. Raises InvalidInput (see drafts)."""
    check_meeting(draft)
    meeting = BoardMeeting(
        board_id=board.id or 0,
        named_ids=named_people(session, draft.marking, draft.named),
        created_at=by.now,
        changed_at=by.now,
        uid=new_uid(),
        **_columns(draft),  # type: ignore[arg-type]  # columns by their names
    )
    session.add(meeting)
    session.flush()
    record(session, meeting, "plan board meeting", by, after=_facts(_columns(draft)))
    return meeting


def edit_meeting(
    session: Session, meeting: BoardMeeting, draft: MeetingDraft, *, reason: str, by: Decider
) -> None:
    """Make the meeting what the draft says; whoever is invited hears of it once, ten minutes later.

    A marking that falls needs a reason. Nothing is written where nothing changed.
    """
    _check_stands(meeting)
    check_meeting(draft)
    refuse_state_secrets(reason, field="reason")
    check_lowering(Marking(meeting.marking), draft.marking, reason)
    _check_inside(meeting, draft.marking)
    named_ids = named_people(session, draft.marking, draft.named, meeting.named_ids)
    before, after = {name: getattr(meeting, name) for name in _COLUMNS}, _columns(draft)
    if before == after and named_ids == meeting.named_ids:
        return
    for name, value in after.items():
        setattr(meeting, name, value)
    meeting.named_ids = named_ids
    _changed(session, meeting, by, is_told=any(before[name] != after[name] for name in _TOLD))
    changed = {name for name in before if before[name] != after[name] and name != "marking"}
    record_marking(
        session,
        _subject(meeting),
        str(before["marking"]),
        meeting.marking,
        actor=by.actor,
        reason=reason,
        now=by.now,
    )
    if changed:
        old, new = _facts(before), _facts(after)
        record(
            session,
            meeting,
            "edit board meeting",
            by,
            before={name: old[name] for name in sorted(changed)},
            after={name: new[name] for name in sorted(changed)},
            reason=reason,
        )


def set_papers(session: Session, meeting: BoardMeeting, drafts: Sequence[PaperDraft], *, by: Decider) -> None:
    """These papers, in this order. Raises InvalidInput, field "papers"."""
    _check_stands(meeting)
    papers = checked_papers(drafts, Marking(meeting.marking))
    before = [(one.label, one.url, one.product_id, one.marking) for one in meeting.papers]
    after = [(one.label, one.url, one.product_id, one.marking) for one in papers]
    if before == after:
        return
    meeting.papers = []
    session.flush()  # positions are unique: the old rows go before the new ones come
    meeting.papers = [
        BoardPaper(
            meeting_id=meeting.id or 0,
            position=number,
            label=one.label,
            url=one.url,
            product_id=one.product_id,
            marking=one.marking,
        )
        for number, one in enumerate(papers, 1)
    ]
    _changed(session, meeting, by, is_told=False)
    counts = ({"papers": len(before)}, {"papers": len(after)})
    record(session, meeting, "change papers of board meeting", by, before=counts[0], after=counts[1])


def publish_meeting(session: Session, meeting: BoardMeeting, *, by: Decider) -> None:
    """Let the board know: it stands in its members' calendars, and each gets an invitation."""
    if meeting.publication is not Publication.DRAFT:
        raise Conflict("The meeting is no draft, so it cannot be published.")
    meeting.published_at = by.now
    _changed(session, meeting, by, is_told=True)
    record(session, meeting, "publish board meeting", by, after={"published_at": by.now})


def cancel_meeting(session: Session, meeting: BoardMeeting, *, reason: str, by: Decider) -> None:
    """Call it off. It stays, with its reason; whoever was invited hears so."""
    why = needed(reason)
    refuse_state_secrets(why, field="reason")
    _check_stands(meeting)
    meeting.cancelled_at, meeting.reason = by.now, why
    _changed(session, meeting, by, is_told=True)
    record(session, meeting, "cancel board meeting", by, after={"cancelled_at": by.now}, reason=why)


def write_minutes(
    session: Session, meeting: BoardMeeting, draft: MinutesDraft, *, reason: str, by: Decider
) -> None:
    """Keep the minutes of a meeting that was held. A marking that falls needs a reason."""
    if meeting.publication is not Publication.PUBLISHED:
        raise Conflict("The meeting did not take place, so it has no minutes.")
    check_minutes(draft, meeting.on_local)
    if draft.marking is Marking.RED and meeting.marking != Marking.RED:
        raise InvalidInput("Minutes can be TLP:RED only where their meeting is.", field="marking")
    refuse_state_secrets(reason, field="reason")
    before, is_first = meeting.record_marking, meeting.recorded_at is None
    if before:
        check_lowering(Marking(before), draft.marking, reason)
    old = {"text": kept_text(meeting.record), "approved_on": meeting.approved_on}
    meeting.record, meeting.record_marking = draft.text.strip(), draft.marking.value
    meeting.recorded_at, meeting.approved_on = meeting.recorded_at or by.now, draft.approved_on
    meeting.version += 1
    session.flush()
    new = {"text": kept_text(meeting.record), "approved_on": meeting.approved_on}
    if is_first or old != new:
        record(session, meeting, "write minutes", by, before=old, after=new, reason=reason)
    record_marking(
        session,
        _subject(meeting),
        before,
        meeting.record_marking,
        actor=by.actor,
        reason=reason,
        now=by.now,
        about={"of": "minutes"},
    )


def record(
    session: Session,
    meeting: BoardMeeting,
    action: str,
    by: Decider,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    reason: str = "",
) -> None:
    """One entry in the audit trail about a meeting."""
    audit.record(
        session,
        actor=by.actor,
        action=action,
        subject=_subject(meeting),
        before=before,
        after=after,
        now=by.now,
        reason=reason.strip(),
    )


def _check_inside(meeting: BoardMeeting, marking: Marking) -> None:
    """Raise InvalidInput where papers or minutes at TLP:RED would stand in a meeting that names nobody."""
    inside = {meeting.record_marking, *(one.marking for one in meeting.papers)}
    if marking is not Marking.RED and Marking.RED in inside:
        raise InvalidInput("Its papers or minutes are TLP:RED: mark those lower first.", field="marking")


def _check_stands(meeting: BoardMeeting) -> None:
    if meeting.cancelled_at:
        raise Conflict("The meeting was cancelled, and stays so.")


def _changed(session: Session, meeting: BoardMeeting, by: Decider, *, is_told: bool) -> None:
    """A new version; calendars follow, and letters when what they say changed."""
    meeting.version += 1
    meeting.sequence += 1
    meeting.changed_at = by.now
    if meeting.published_at and is_told:
        meeting.tell_at = by.now + QUIET
    session.flush()
    if meeting.published_at:
        why = "The meeting was changed."  # what is still so is written again by the tick
        withdraw_followed(session, BOARD_MEETING, keys_of_letters(meeting), why)
        mark_board_meeting_stale(session, meeting)


def _columns(draft: MeetingDraft) -> dict[str, object]:
    values = {name: getattr(draft, name) for name in _COLUMNS}
    texts = {name: str(values[name]).strip() for name in ("title", "place", "join_link", "agenda")}
    return values | texts | {"mode": draft.mode.value, "marking": draft.marking.value}


def _facts(values: Mapping[str, object]) -> dict[str, object]:
    """As the trail keeps them: of texts the digests."""
    return {
        name: kept_text(str(value)) if name in _TEXTS else str(value)
        for name, value in values.items()
        if name != "join_link"
    }


def _subject(meeting: BoardMeeting) -> str:
    return f"board meeting:{meeting.id}"
