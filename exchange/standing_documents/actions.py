"""Adding, changing and reviewing standing documents, each with its audit entry. Commits nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, select

from exchange import audit
from exchange.errors import Conflict, InvalidInput
from exchange.mail.outbox.letter_queue import DUTIES
from exchange.mail.outbox.withdrawals import withdraw_kinds
from exchange.models import DocumentKind, Person, StandingDocument
from exchange.rules.markings.state_secrets import refuse_state_secrets
from exchange.rules.typed_links import is_link
from exchange.standing_documents import queries

FIRST_YEAR, LAST_YEAR = 2000, 2100  # a day outside is a slip of the keyboard


@dataclass(frozen=True)
class DocumentDraft:
    """A document; both days are on the wall of its owner's city, ``owner`` is an e-mail address."""

    title: str
    kind: DocumentKind
    link: str
    owner: str
    review_on: date
    reviewed_on: date | None = None


@dataclass(frozen=True)
class By:
    """Who does it, when, and what day that is on their wall."""

    actor: Person
    now: datetime
    today: date


def add_document(session: Session, draft: DocumentDraft, *, by: By) -> StandingDocument:
    """A new document. Raises InvalidInput at the field that cannot be right."""
    made = StandingDocument(created_at=by.now, **_columns(session, draft, by))  # type: ignore[arg-type]  # columns by their names
    session.add(made)
    session.flush()
    _record(
        session, made, "add standing document", by, None, {"kind": made.kind, "review_on": made.review_on}
    )
    return made


def edit_document(session: Session, document: StandingDocument, draft: DocumentDraft, *, by: By) -> None:
    """Make the document what the draft says. Raises InvalidInput as add_document."""
    after = _columns(session, draft, by)
    _change(session, document, after, "edit standing document", by)


def review_document(session: Session, document: StandingDocument, review_on: date, *, by: By) -> None:
    """Note that it was reviewed today, and when it is next. Raises InvalidInput for no later day."""
    if review_on <= by.today:
        raise InvalidInput("Give a day after today for the next review.", field="review_on")
    _check_year(review_on, "review_on")
    after: dict[str, object] = {"reviewed_on": by.today, "review_on": review_on}
    _change(session, document, after, "review standing document", by)


def claim_document(session: Session, document_id: int, *, version: int) -> StandingDocument:
    """The document, locked until the transaction ends. Raises NotFound, and Conflict when it was changed."""
    session.exec(
        select(StandingDocument.id).where(StandingDocument.id == document_id).with_for_update()
    ).first()
    found = queries.document_with_id(session, document_id)
    if found.version != version:
        raise Conflict(
            "This was changed by somebody else meanwhile. Nothing of yours was saved: open it again, look at"
            " what changed, and repeat yours."
        )
    return found


def _change(
    session: Session, document: StandingDocument, after: Mapping[str, object], action: str, by: By
) -> None:
    before = {name: getattr(document, name) for name in after if getattr(document, name) != after[name]}
    if not before:
        return
    for name in before:
        setattr(document, name, after[name])
    document.version += 1
    session.flush()
    withdraw_kinds(session, (DUTIES,), cycle_id=None, why="A standing document was changed.")
    _record(session, document, action, by, before, {name: after[name] for name in before})


def _columns(session: Session, draft: DocumentDraft, by: By) -> dict[str, object]:
    refuse_state_secrets(draft.title, field="title")
    if not is_link(draft.link):
        raise InvalidInput("A link begins with https://.", field="link")
    _check_year(draft.review_on, "review_on")
    if draft.reviewed_on is not None:
        _check_year(draft.reviewed_on, "reviewed_on")
    if draft.reviewed_on is not None and draft.reviewed_on > by.today:
        raise InvalidInput("It cannot have been reviewed after today.", field="reviewed_on")
    if draft.reviewed_on is not None and draft.review_on <= draft.reviewed_on:
        raise InvalidInput("The next review comes after the last one.", field="review_on")
    owner_id = session.exec(
        select(Person.id).where(Person.email == draft.owner.lower(), Person.is_active)
    ).first()
    if owner_id is None:
        raise InvalidInput("Give the e-mail address of somebody who is in the network.", field="owner")
    return {
        "title": draft.title.strip(),
        "kind": draft.kind.value,
        "link": draft.link.strip(),
        "owner_id": owner_id,
        "reviewed_on": draft.reviewed_on,
        "review_on": draft.review_on,
    }


def _check_year(on: date, field: str) -> None:
    if not FIRST_YEAR <= on.year <= LAST_YEAR:
        raise InvalidInput("Give a year from 2000 to 2100.", field=field)


def _record(
    session: Session,
    document: StandingDocument,
    action: str,
    by: By,
    before: Mapping[str, object] | None,
    after: Mapping[str, object],
) -> None:
    audit.record(
        session,
        actor=by.actor,
        action=action,
        subject=f"standing document:{document.id}",
        before=before,
        after=after,
        now=by.now,
    )
