"""The results of an ask as its page shows them: counts and texts, and nothing of what few people said.

Results are there once answers are no longer taken: who looks twice must not see what one answer changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from exchange.answering.answer_status import Asked, status_of_asks
from exchange.answering.results import Given, QuestionResults, Results, results_of
from exchange.errors import Conflict
from exchange.models import Ask
from exchange.rules.asks.question_kinds import QuestionKind
from exchange.rules.asks.tallies import Tally, tally
from exchange.rules.programme.stage_plan import StagePlan
from exchange.rules.results.small_groups import Voice
from exchange.rules.time.answer_deadlines import LAST_WALL, closes_at


@dataclass(frozen=True)
class Table:
    """One question, or one row of it; ``tally`` None where too few answered."""

    title: str
    row: str
    tally: Tally | None


def is_over(ask: Ask, asked: Sequence[Asked], now: datetime) -> bool:
    """Whether nobody can answer any more, nor would somebody who is asked yet, on whatever wall."""
    if ask.closed_at is not None:
        return True
    ends = [one.closes_at for one in asked]
    ends += [closes_at(ask.closes_on, ask.time_zone or LAST_WALL)] if ask.closes_on else []
    return max(ends, default=now) <= now


def tables_of(results: Results) -> list[Table]:
    """Each question in its order, what few people answered to it left out."""
    return [_table(one) for one in results.questions]


def refuse_shown(session: Session, ask: Ask, plan: StagePlan, now: datetime) -> None:
    """Raise Conflict when results of the ask can be read: compared with later ones they tell a late answer.

    A needs round looks after that itself.
    """
    is_shown = ask.needs_round_id is None and is_over(ask, status_of_asks(session, [ask], plan).asked, now)
    if is_shown and any(one.tally is not None for one in tables_of(results_of(session, ask))):
        raise Conflict(
            "Its results are shown: who compares them with later ones would read what a late answer says."
            " So no more answers are taken."
        )


def _table(found: QuestionResults) -> Table:
    question = found.question
    given = [(one.value, _voice(one)) for one in found.given]
    counted = tally(QuestionKind(question.kind), question.options, given)
    return Table(question.text, found.row.title if found.row else "", counted)


def _voice(given: Given) -> Voice:
    """An answer of a city or group is of its city where no organisation is known; one's own of none."""
    body = given.organisation_id or (f"city {given.city_id}" if given.party else None)
    return Voice((given.contribution_id, given.version), given.person_id, body)
