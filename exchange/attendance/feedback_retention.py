"""Free texts of feedback whose time is over: kept without anything that tells whose they were, or not at all.

What was shown of an event stays readable; what too few wrote to show goes. Figures keep their people, whom
erasure makes numbers.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.orm import selectinload
from sqlmodel import Session, col, select

from exchange.answering.results import results_of
from exchange.attendance.feedback import TEMPLATE
from exchange.attendance.feedback_results import shown
from exchange.models import Ask, AskParty, Contribution, FeedbackText
from exchange.rules.asks.question_kinds import Answer, QuestionKind
from exchange.rules.time.timezones import wall_time

# Nobody looks at asks for ever: a clock that stood still for a year makes it good.
_LOOKED_BACK = timedelta(days=400)


def feedback_texts_due(session: Session, before: datetime) -> int:
    """How many answers to feedback that closed before that still hold free text."""
    return sum(len(rows) for _ask, rows in _due(session, before))


def forget_feedback_authors(session: Session, before: datetime) -> int:
    """Part the texts from who wrote them; from how many answers."""
    count = 0
    for ask, rows in _due(session, before):
        session.add_all(_kept(session, ask))
        texts = {str(one.id) for one in ask.questions if one.kind == QuestionKind.TEXT}
        for row in rows:
            row.answers = _without(row.answers, texts)
            for version in row.versions:
                version.answers = _without(version.answers, texts)
            session.add(row)
        count += len(rows)
    session.flush()
    return count


def _due(session: Session, before: datetime) -> list[tuple[Ask, list[Contribution]]]:
    last_on = wall_time(before, "UTC").on
    asks = session.exec(
        select(Ask)
        .where(Ask.template == TEMPLATE, col(Ask.closes_on).between(last_on - _LOOKED_BACK, last_on))
        .options(selectinload(Ask.questions), selectinload(Ask.rows))  # type: ignore[arg-type]  # SQLModel types relations as their values
    )
    found = [(ask, _with_text(session, ask)) for ask in asks]
    return [(ask, rows) for ask, rows in found if rows]


def _with_text(session: Session, ask: Ask) -> list[Contribution]:
    texts = {str(one.id) for one in ask.questions if one.kind == QuestionKind.TEXT}
    rows = session.exec(
        select(Contribution)
        .join(AskParty, col(Contribution.party_id) == AskParty.id)
        .where(AskParty.ask_id == ask.id)
        .options(selectinload(Contribution.versions))  # type: ignore[arg-type]  # as above
    )
    return [row for row in rows if any(texts & set(answers) for answers in _answers(row))]


def _answers(row: Contribution) -> list[dict[str, Answer]]:
    """The draft and what was handed in."""
    return [row.answers, *(version.answers for version in row.versions)]


def _kept(session: Session, ask: Ask) -> list[FeedbackText]:
    """What was shown, as rows without a person: texts by question, a corrective action as one line."""
    seen = shown(results_of(session, ask))
    ids = {one.text: one.id or 0 for one in ask.questions if one.kind == QuestionKind.TEXT}
    kept = [
        FeedbackText(question_id=ids[one.text], text=line)
        for one in seen.texts
        if one.text in ids
        for line in one.lines
    ]
    actions = [" – ".join(filter(None, line)) for line in seen.actions.lines]
    first = seen.actions.question_id
    return kept + [FeedbackText(question_id=first or 0, text=line) for line in actions]


def _without(answers: Mapping[str, Answer], texts: set[str]) -> dict[str, Answer]:
    return {key: value for key, value in answers.items() if key not in texts}
