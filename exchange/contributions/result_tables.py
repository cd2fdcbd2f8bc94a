"""The results of an ask as its page shows them: counts and texts, and nothing of what few people said.

Results are there once answers are no longer taken: who looks twice must not see what one answer changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from exchange.answering.answer_status import Asked
from exchange.answering.results import QuestionResults, Results
from exchange.models import Ask
from exchange.rules.asks.question_kinds import QuestionKind
from exchange.rules.asks.tallies import Tally, may_be_shown, tally


@dataclass(frozen=True)
class Table:
    """One question, or one row of it; ``tally`` None where too few answered."""

    title: str
    row: str
    tally: Tally | None


def is_over(ask: Ask, asked: Sequence[Asked], now: datetime) -> bool:
    """Whether nobody can answer any more."""
    return ask.closed_at is not None or all(one.closes_at <= now for one in asked)


def tables_of(results: Results) -> list[Table]:
    """Each question in its order, what few people answered to it left out."""
    return [_table(one) for one in results.questions]


def _table(found: QuestionResults) -> Table:
    question, people = found.question, [one.person_id for one in found.given]
    bodies = [one.organisation_id or -(one.city_id or 0) for one in found.given]
    counted = None
    if may_be_shown(people, bodies):
        counted = tally(QuestionKind(question.kind), question.options, found.values)
    return Table(question.text, found.row.title if found.row else "", counted)
