"""What may change about an ask after it was made: its questions, its last day, and whether it is closed.

Answers stay with their question. It writes and takes back no letter; a cycle's own asks change on their page.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session, col, select

from exchange import audit
from exchange.answering.subjects import city_of, subject_key
from exchange.errors import Conflict, InvalidInput
from exchange.models import Ask, AskParty, AskQuestion, Contribution, ContributionVersion, Person
from exchange.rules.asks.question_kinds import QuestionKind, RowOf
from exchange.rules.asks.question_sets import PlannedQuestion, checked_questions, refuse_lost_answers
from exchange.rules.asks.typed_values import is_answered
from exchange.rules.time.timezones import wall_time

_CHANGED = "This was changed by somebody else meanwhile. Open the page again."


def planned_of(question: AskQuestion) -> PlannedQuestion:
    """A question as somebody plans it."""
    return PlannedQuestion(
        text=question.text,
        kind=QuestionKind(question.kind),
        help=question.help,
        options=tuple(question.options),
        is_required=question.is_required,
        per=RowOf(question.per) if question.per else None,
        id=question.id,
    )


def change_questions(
    session: Session, ask: Ask, new: Sequence[PlannedQuestion], *, version: int, actor: Person, now: datetime
) -> None:
    """Put other questions in the place of those in force; one with the id of an old one is that one.

    Raises Conflict when the ask changed since ``version``, and InvalidInput at the question.
    """
    _refuse_other_version(ask, version)
    checked_questions(new)
    before = {question.id or 0: question for question in ask.questions}
    planned = [planned_of(question) for question in ask.questions]
    refuse_lost_answers(planned, new, answered_questions(session, ask))
    if planned == list(new):
        return
    texts = [question.text for question in ask.questions]
    kept = {one.id for one in new}
    for question_id, question in before.items():
        if question_id not in kept:
            ask.questions.remove(question)
    for position, one in enumerate(new, 1):
        kept_one = before.get(one.id or 0)
        if kept_one is None:
            kept_one = AskQuestion(ask_id=ask.id or 0, position=position, text=one.text)
            ask.questions.append(kept_one)
        _take_over(kept_one, one, position)
    facts: dict[str, object] = {"questions": [one.text for one in new]}
    _saved(session, ask, actor, "change questions", now, before={"questions": texts}, after=facts)


def change_last_day(
    session: Session, ask: Ask, closes_on: date, *, version: int, actor: Person, now: datetime
) -> None:
    """Another last day. Raises Conflict as above, and InvalidInput for a day before the ask was opened."""
    _refuse_other_version(ask, version)
    opens_on = wall_time(ask.opens_at or ask.created_at, ask.time_zone or city_of(ask.subject).time_zone).on
    if closes_on < opens_on:
        raise InvalidInput(
            "It would close before it opens, on %(on)s: give a later last day.",
            field="closes_on",
            on=opens_on,
        )
    before = ask.closes_on
    ask.closes_on = closes_on
    _saved(
        session,
        ask,
        actor,
        "change last day of ask",
        now,
        before={"until": before},
        after={"until": closes_on},
    )


def close_ask(session: Session, ask: Ask, *, version: int, actor: Person, now: datetime) -> None:
    """Take no answers from now on; those handed in stay. Raises Conflict when it is closed already."""
    _refuse_other_version(ask, version)
    if ask.closed_at is not None:
        raise Conflict("It is closed already.")
    ask.closed_at = now
    _saved(session, ask, actor, "close ask", now)


def reopen_ask(session: Session, ask: Ask, *, version: int, actor: Person, now: datetime) -> None:
    """Take answers again, until the last day. Raises Conflict when it was not closed by hand."""
    _refuse_other_version(ask, version)
    if ask.closed_at is None:
        raise Conflict("It was not closed by hand.")
    ask.closed_at = None
    _saved(session, ask, actor, "reopen ask", now)


def answered_questions(session: Session, ask: Ask) -> frozenset[int]:
    """The ids of questions to which something was written or ticked, drafts and earlier answers included."""
    parties = select(AskParty.id).where(AskParty.ask_id == ask.id)
    its = col(Contribution.party_id).in_(parties)
    versions = select(ContributionVersion.answers).join(Contribution).where(its)
    found = [*session.exec(select(Contribution.answers).where(its)), *session.exec(versions)]
    return frozenset(int(key) for answers in found for key, answer in answers.items() if is_answered(answer))


def _take_over(question: AskQuestion, new: PlannedQuestion, position: int) -> None:
    """Another wording is another version; the one before is kept for the answers it was given to."""
    if question.id is not None and planned_of(question).wording != new.wording:
        was = {"version": question.version, "text": question.text, "options": list(question.options)}
        question.earlier = [*question.earlier, was]
        question.version += 1
    question.position = position
    question.text, question.help, question.kind = new.text, new.help, new.kind
    question.options, question.is_required, question.per = list(new.options), new.is_required, new.per or ""


def _refuse_other_version(ask: Ask, version: int) -> None:
    if ask.version != version:
        raise Conflict(_CHANGED)


def _saved(
    session: Session,
    ask: Ask,
    actor: Person,
    action: str,
    now: datetime,
    *,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    ask.version += 1
    ask.changed_at = now
    session.flush()
    audit.record(
        session,
        actor=actor,
        action=action,
        subject=subject_key(ask),
        before=before,
        after={"ask": ask.template, **(after or {})},
        now=now,
    )
