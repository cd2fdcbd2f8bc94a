"""Adding and editing expert groups, boards, organisations and themes: what has a key, a name and a note."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

from sqlmodel import Session, SQLModel

from exchange import audit
from exchange.feeds.publishing.invalidation import mark_file_renamed
from exchange.feeds.publishing.name_changes import touch_naming_theme
from exchange.feeds.publishing.publish import ensure_feeds, mark_all_stale
from exchange.models import Board, ExpertGroup, Organisation, Person, Theme
from exchange.network.actions.saving import flush, insert, refuse_stale, take
from exchange.network.drafts import (
    NOTE_COLUMN,
    Entry,
    EntryDraft,
    OrganisationDraft,
    ThemeDraft,
    checked_entry,
    draft_of_entry,
    facts,
)
from exchange.settings import Settings

Kind = TypeVar("Kind", bound=Entry)

NOUNS: Mapping[type[SQLModel], str] = {
    ExpertGroup: "group",
    Board: "board",
    Organisation: "organisation",
    Theme: "theme",
}  # in the audit trail


def add_entry(
    session: Session, kind: type[Kind], draft: EntryDraft, *, settings: Settings, actor: Person, now: datetime
) -> Kind:
    """A new entry of the kind; a group gets its feed at once."""
    entry = insert_entry(session, kind, draft, actor=actor, now=now)
    if kind is ExpertGroup:
        ensure_feeds(session, settings, now)
    return entry


def insert_entry(
    session: Session, kind: type[Kind], draft: EntryDraft, *, actor: Person | None, now: datetime
) -> Kind:
    """A new entry without a feed: for those who add many and see to the feeds at the end."""
    draft = checked_entry(draft)
    entry = kind(key=draft.key, name=draft.name)
    _write(entry, draft)
    insert(session, entry)
    noun = NOUNS[kind]
    audit.record(
        session, actor=actor, action=f"add {noun}", subject=f"{noun}:{entry.id}", after=_kept(draft), now=now
    )
    return entry


def edit_entry(
    session: Session,
    entry: Entry,
    draft: EntryDraft,
    *,
    seen: str | None = None,
    actor: Person,
    now: datetime,
) -> None:
    """Write the draft over the entry. ``seen`` is the fingerprint the form carried."""
    draft = checked_entry(draft)
    take(session, entry)
    present = draft_of_entry(entry)
    refuse_stale(present, seen)
    if facts(present) == facts(draft):
        return
    _write(entry, draft)
    flush(session, entry)
    if isinstance(entry, Theme) and present.name != draft.name:
        touch_naming_theme(session, entry, now)
    if isinstance(entry, ExpertGroup) and present.key != draft.key:
        mark_file_renamed(session, entry)
    mark_all_stale(session)  # the name of a group is the name of its feed
    noun = NOUNS[type(entry)]
    subject = f"{noun}:{entry.id}"
    audit.record(
        session,
        actor=actor,
        action=f"edit {noun}",
        subject=subject,
        before=_kept(present),
        after=_kept(draft),
        now=now,
    )


def _kept(draft: EntryDraft) -> dict[str, object]:
    """What the trail keeps for good: of the note a digest, for a note may name people."""
    return facts(draft) | {"note": audit.kept_text(draft.note)}


def _write(entry: Entry, draft: EntryDraft) -> None:
    entry.key, entry.name = draft.key, draft.name
    setattr(entry, NOTE_COLUMN[type(entry)], draft.note)
    if isinstance(entry, Organisation) and isinstance(draft, OrganisationDraft):
        entry.kind, entry.ends_on = draft.kind, draft.ends_on
    if isinstance(entry, Theme) and isinstance(draft, ThemeDraft):
        entry.strategies = draft.strategies
