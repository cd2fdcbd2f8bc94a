"""What a planner changes about a cycle's asks: their questions; and the rows whose days are extended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from exchange import audit
from exchange.answering.answer_status import party_name
from exchange.answering.asks import ask_of, kept_ask
from exchange.contributions.drafts import QUESTIONS_MAX
from exchange.errors import Conflict, InvalidInput, NotFound
from exchange.mail.outbox.withdrawals import withdraw_waiting
from exchange.models import (
    Ask,
    AskAddressee,
    AskParty,
    AskQuestion,
    Contribution,
    Cycle,
    Person,
)
from exchange.rules.asks.answers_in_words import in_words
from exchange.rules.markings.state_secrets import refuse_state_secrets
from exchange.rules.programme.stage_plan import CycleAsk, StagePlan
from exchange.rules.programme.stage_plan_file import QUESTION_MAX


@dataclass(frozen=True)
class Asked:
    """The questions in force; version 0 while they are the plan's own."""

    version: int
    texts: Sequence[str]


@dataclass(frozen=True)
class Questions:
    """What a planner wrote for an ask, on the version it was opened on."""

    kind: CycleAsk
    texts: Sequence[str]
    version: str


def questions_of(session: Session, cycle: Cycle, plan: StagePlan) -> dict[CycleAsk, Asked]:
    """The questions of both asks of a cycle."""
    found = {}
    for kind in CycleAsk:
        ask = ask_of(session, cycle, kind)
        texts = [q.text for q in ask.questions] if ask else list(plan.ask(kind).questions)
        found[kind] = Asked(ask.version if ask else 0, texts)
    return found


def change_questions(
    session: Session, cycle: Cycle, new: Questions, *, plan: StagePlan, actor: Person, now: datetime
) -> None:
    """Put other questions in the place of those in force, line by line: an answer stays with its line.

    Raises Conflict when they changed meanwhile, and InvalidInput for a question that has answers and
    would be taken away.
    """
    _check(new.texts)
    in_force = questions_of(session, cycle, plan)[new.kind]
    if str(in_force.version) != new.version:
        raise Conflict("The questions were changed by somebody else meanwhile. Open the page again.")
    if list(in_force.texts) == list(new.texts):
        return
    ask = kept_ask(session, cycle, new.kind, plan=plan, now=now)
    for question, text in zip(ask.questions, new.texts, strict=False):
        question.text = text
    for extra in list(ask.questions)[len(new.texts) :]:
        _refuse_answered(session, ask, extra)
        ask.questions.remove(extra)
    for position, text in enumerate(new.texts[len(ask.questions) :], len(ask.questions) + 1):
        ask.questions.append(AskQuestion(ask_id=ask.id or 0, position=position, text=text))
    ask.version += 1
    ask.changed_at = now
    session.flush()
    withdraw_waiting(session, cycle_id=cycle.id, why="The questions were changed.")
    audit.record(
        session,
        actor=actor,
        action="change questions",
        subject=f"cycle:{cycle.id}",
        before={"questions": list(in_force.texts)},
        after={"questions": list(new.texts)},
        now=now,
    )


def extendable(session: Session, cycle_id: int, what: str, row_id: int) -> AskParty | AskAddressee:
    """The city or group ("party") or the person ("person") of a cycle. Raises NotFound."""
    row: AskParty | AskAddressee | None = None
    if what == "party":
        row = session.get(AskParty, row_id)
    elif what == "person":
        row = session.get(AskAddressee, row_id)
    party = row.party if isinstance(row, AskAddressee) else row
    if row is None or party is None or party.ask.cycle_id != cycle_id:
        raise NotFound("There is no such page.")
    _ = party.ask.of_cycle.stages  # loaded while the session is open
    return row


def name_of(row: AskParty | AskAddressee) -> str:
    """Whom an extension is for."""
    return row.person.name if isinstance(row, AskAddressee) else party_name(row)


def _check(texts: Sequence[str]) -> None:
    if len(texts) > QUESTIONS_MAX:
        raise InvalidInput("At most %(most)s questions fit.", field="questions", most=QUESTIONS_MAX)
    for text in texts:
        if len(text) > QUESTION_MAX:
            raise InvalidInput(
                "A question has at most %(most)s characters.", field="questions", most=QUESTION_MAX
            )
        refuse_state_secrets(text, field="questions")


def _refuse_answered(session: Session, ask: Ask, question: AskQuestion) -> None:
    parties = select(AskParty.id).where(AskParty.ask_id == ask.id)
    found = session.exec(select(Contribution.answers).where(col(Contribution.party_id).in_(parties)))
    if any(in_words(answers.get(str(question.id), "")).strip() for answers in found):
        raise InvalidInput(
            "“%(text)s” has answers already: it can be worded anew, and not taken away.",
            field="questions",
            text=question.text,
        )
