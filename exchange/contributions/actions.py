"""What an author does with an answer: save it, hand it in, add and take away files. Commits nothing.

Every deed is refused once the last day is over on the author's own wall.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from exchange import audit
from exchange.contributions.drafts import AnswerDraft, checked_draft, checked_marking, checked_whole
from exchange.contributions.queries import Desk, file_of
from exchange.contributions.storage import Stored
from exchange.errors import Conflict, InvalidInput
from exchange.mail.answer_letters import receipt_letter
from exchange.mail.edited import load_wordings
from exchange.mail.outbox import queue, withdraw_chasing
from exchange.models import Attachment, Contribution, ContributionVersion, ExpertGroup
from exchange.settings import Settings

FILES_MAX = 10  # files of one answer


class Late(Conflict):
    """The last day is over, or the exchange does not take answers now."""


class SavedMeanwhile(Conflict):
    """Somebody, or another window of one's own, saved since the page was opened."""


@dataclass(frozen=True)
class Upload:
    """A file that was checked and stored."""

    name: str
    media_type: str
    stored: Stored


def save_draft(
    session: Session, desk: Desk, draft: AnswerDraft, *, now: datetime, is_told: bool = True
) -> Contribution:
    """Keep the draft as it stands; nothing is handed in by it.

    ``is_told`` False keeps it out of the audit trail: what a page saves by itself while somebody
    types is no deed. Raises Late, SavedMeanwhile, and InvalidInput at its field.
    """
    checked_draft(draft)
    contribution = _kept(session, desk, draft, now)
    if is_told:
        _record(session, desk, "save draft of answer", now, {"version": contribution.version})
    return contribution


def submit_contribution(
    session: Session, desk: Desk, draft: AnswerDraft, *, settings: Settings, now: datetime
) -> Contribution:
    """Hand the answer in: it is kept as a version of its own, and its author gets a receipt.

    Reminders that wait are taken back; those of people who are still silent are written anew.
    """
    checked_whole(draft, has_files=bool(desk.files))
    contribution = _kept(session, desk, draft, now)
    contribution.submitted_at = now
    version = _version_of(contribution, desk, now)
    contribution.versions.append(version)
    session.flush()
    withdraw_chasing(session, desk.cycle.id or 0, "Somebody answered.")
    facts: dict[str, object] = {
        "number": version.number,
        "marking": version.marking,
        "groups": sorted(group.name for group in contribution.groups),
        "files": [file.name for file in desk.files],
    }
    _record(session, desk, "submit answer", now, facts)
    _send_receipt(session, desk, version, settings, now)
    return contribution


def add_files(
    session: Session, desk: Desk, draft: AnswerDraft, uploads: Sequence[Upload], *, now: datetime
) -> None:
    """Keep files with the answer, and the draft they came with. Files need a marking first."""
    checked_draft(draft)
    checked_marking(draft)
    if len(desk.files) + len(uploads) > FILES_MAX:
        raise InvalidInput("At most %(most)s files fit. Take one away first.", field="files", most=FILES_MAX)
    contribution = _kept(session, desk, draft, now)
    for upload in uploads:
        contribution.attachments.append(
            Attachment(
                contribution_id=contribution.id or 0,
                name=upload.name,
                media_type=upload.media_type,
                size_bytes=upload.stored.size_bytes,
                sha256=upload.stored.sha256,
                stored_name=upload.stored.stored_name,
                person_id=desk.addressee.holder_id,
                added_at=now,
            )
        )
        _record(session, desk, "add file", now, {"file": upload.name, "sha256": upload.stored.sha256})
    session.flush()


def remove_file(session: Session, desk: Desk, attachment_id: int, *, now: datetime) -> str:
    """Take a file away; the row stays as the record. The name under which its bytes are to be deleted."""
    refuse_late(desk)
    attachment = file_of(desk.contribution, attachment_id)
    attachment.removed_at = now
    attachment.contribution.changed_at = now
    session.flush()
    _record(session, desk, "remove file", now, {"file": attachment.name})
    return attachment.stored_name


def refuse_late(desk: Desk) -> None:
    """Raise Late unless the answer may still change."""
    if not desk.is_open:
        raise Late("Answers are no longer taken here. Nothing of yours was saved.")


def _kept(session: Session, desk: Desk, draft: AnswerDraft, now: datetime) -> Contribution:
    refuse_late(desk)
    contribution = desk.contribution or _new(session, desk, now)
    # A page opened before the first save knows version 0, and a new row begins with it.
    if contribution.version != draft.version:
        raise SavedMeanwhile("This answer was saved elsewhere since you opened the page.")
    known = {question.id for question in desk.questions}
    contribution.answers = {str(key): text for key, text in draft.answers.items() if key in known}
    contribution.marking = draft.marking
    contribution.practice_note = draft.practice_note
    contribution.links = list(draft.links)
    chosen = select(ExpertGroup).where(col(ExpertGroup.id).in_(draft.group_ids))
    contribution.groups = list(session.exec(chosen.order_by(col(ExpertGroup.id))))
    contribution.author_id = desk.addressee.holder_id
    contribution.changed_at = now
    contribution.version += 1
    session.flush()
    return contribution


def _version_of(contribution: Contribution, desk: Desk, now: datetime) -> ContributionVersion:
    """What is handed in now, as it stands: later drafts do not change it."""
    return ContributionVersion(
        contribution_id=contribution.id or 0,
        number=1 + len(contribution.versions),
        person_id=desk.addressee.holder_id,
        submitted_at=now,
        marking=contribution.marking,
        group_ids=sorted(group.id or 0 for group in contribution.groups),
        answers=dict(contribution.answers),
        practice_note=contribution.practice_note,
        links=list(contribution.links),
    )


def _send_receipt(
    session: Session, desk: Desk, version: ContributionVersion, settings: Settings, now: datetime
) -> None:
    """To whoever handed it in, at whatever hour: they wait for it."""
    letter = receipt_letter(
        desk.holder, desk.cycle, desk.party_name, version, desk.last_on, settings=settings
    )
    queue(
        session,
        letter.written(settings, load_wordings(session)),
        to=desk.holder,
        once_key=f"receipt:{version.contribution_id}:{version.number}",
        kind="receipt",
        why="An answer was handed in.",
        now=now,
    )


def _new(session: Session, desk: Desk, now: datetime) -> Contribution:
    contribution = Contribution(
        party_id=desk.party.id or 0,
        addressee_id=desk.of_addressee,
        author_id=desk.addressee.holder_id,
        version=0,
        created_at=now,
        changed_at=now,
    )
    contribution.versions, contribution.attachments = [], []
    session.add(contribution)
    session.flush()
    return contribution


def _record(session: Session, desk: Desk, action: str, now: datetime, after: dict[str, object]) -> None:
    """What was done to the cycle's answers. Never what was written."""
    audit.record(
        session,
        actor=desk.holder,
        action=action,
        subject=f"cycle:{desk.cycle.id}",
        after={"for": desk.party_name, **after},
        now=now,
    )
