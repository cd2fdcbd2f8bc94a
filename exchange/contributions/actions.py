"""What an author does with an answer: save it, hand it in, add and take away files. Commits nothing.

Every change is refused once the last day is over on the clock of the author's city.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from exchange import audit
from exchange.access.named_people import named_people
from exchange.audit.markings import record_marking
from exchange.contributions.drafts import AnswerDraft, checked_complete, checked_draft, checked_marking
from exchange.contributions.progress_answers import say_progress
from exchange.contributions.queries import AnswerAccess, file_of
from exchange.errors import Conflict, InvalidInput
from exchange.mail.outbox.letter_queue import RECEIPT, queue
from exchange.mail.outbox.withdrawals import withdraw_chasing_about
from exchange.mail.writing.custom_wording import load_wordings
from exchange.mail.writing.occasions.answer_letters import receipt_letter
from exchange.models import Attachment, Contribution, ContributionVersion, ExpertGroup
from exchange.rules.markings.tlp_labels import Marking, parse_marking
from exchange.settings import Settings
from exchange.uploads.file_storage import Upload

FILES_MAX = 10  # files of one answer


class Late(Conflict):
    """The last day is over, or the exchange does not take answers now."""


class SavedMeanwhile(Conflict):
    """Somebody, or another window of one's own, saved since the page was opened."""


def save_draft(
    session: Session, access: AnswerAccess, draft: AnswerDraft, *, now: datetime, is_told: bool = True
) -> Contribution:
    """Keep the draft as it stands; nothing is handed in by it.

    ``is_told`` False keeps it out of the audit trail: what a page saves by itself while somebody
    types is no change of its own. Raises Late, SavedMeanwhile, and InvalidInput at its field.
    """
    checked_draft(draft)
    contribution = _kept(session, access, draft, now)
    if is_told:
        _record(session, access, "save draft of answer", now, {"version": contribution.version})
    return contribution


def submit_contribution(
    session: Session, access: AnswerAccess, draft: AnswerDraft, *, settings: Settings, now: datetime
) -> Contribution:
    """Hand the answer in: it is kept as a version of its own, and its author gets a receipt.

    How far a city is with findings is recorded by it. Reminders that wait are taken back; those of people who
    are still silent are written anew.
    """
    _checked_marking(access, draft)
    checked_complete(draft, access.questions, access.rows, has_files=bool(access.files))
    contribution = _kept(session, access, draft, now)
    say_progress(session, access, draft, now=now)
    contribution.submitted_at = now
    version = _version_of(contribution, access, now)
    _record_marking(session, access, contribution, version)
    contribution.versions.append(version)
    session.flush()
    withdraw_chasing_about(session, access.ask, "Somebody answered.")
    facts: dict[str, object] = {
        "number": version.number,
        "marking": version.marking,
        "groups": sorted(group.name for group in contribution.groups),
        "sha256": audit.content_digest([version.answers, version.practice_note, version.links]),
        "files": [file.sha256 for file in access.files],
    }
    _record(session, access, "submit answer", now, facts)
    _send_receipt(session, access, version, settings, now)
    return contribution


def add_files(
    session: Session, access: AnswerAccess, draft: AnswerDraft, uploads: Sequence[Upload], *, now: datetime
) -> None:
    """Keep files with the answer, and the draft they came with. Files need a marking first."""
    checked_draft(draft)
    _checked_marking(access, draft)
    if not access.takes_more:
        raise InvalidInput("No files are taken here.", field="files")
    if len(access.files) + len(uploads) > FILES_MAX:
        raise InvalidInput("At most %(most)s files fit. Take one away first.", field="files", most=FILES_MAX)
    contribution = _kept(session, access, draft, now)
    for upload in uploads:
        contribution.attachments.append(
            Attachment(
                contribution_id=contribution.id or 0,
                name=upload.name,
                media_type=upload.media_type,
                size_bytes=upload.stored.size_bytes,
                sha256=upload.stored.sha256,
                stored_name=upload.stored.stored_name,
                person_id=access.addressee.holder_id,
                added_at=now,
            )
        )
        _record(session, access, "add file", now, {"sha256": upload.stored.sha256})
    session.flush()


def remove_file(session: Session, access: AnswerAccess, attachment_id: int, *, now: datetime) -> str:
    """Take a file away; the row stays as the record. The name under which its bytes are to be deleted."""
    refuse_late(access)
    attachment = file_of(access.contribution, attachment_id)
    attachment.removed_at = now
    if attachment.contribution is not None:
        attachment.contribution.changed_at = now
    session.flush()
    _record(session, access, "remove file", now, {"sha256": attachment.sha256})
    return attachment.stored_name


def refuse_late(access: AnswerAccess) -> None:
    """Raise Late unless the answer may still change."""
    if not access.is_open:
        raise Late("Answers are no longer taken here. Nothing of yours was saved.")


def _checked_marking(access: AnswerAccess, draft: AnswerDraft) -> None:
    """Raise InvalidInput unless one was chosen, where the ask has none for all its answers."""
    if not access.ask.marking:
        checked_marking(draft)


def _kept(session: Session, access: AnswerAccess, draft: AnswerDraft, now: datetime) -> Contribution:
    refuse_late(access)
    contribution = access.contribution or _new(session, access, now)
    # A page opened before the first save knows version 0, and a new row begins with it.
    if contribution.version != draft.version:
        raise SavedMeanwhile("This answer was saved elsewhere since you opened the page.")
    known = {question.id for question in access.questions}
    contribution.answers = {str(key): answer for key, answer in draft.answers.items() if key in known}
    contribution.marking = parse_marking(draft.marking) if draft.marking else ""
    named = draft.named if contribution.marking == Marking.RED else ()
    contribution.named_ids = named_people(session, Marking.RED, named) if named else []
    contribution.practice_note = draft.practice_note if access.takes_more else ""
    contribution.links = list(draft.links) if access.takes_more else []
    group_ids = (
        frozenset() if access.ask.marking else draft.group_ids
    )  # they belong to a marking of one's own
    chosen = select(ExpertGroup).where(col(ExpertGroup.id).in_(group_ids))
    contribution.groups = list(session.exec(chosen.order_by(col(ExpertGroup.id))))
    contribution.author_id = access.addressee.holder_id
    contribution.changed_at = now
    contribution.version += 1
    session.flush()
    return contribution


def _version_of(contribution: Contribution, access: AnswerAccess, now: datetime) -> ContributionVersion:
    """What is handed in now, as it stands: later drafts do not change it."""
    return ContributionVersion(
        contribution_id=contribution.id or 0,
        number=1 + len(contribution.versions),
        person_id=access.addressee.holder_id,
        submitted_at=now,
        marking=contribution.marking,
        named_ids=contribution.named_ids,
        group_ids=sorted(group.id or 0 for group in contribution.groups),
        answers=dict(contribution.answers),
        asked={str(one.id): one.version for one in access.questions},
        practice_note=contribution.practice_note,
        links=list(contribution.links),
    )


def _record_marking(
    session: Session, access: AnswerAccess, contribution: Contribution, version: ContributionVersion
) -> None:
    """Against what was handed in before: who answers is the originator, so they agree by doing it."""
    before = contribution.versions[-1].marking if contribution.versions else ""
    record_marking(
        session,
        f"answer:{contribution.id}",
        before,
        version.marking,
        actor=access.holder,
        reason="Handed in anew with it by who answers.",
        now=version.submitted_at,
        about={"in": access.subject_key},
    )


def _send_receipt(
    session: Session, access: AnswerAccess, version: ContributionVersion, settings: Settings, now: datetime
) -> None:
    """To whoever handed it in, at whatever hour: they wait for it."""
    letter = receipt_letter(
        access.holder, access.subject, access.party_name, version, access.last_on, settings=settings
    )
    queue(
        session,
        letter.written(settings, load_wordings(session)),
        to=access.holder,
        once_key=f"receipt:{version.contribution_id}:{version.number}",
        kind=RECEIPT,
        why="An answer was handed in.",
        now=now,
    )


def _new(session: Session, access: AnswerAccess, now: datetime) -> Contribution:
    contribution = Contribution(
        party_id=access.party.id or 0,
        addressee_id=access.of_addressee,
        author_id=access.addressee.holder_id,
        version=0,
        created_at=now,
        changed_at=now,
    )
    contribution.versions, contribution.attachments = [], []
    session.add(contribution)
    session.flush()
    return contribution


def _record(
    session: Session, access: AnswerAccess, action: str, now: datetime, after: dict[str, object]
) -> None:
    """What was done to the answers. Never what was written, nor the names of files: their digests."""
    audit.record(
        session,
        actor=access.holder,
        action=action,
        subject=access.subject_key,
        after={"for": access.party_name, **after},
        now=now,
    )
