"""What a planner changes about a cycle's asks: their questions; and the rows whose days are extended."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import zip_longest

from sqlmodel import Session

from exchange.answering.answer_status import party_name
from exchange.answering.ask_changes import change_questions as change_question_set
from exchange.answering.ask_changes import planned_of
from exchange.answering.asks import ask_of, kept_ask
from exchange.contributions.drafts import QUESTIONS_MAX
from exchange.errors import Conflict, InvalidInput, NotFound
from exchange.mail.outbox.withdrawals import withdraw_waiting
from exchange.models import (
    Ask,
    AskAddressee,
    AskParty,
    Cycle,
    Person,
)
from exchange.rules.asks.question_sets import PlannedQuestion
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
    planned = [
        PlannedQuestion(text) if question is None else replace(planned_of(question), text=text)
        for question, text in zip_longest(ask.questions[: len(new.texts)], new.texts)
    ]
    change_question_set(session, ask, planned, version=ask.version, actor=actor, now=now)
    withdraw_waiting(session, cycle_id=cycle.id, why="The questions were changed.")


def extendable(
    session: Session, what: str, row_id: int, *, cycle_id: int | None = None, ask_id: int | None = None
) -> AskParty | AskAddressee:
    """The city or group ("party") or the person ("person") of a cycle's asks, or of one. Raises NotFound."""
    row: AskParty | AskAddressee | None = None
    if what == "party":
        row = session.get(AskParty, row_id)
    elif what == "person":
        row = session.get(AskAddressee, row_id)
    party = row.party if isinstance(row, AskAddressee) else row
    if row is None or party is None or not _is_of(party.ask, cycle_id, ask_id):
        raise NotFound("There is no such page.")
    if party.ask.is_of_plan:
        _ = party.ask.of_cycle.stages  # loaded while the session is open
    return row


def name_of(row: AskParty | AskAddressee) -> str:
    """Whom an extension is for; "" for people by themselves, all of them."""
    return row.person.name if isinstance(row, AskAddressee) else party_name(row)


def _is_of(ask: Ask, cycle_id: int | None, ask_id: int | None) -> bool:
    return ask.cycle_id == cycle_id if ask.is_of_plan else ask.id == ask_id


def _check(texts: Sequence[str]) -> None:
    if len(texts) > QUESTIONS_MAX:
        raise InvalidInput("At most %(most)s questions fit.", field="questions", most=QUESTIONS_MAX)
    for text in texts:
        if len(text) > QUESTION_MAX:
            raise InvalidInput(
                "A question has at most %(most)s characters.", field="questions", most=QUESTION_MAX
            )
        refuse_state_secrets(text, field="questions")
