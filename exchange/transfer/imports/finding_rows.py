"""The columns of findings as a table: what each means, a row as a draft, and findings as rows again."""

from collections.abc import Iterable, Mapping, Sequence

from flask_babel import lazy_gettext as _

from exchange.errors import InvalidInput
from exchange.lessons.drafts import LessonDraft
from exchange.lessons.queries import title_of
from exchange.models import Lesson, LessonKind, Phase
from exchange.rules.markings.tlp_labels import Marking, parse_marking
from exchange.rules.plain_text import is_one_line, is_some_text
from exchange.transfer.csv_file import ReadRow, Table
from exchange.transfer.programme_columns import Column
from exchange.web.presentation.base_form import LINE_MAX, TEXT_MAX

FINDING_COLUMNS = (
    Column("kind", _("recommendation, lesson or notable practice"), is_needed=True),
    Column("title", _("One line"), is_needed=True),
    Column("text", _("What was found, in Markdown"), is_needed=True),
    Column("theme", _("Key or name of a theme of the catalogue")),
    Column("phase", _("prepare, respond or recover")),
    Column("source", _("The name of the document it comes from"), is_needed=True),
    Column("number", _("Its number there, like R3")),
    Column("link", _("Begins with https://")),
    Column("marking", _("Like TLP:GREEN; empty means the one chosen in the form")),
    Column("state", _("Of a lesson; an export has it, an import begins with identified")),
)
FINDING_NAMES = tuple(column.name for column in FINDING_COLUMNS)

_EXAMPLE = {
    "kind": "lesson",
    "title": "Say early who leads",
    "text": "Two services waited for each other until somebody said who leads.",
    "theme": "T01",
    "phase": "respond",
    "source": "Report of an exercise",
    "number": "3",
    "link": "https://reports.example.org/exercise",
    "marking": "TLP:GREEN",
}


def finding_draft(row: ReadRow, themes: Mapping[str, int], marking: Marking) -> LessonDraft:
    """The draft. Raises InvalidInput, its field a column, for what cannot be read.

    ``themes`` are ids by key and name in lower case; ``marking`` is that of rows that have none.
    """
    cells = {name: _cell(row, name) for name in FINDING_NAMES}
    theme = cells["theme"].lower()
    if theme and theme not in themes:
        raise InvalidInput("%(name)s is no theme of the catalogue.", field="theme", name=cells["theme"])
    own = parse_marking(cells["marking"]) if cells["marking"] else marking
    if own is Marking.RED:
        raise InvalidInput("A file names nobody: write what is TLP:RED on its page.", field="marking")
    phase = _word(cells["phase"], "phase", [one.value for one in Phase]) if cells["phase"] else ""
    return LessonDraft(
        kind=LessonKind(_word(cells["kind"], "kind", [one.value for one in LessonKind])),
        title=cells["title"],
        text=cells["text"],
        marking=own,
        theme_id=themes.get(theme),
        phase=Phase(phase) if phase else None,
        source=cells["source"],
        source_number=cells["number"],
        source_link=cells["link"],
    )


def findings_template() -> Table:
    """The header row with an example."""
    return Table(FINDING_NAMES, [[_EXAMPLE.get(name, "") for name in FINDING_NAMES]])


def table_of_findings(lessons: Iterable[Lesson]) -> Table:
    """Findings in the columns that the import reads; needs their themes and origins loaded."""
    return Table(FINDING_NAMES, [_row(one) for one in lessons])


def _row(one: Lesson) -> Sequence[str]:
    origin = one.cycle or one.training
    title = title_of(one.product) if one.product else origin.title if origin else ""
    return (
        one.kind,
        one.title,
        one.text,
        one.theme.key if one.theme else "",
        one.phase,
        one.source or title,
        one.source_number,
        one.source_link,
        one.marking,
        one.state,
    )


def _cell(row: ReadRow, name: str) -> str:
    text = row.cells.get(name, "").strip()
    most, is_fit = (TEXT_MAX, is_some_text) if name == "text" else (LINE_MAX, is_one_line)
    if len(text) > most:
        raise InvalidInput("At most %(most)s characters fit.", field=name, most=most)
    if not is_fit(text):
        raise InvalidInput("Take out line breaks and other control characters.", field=name)
    return text


def _word(text: str, name: str, words: Sequence[str]) -> str:
    if text.lower() not in words:
        raise InvalidInput("Write one of these: %(words)s.", field=name, words=", ".join(words))
    return text.lower()
