"""An answer as a page shows it: Markdown rendered, other kinds in words. It decides nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from markupsafe import Markup, escape

from exchange.contributions.drafts import AnswerDraft, values_of
from exchange.markdown import rendered
from exchange.models import Ask, AskQuestion, ContributionVersion
from exchange.rules.asks.answers_in_words import in_words
from exchange.rules.asks.question_kinds import Answer, QuestionKind, Value
from exchange.rules.asks.typed_values import scale_steps
from exchange.rules.time.typed_times import exact_date
from exchange.web.presentation.date_formats import long_day


@dataclass(frozen=True)
class Shown:
    """Rendered text: each question with its answer, the practice note, and links as they were given."""

    answers: Sequence[tuple[str, Markup]]
    practice_note: Markup
    links: Sequence[str]


@dataclass(frozen=True)
class _Asked:
    """A question in the wording that was answered."""

    text: str
    options: Sequence[str]


def shown_draft(draft: AnswerDraft, ask: Ask) -> Shown:
    """What stands in a form."""
    answers = {str(key): answer for key, answer in draft.answers.items()}
    return _shown(answers, {}, ask, draft.practice_note, draft.links)


def shown_version(version: ContributionVersion, ask: Ask) -> Shown:
    """What was handed in, to the questions as they were asked then."""
    return _shown(version.answers, version.asked, ask, version.practice_note, version.links)


def _shown(
    answers: Mapping[str, Answer], asked: Mapping[str, int], ask: Ask, note: str, links: Sequence[str]
) -> Shown:
    titles = {row.id: row.title for row in ask.rows}
    texts = []
    for one in ask.questions:
        was = _as_asked(one, asked.get(str(one.id), one.version if not asked else 1))
        for row_id, value in values_of(answers.get(str(one.id), {} if one.per else "")):
            text = f"{titles.get(row_id, '')}: {was.text}" if row_id else was.text
            texts.append((text, _in_words(QuestionKind(one.kind), was.options, value)))
    return Shown(texts, rendered(note, top_heading=4), tuple(links))


def _as_asked(question: AskQuestion, version: int) -> _Asked:
    for earlier in question.earlier:
        if earlier["version"] == version:
            options = earlier["options"]
            return _Asked(str(earlier["text"]), list(options) if isinstance(options, list) else [])
    return _Asked(question.text, question.options)


def _in_words(kind: QuestionKind, options: Sequence[str], value: Value) -> Markup:
    """A score with its words, a day in full; what is text is Markdown."""
    if kind is QuestionKind.TEXT:
        return rendered(in_words(value), top_heading=4)
    if kind is QuestionKind.SCALE and isinstance(value, int):
        words = dict(scale_steps(options)).get(value, "")
        return escape(f"{value} – {words}" if words else str(value))
    if kind is QuestionKind.YES_NO and isinstance(value, bool):
        return escape(_("Yes") if value else _("No"))
    if kind is QuestionKind.DATE and isinstance(value, str) and value:
        return escape(long_day(exact_date(value)))
    return escape(in_words(value))
