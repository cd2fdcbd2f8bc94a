"""An answer as a page shows it: Markdown rendered, question by question. It decides nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from exchange.contributions.drafts import AnswerDraft
from exchange.markdown import rendered
from exchange.models import AskQuestion, ContributionVersion
from exchange.rules.asks.answers_in_words import in_words


@dataclass(frozen=True)
class Shown:
    """Rendered text: each question with its answer, the practice note, and links as they were given."""

    answers: Sequence[tuple[str, Markup]]
    practice_note: Markup
    links: Sequence[str]


def shown_draft(draft: AnswerDraft, questions: Sequence[AskQuestion]) -> Shown:
    """What stands in a form."""
    return _shown(draft.answers, draft.practice_note, draft.links, questions)


def shown_version(version: ContributionVersion, questions: Sequence[AskQuestion]) -> Shown:
    """What was handed in."""
    answers = {int(key): in_words(answer) for key, answer in version.answers.items()}
    return _shown(answers, version.practice_note, version.links, questions)


def _shown(
    answers: Mapping[int, str], note: str, links: Sequence[str], questions: Sequence[AskQuestion]
) -> Shown:
    texts = [(one.text, rendered(answers.get(one.id or 0, ""), top_heading=4)) for one in questions]
    return Shown(texts, rendered(note, top_heading=4), tuple(links))
