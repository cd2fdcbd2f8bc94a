"""What a planner changes about a cycle's prompts: their questions; and the rows whose days are extended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from exchange import audit
from exchange.answering.answer_status import party_name
from exchange.answering.prompts import kept_prompt, prompt_of
from exchange.contributions.drafts import QUESTIONS_MAX
from exchange.errors import Conflict, InvalidInput, NotFound
from exchange.mail.outbox.withdrawals import withdraw_waiting
from exchange.models import (
    Contribution,
    Cycle,
    Person,
    Prompt,
    PromptAddressee,
    PromptParty,
    PromptQuestion,
)
from exchange.rules.markings.state_secrets import refuse_state_secrets
from exchange.rules.programme.stage_plan import PromptKind, StagePlan
from exchange.rules.programme.stage_plan_file import QUESTION_MAX


@dataclass(frozen=True)
class Asked:
    """The questions in force; version 0 while they are the plan's own."""

    version: int
    texts: Sequence[str]


@dataclass(frozen=True)
class Questions:
    """What a planner wrote for a prompt, on the version it was opened on."""

    kind: PromptKind
    texts: Sequence[str]
    version: str


def questions_of(session: Session, cycle: Cycle, plan: StagePlan) -> dict[PromptKind, Asked]:
    """The questions of both prompts of a cycle."""
    found = {}
    for kind in PromptKind:
        prompt = prompt_of(session, cycle, kind)
        texts = [q.text for q in prompt.questions] if prompt else list(plan.prompt(kind).questions)
        found[kind] = Asked(prompt.version if prompt else 0, texts)
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
    prompt = kept_prompt(session, cycle, new.kind, plan=plan, now=now)
    for question, text in zip(prompt.questions, new.texts, strict=False):
        question.text = text
    for extra in list(prompt.questions)[len(new.texts) :]:
        _refuse_answered(session, prompt, extra)
        prompt.questions.remove(extra)
    for position, text in enumerate(new.texts[len(prompt.questions) :], len(prompt.questions) + 1):
        prompt.questions.append(PromptQuestion(prompt_id=prompt.id or 0, position=position, text=text))
    prompt.version += 1
    prompt.changed_at = now
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


def extendable(session: Session, cycle_id: int, what: str, row_id: int) -> PromptParty | PromptAddressee:
    """The city or group ("party") or the person ("person") of a cycle. Raises NotFound."""
    row: PromptParty | PromptAddressee | None = None
    if what == "party":
        row = session.get(PromptParty, row_id)
    elif what == "person":
        row = session.get(PromptAddressee, row_id)
    party = row.party if isinstance(row, PromptAddressee) else row
    if row is None or party is None or party.prompt.cycle_id != cycle_id:
        raise NotFound("There is no such page.")
    _ = party.prompt.cycle.stages  # loaded while the session is open
    return row


def name_of(row: PromptParty | PromptAddressee) -> str:
    """Whom an extension is for."""
    return row.person.name if isinstance(row, PromptAddressee) else party_name(row)


def _check(texts: Sequence[str]) -> None:
    if len(texts) > QUESTIONS_MAX:
        raise InvalidInput("At most %(most)s questions fit.", field="questions", most=QUESTIONS_MAX)
    for text in texts:
        if len(text) > QUESTION_MAX:
            raise InvalidInput(
                "A question has at most %(most)s characters.", field="questions", most=QUESTION_MAX
            )
        refuse_state_secrets(text, field="questions")


def _refuse_answered(session: Session, prompt: Prompt, question: PromptQuestion) -> None:
    parties = select(PromptParty.id).where(PromptParty.prompt_id == prompt.id)
    found = session.exec(select(Contribution.answers).where(col(Contribution.party_id).in_(parties)))
    if any(answers.get(str(question.id), "").strip() for answers in found):
        raise InvalidInput(
            "“%(text)s” has answers already: it can be worded anew, and not taken away.",
            field="questions",
            text=question.text,
        )
