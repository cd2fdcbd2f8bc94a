"""All rows of the database that name a person, found by the schema itself: no new table is forgotten.

What is kept out stands in two tables, with reasons: single columns, and ways in which a row names somebody
that do not make it theirs. Not what exported_parts.py puts in words.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time

from sqlalchemy import Column, ColumnElement, Table, or_, select
from sqlmodel import Session, SQLModel

from exchange.access.kept_back import KeptBack
from exchange.models import Person
from exchange.rules.markings.tlp_labels import Marking

Row = dict[str, object]
Place = tuple[str, str]  # a table and one of its columns

_SECRET = "a secret by which a link or session is known again"
_IN_PARTS = "stands in the other parts of the file, as far as its marking allows"
_OF_EXCHANGE = "the text of an exchange, an event or a letter, not of the person"
_ABOUT_OTHERS = "the row is about somebody else; that you did it stands among your entries of the audit trail"
_OTHERS = "names other people"
_INNER = "a number of the machinery"

OMITTED: Mapping[Place, str] = {
    ("sign_in_link", "token_digest"): _SECRET,
    ("web_session", "token_digest"): _SECRET,
    ("personal_link", "token_digest"): _SECRET,
    ("network_request", "token_digest"): _SECRET,
    ("network_request", "release_digest"): _SECRET,
    ("address_change", "token_digest"): _SECRET,
    ("feed_address", "token_digest"): _SECRET,
    ("invitation", "link_digest"): _SECRET,
    ("invitation", "reply_digest"): _SECRET,
    ("busy_calendar", "sealed"): _SECRET,
    ("second_factor", "totp_sealed"): _SECRET,
    ("web_session", "challenge"): _SECRET,
    ("web_session", "challenge_ends_at"): _INNER,
    ("letter", "sent_digest"): _INNER,
    ("recovery_code", "code_digest"): _SECRET,
    ("erasure", "address_digest"): _SECRET,
    ("invitation", "says"): _IN_PARTS,
    ("contribution", "answers"): _IN_PARTS,
    ("contribution", "practice_note"): _IN_PARTS,
    ("contribution", "links"): _IN_PARTS,
    ("contribution_version", "answers"): _IN_PARTS,
    ("contribution_version", "practice_note"): _IN_PARTS,
    ("contribution_version", "links"): _IN_PARTS,
    ("contribution", "named_ids"): _OTHERS,
    ("contribution_version", "named_ids"): _OTHERS,
    ("product_version", "named_ids"): _OTHERS,
    ("attachment", "name"): _IN_PARTS,
    ("review_comment", "text"): _IN_PARTS,
    ("review_comment", "word"): _IN_PARTS,
    ("product_version", "title"): _IN_PARTS,
    ("product_version", "text"): _IN_PARTS,
    ("letter", "subject"): _IN_PARTS,
    ("letter", "text"): _OF_EXCHANGE,
    ("letter", "html"): _OF_EXCHANGE,
    ("letter", "calendar"): _OF_EXCHANGE,
    ("letter", "tells"): _OF_EXCHANGE,
    ("letter", "why"): _OF_EXCHANGE,
    ("letter", "unsubscribe_url"): _SECRET,
    ("letter", "once_key"): _INNER,
    ("letter", "claimed_by"): _INNER,
    ("busy_calendar", "claimed_by"): _INNER,
    ("plan_request", "claimed_by"): _INNER,
    ("plan_request", "wishes"): _OF_EXCHANGE,
    ("plan_request", "problem"): _OF_EXCHANGE,
    ("plan_request", "plan"): _OF_EXCHANGE,
    ("override", "finding_text"): _OF_EXCHANGE,
    ("override", "reason"): _OF_EXCHANGE,
    ("preparation_step", "moved_reason"): _OF_EXCHANGE,
    ("preparation_step", "waived_reason"): _OF_EXCHANGE,
    ("preparation_step", "evidence"): _OF_EXCHANGE,
    ("improvement_action", "text"): _OF_EXCHANGE,
    ("deliverable", "text"): _OF_EXCHANGE,
    ("deliverable", "evidence"): _OF_EXCHANGE,
    ("deliverable", "withdrawn_reason"): _OF_EXCHANGE,
    ("note", "subject"): _OF_EXCHANGE,
    ("note", "text"): _OF_EXCHANGE,
    ("preparation_step", "place"): _OF_EXCHANGE,
    ("preparation_step", "join_link"): _OF_EXCHANGE,
    ("frozen_figures", "sections"): _OF_EXCHANGE,
    ("letter_wording", "subject"): _OF_EXCHANGE,
    ("letter_wording", "body"): _OF_EXCHANGE,
    ("audit_entry", "before"): _OF_EXCHANGE,
    ("audit_entry", "after"): _OF_EXCHANGE,
    ("audit_entry", "reason"): _OF_EXCHANGE,
    ("audit_entry", "hash"): _INNER,
    ("audit_entry", "previous_hash"): _INNER,
}

NOT_THEIRS: Mapping[Place, str] = {
    ("rights_request", "decided_by_id"): _ABOUT_OTHERS,
    ("attendance_sheet", "noted_by_id"): _ABOUT_OTHERS,
    ("nomination", "decided_by_id"): _ABOUT_OTHERS,
    ("network_request", "assigned_to_id"): _ABOUT_OTHERS,
    ("network_request", "decided_by_id"): _ABOUT_OTHERS,
    ("request_event", "by_id"): _ABOUT_OTHERS,
    ("erasure", "erased_by_id"): _ABOUT_OTHERS,
    ("erasure", "lifted_by_id"): _ABOUT_OTHERS,
    ("improvement_action", "verified_by_id"): _ABOUT_OTHERS,
}

# Columns that name a person without pointing at the table of people, and rows that belong to such rows.
BY_NUMBER: tuple[Place, ...] = (("audit_entry", "actor_id"),)
BY_ADDRESS: tuple[Place, ...] = (("refused_address", "address"),)
BY_SUBJECT: tuple[Place, ...] = (("audit_entry", "subject"),)
NAMING_LISTS: tuple[Place, ...] = (
    ("cycle", "named_ids"),
    ("training_event", "named_ids"),
    ("lesson", "named_ids"),
    ("board_meeting", "named_ids"),
    ("decision", "named_ids"),
    ("project", "named_ids"),
    ("note", "named_ids"),
)
_PROGRAMME = ("cycle", "training_event")
_LESSON = "lesson"
_BOARD_MEETING, _DECISION, _PROJECT, _NOTE = "board_meeting", "decision", "project", "note"
_KEPT_ROWS = (*_PROGRAMME, _LESSON, _BOARD_MEETING, _DECISION, _PROJECT, _NOTE)
_NOT_OF_PROGRAMME = ("person", "city", "expert_group", "board", "theme")
_ANSWERED: Mapping[str, str] = {  # tables of an answer: the column that names it
    "contribution": "id",
    "contribution_version": "contribution_id",
    "attachment": "contribution_id",
}
OWNED: Mapping[str, tuple[str, str]] = {  # table: its column, and the table of a person that it points at
    "busy_interval": ("calendar_id", "busy_calendar"),
    "feed_address": ("feed_id", "feed"),
    "nomination": ("invitation_id", "invitation"),
    "request_event": ("request_id", "network_request"),
}


def tables_of(session: Session, person: Person) -> dict[str, list[Row]]:
    """Every row that names the person, by table; empty tables are left out. Instants as ISO text."""
    found: dict[str, list[Row]] = {}
    for table in SQLModel.metadata.sorted_tables:
        condition = _condition(table, person)
        if condition is not None:
            found[table.name] = [_plain(table, row) for row in _rows(session, table, condition)]
    for name, (column, owner) in OWNED.items():
        table, theirs = SQLModel.metadata.tables[name], found.get(owner, [])
        condition = table.c[column].in_([row["id"] for row in theirs])
        found[name] = [_plain(table, row) for row in _rows(session, table, condition)] if theirs else []
    found |= {table: rows for table, rows in _named(session, person).items() if not found.get(table)}
    return {name: rows for name, rows in found.items() if rows}


def without_red(tables: Mapping[str, list[Row]]) -> dict[str, list[Row]]:
    """The same without answers and versions of products at TLP:RED, and what hangs on them."""
    red = {
        row["id" if name == "contribution" else "contribution_id"]
        for name in ("contribution", "contribution_version")
        for row in tables.get(name, ())
        if row["marking"] == Marking.RED
    }
    found = {
        name: [row for row in rows if name not in _ANSWERED or row.get(_ANSWERED[name]) not in red]
        for name, rows in tables.items()
    }
    versions = found.get("product_version", [])
    return found | {"product_version": [row for row in versions if row["marking"] != Marking.RED]}


def without_kept_back(
    session: Session, tables: Mapping[str, list[Row]], kept: KeptBack
) -> dict[str, list[Row]]:
    """The same without rows that lead to what is kept back from whoever takes it along.

    Of the trail only what was done with people is told by what it was done with.
    """
    closed = {("cycle", number) for number in kept.cycle_ids}
    closed |= {("training_event", number) for number in kept.training_ids}
    closed |= {(_LESSON, number) for number in kept.lesson_ids}
    closed |= {(_BOARD_MEETING, number) for number in kept.board_meeting_ids}
    closed |= {(_DECISION, number) for number in kept.decision_ids}
    closed |= {(_PROJECT, number) for number in kept.project_ids}
    closed |= {(_NOTE, number) for number in kept.note_ids}
    found = {}
    for name, rows in tables.items():
        table = SQLModel.metadata.tables[name]
        found[name] = [row for row in rows if not closed & set(_behind(session, table, row))]
        if name in {table for table, _ in BY_SUBJECT}:
            found[name] = [{**row, "subject": _of_people(str(row["subject"]))} for row in rows]
    return {name: rows for name, rows in found.items() if rows}


def _named(session: Session, person: Person) -> dict[str, list[Row]]:
    """What names the person at TLP:RED, by table and number: who is named knows of it."""
    found = {}
    for name, column in NAMING_LISTS:
        table = SQLModel.metadata.tables[name]
        rows = session.connection().execute(select(table.c.id, table.c[column]))
        found[name] = [{"id": number, "is_named": True} for number, ids in rows if person.id in (ids or ())]
    return found


def _of_people(subject: str) -> str:
    return subject if subject.startswith("person:") else ""


def _behind(session: Session, table: Table, row: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """The finding, cycle or event that a row belongs to, itself or by the rows that it points at."""
    if table.name in _KEPT_ROWS:
        yield table.name, row.get("id")
    if table.name in _PROGRAMME:
        return
    for key in table.foreign_keys:
        parent, value = key.column.table, row.get(key.parent.name)
        if value is None or parent.name in _NOT_OF_PROGRAMME or parent.name == table.name:
            continue
        if parent.name in _PROGRAMME:
            yield parent.name, value
            continue
        above = session.connection().execute(select(parent).where(key.column == value)).mappings().first()
        if above is not None:
            yield from _behind(session, parent, {str(name): held for name, held in above.items()})


def places_naming_people() -> Iterator[Place]:
    """Each column that points at the table of people."""
    for table in SQLModel.metadata.sorted_tables:
        for column in table.columns:
            if any(key.column.table.name == "person" for key in column.foreign_keys):
                yield table.name, column.name


def _condition(table: Table, person: Person) -> ColumnElement[bool] | None:
    """When a row of the table is one of the person's; None for a table that names nobody."""
    known: list[ColumnElement[bool]] = [
        table.c[column] == person.id
        for name, column in (*places_naming_people(), *BY_NUMBER)
        if name == table.name and (name, column) not in NOT_THEIRS
    ]
    known += [table.c[column] == person.email for name, column in BY_ADDRESS if name == table.name]
    known += [table.c[column] == f"person:{person.id}" for name, column in BY_SUBJECT if name == table.name]
    if table.name == "person":
        known.append(table.c.id == person.id)
    return or_(*known) if known else None


def _rows(session: Session, table: Table, condition: ColumnElement[bool]) -> Iterator[Mapping[str, object]]:
    shown = [column for column in table.columns if _is_shown(column)]
    found = session.connection().execute(
        select(*shown).where(condition).order_by(*table.primary_key.columns.values())
    )
    for row in found.mappings():
        yield {str(key): value for key, value in row.items()}


def _is_shown(column: Column[object]) -> bool:
    return (column.table.name, column.name) not in OMITTED


def _plain(table: Table, row: Mapping[str, object]) -> Row:
    return {column.name: _text(row[column.name]) for column in table.columns if _is_shown(column)}


def _text(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime | date | time) else value
