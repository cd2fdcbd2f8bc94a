"""Results of asks as tables: what their pages show, and nothing besides. No names of people.

What may be shown is decided before: attendance.feedback_results keeps back what few said, lessons.city_lines
what is another city's own.
"""

from collections.abc import Iterable, Iterator, Sequence

from exchange.attendance.feedback_results import Shown, Spread
from exchange.lessons.city_lines import LessonLine
from exchange.transfer.csv_file import Table

KEPT_BACK = "kept back: too few said it"
_MEDIAN, _OTHERS = "median", "what few chose each, together"
_RULE = "Chatham House Rule"


def table_of_feedback(
    shown: Shown, earlier: Iterable[tuple[str, Sequence[str]]], *, marking: str, is_chatham_house: bool
) -> Table:
    """What people said of an event; ``earlier`` are texts of which nothing tells any more who wrote them."""
    columns = ("question", "answer", "people", "percent", "marking", "rule")
    end = (marking, _RULE if is_chatham_house else "")
    rows = [*_spreads(shown), *_lines(shown)]
    rows += [(question, line, "", "") for question, lines in earlier for line in lines]
    return Table(columns, [(*row, *end) for row in rows])


def table_of_progress(lines: Iterable[LessonLine]) -> Table:
    """How far cities are: their state, and of those for which the reader writes note, link and day."""
    columns = ("finding", "city", "state", "note", "evidence", "look_again_on", "marking")
    rows = []
    for line in lines:
        for one in line.cities:
            row, day = one.row, one.row.review_on if one.row else None
            said = (row.note, row.evidence, day.isoformat() if day else "") if row else ("", "", "")
            rows.append((line.lesson.title, one.city.name, one.state or "", *said, line.lesson.marking))
    return Table(columns, rows)


def _spreads(shown: Shown) -> Iterator[tuple[str, str, str, str]]:
    for one in (*shown.choices, *shown.statements):
        if not one.people:
            yield one.text, KEPT_BACK, "", ""
            continue
        yield from _steps(one)


def _steps(one: Spread) -> Iterator[tuple[str, str, str, str]]:
    for step in one.steps:
        people = KEPT_BACK if step.people is None else str(step.people)
        yield one.text, step.label, people, "" if step.people is None else str(step.percent)
    if one.others:
        yield one.text, _OTHERS, str(one.others), ""
    if one.middle is not None:
        yield one.text, _MEDIAN, str(one.middle), ""


def _lines(shown: Shown) -> Iterator[tuple[str, str, str, str]]:
    if shown.actions.is_kept_back:
        yield "Corrective actions", KEPT_BACK, "", ""
    for what, urgency, who in shown.actions.lines:
        yield "Corrective actions", " | ".join(filter(None, (what, urgency, who))), "", ""
    for texts in shown.texts:
        if texts.is_kept_back:
            yield texts.text, KEPT_BACK, "", ""
        for line in texts.lines:
            yield texts.text, line, "", ""
