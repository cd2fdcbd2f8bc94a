"""The import of findings: every row a finding, or a reason why not, in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from exchange import audit
from exchange.errors import ExchangeError, InvalidInput
from exchange.follow_up.progress import Decider
from exchange.lessons.actions import write_lesson
from exchange.lessons.drafts import LessonDraft
from exchange.models import Lesson, Theme
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.sentences import Sentence
from exchange.transfer.actions import Fate, Outcome
from exchange.transfer.csv_file import ReadRow
from exchange.transfer.imports.finding_rows import finding_draft

ROWS_MAX = 500  # the findings of twenty reports; each row is checked like a form
_COLUMN_OF = {"source_number": "number", "source_link": "link", "named": "marking"}  # fields of the form
_Known = set[tuple[str, str, str]]  # title, source and number, in small letters


@dataclass(frozen=True)
class FindingsImport:
    """The rows of a file, and what their import needs to know; ``marking`` is that of rows without one."""

    rows: Sequence[ReadRow]
    marking: Marking
    by: Decider


def import_findings(session: Session, wanted: FindingsImport) -> list[Fate]:
    """Findings of all rows that can be, and the fate of each row. Raises InvalidInput for too many rows.

    A faulty row leaves nothing behind; whether the others are kept is for who commits. One with title,
    source and number of another is there already, in the file or here.
    """
    if not wanted.rows:
        raise InvalidInput("There is no row in this file.", field="file")
    if len(wanted.rows) > ROWS_MAX:
        raise InvalidInput(
            "There are %(count)s rows in this file; at most %(most)s can be imported at once.",
            field="file",
            count=len(wanted.rows),
            most=ROWS_MAX,
        )
    audit.wait_for_turn(session)
    themes, known = _themes(session), _known(session, wanted.by)
    return [_fate(session, row, wanted, themes, known) for row in wanted.rows]


def _fate(
    session: Session, row: ReadRow, wanted: FindingsImport, themes: Mapping[str, int], known: _Known
) -> Fate:
    title = row.cells.get("title", "")[:200]
    try:
        draft = finding_draft(row, themes, wanted.marking)
        if _key_of(draft) in known:
            return Fate(row.line, title, Outcome.THERE)
        write_lesson(session, draft, by=wanted.by)
    except ExchangeError as error:
        field = (error.field if isinstance(error, InvalidInput) else None) or ""
        sentence = Sentence(error.template, dict(error.values))  # type: ignore[arg-type]  # sentences of rules: text, numbers and dates
        return Fate(row.line, title, Outcome.FAULT, _COLUMN_OF.get(field, field), (sentence,))
    known.add(_key_of(draft))
    return Fate(row.line, title, Outcome.NEW_FINDING)


def _themes(session: Session) -> dict[str, int]:
    found: dict[str, int] = {}
    for theme in session.exec(select(Theme)):
        found |= {theme.key.lower(): theme.id or 0, theme.name.lower(): theme.id or 0}
    return found


def _known(session: Session, by: Decider) -> _Known:
    """What is here already, apart from what TLP:RED keeps from who imports."""
    found = session.exec(select(Lesson).where(col(Lesson.source) != ""))
    person = by.actor.id if by.actor else None
    return {
        _key(one.title, one.source, one.source_number)
        for one in found
        if one.marking != Marking.RED or person in one.named_ids
    }


def _key_of(draft: LessonDraft) -> tuple[str, str, str]:
    return _key(draft.title, draft.source, draft.source_number)


def _key(title: str, source: str, number: str) -> tuple[str, str, str]:
    return title.strip().casefold(), source.strip().casefold(), number.strip().casefold()
