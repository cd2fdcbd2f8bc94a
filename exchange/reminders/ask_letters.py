"""Queue the letters that an ask calls for by now, or rehearse them. Others: actions.py."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from exchange.answering.answer_status import party_name
from exchange.answering.asks import ask_by_id
from exchange.answering.personal_links import Task, link_for, without_tokens
from exchange.mail.outbox.letter_queue import ComposedLetter, queue
from exchange.mail.schedule.ask_letters import AskLetter, letters_of_ask
from exchange.mail.schedule.planned import TaskLink
from exchange.mail.writing.custom_wording import Wordings, load_wordings
from exchange.mail.writing.occasions.ask_letters import Questions, ask_letter
from exchange.mail.writing.personal_letters import page
from exchange.mail.writing.rehearsal import PERSONAL_LINK
from exchange.models import Ask, AskAddressee
from exchange.rules.asks.templates_file import AskTemplate
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.programme.stage_plan import StagePlan
from exchange.rules.time.timezones import WallTime, wall_time
from exchange.settings import Settings


def due_of_ask(
    session: Session, ask_id: int, template: AskTemplate, *, plan: StagePlan, now: datetime
) -> list[AskLetter]:
    """What is due of an ask."""
    letters = letters_of_ask(session, ask_by_id(session, ask_id), template, plan=plan, now=now)
    return [one for one in letters if one.due_at <= now]


def queue_ask_letters(
    session: Session, due: Sequence[AskLetter], template: AskTemplate, *, settings: Settings, now: datetime
) -> int:
    """Put letters that are due into the outbox; how many were put there. It takes each once."""
    wordings = load_wordings(session)
    return sum(_queued(session, one, template, settings, now, wordings) for one in due)


@dataclass(frozen=True)
class Rehearsed:
    """One letter of an ask, as its reader would get it."""

    due: AskLetter
    letter: ComposedLetter

    @property
    def leaves(self) -> WallTime:
        """When it leaves, on its reader's wall."""
        return wall_time(self.due.due_at, self.due.person.city.time_zone)


def rehearsed_ask_letters(
    session: Session,
    ask: Ask,
    template: AskTemplate,
    *,
    plan: StagePlan,
    settings: Settings,
    now: datetime,
) -> list[Rehearsed]:
    """Those that are to come, as if nobody answered from now on, without links that act for their readers."""
    wordings, found = load_wordings(session), []
    url = page(settings, f"/answer/{PERSONAL_LINK}")
    questions = Questions(template.name, len(ask.questions))
    for due in letters_of_ask(session, ask, template, plan=plan, now=now):
        letter = ask_letter(due, questions, [TaskLink(url, "")], settings, wordings)
        # Whoever rehearses is not its reader: nothing in it may act for them.
        found.append(Rehearsed(due, replace(letter, text=without_tokens(letter.text), html="")))
    return found


def _queued(
    session: Session,
    due: AskLetter,
    template: AskTemplate,
    settings: Settings,
    now: datetime,
    wordings: Wordings,
) -> bool:
    tasks = _links(session, due, settings, now)
    questions = Questions(template.name, len(due.ask.questions))
    letter = ask_letter(due, questions, tasks, settings, wordings)
    stored = queue(
        session,
        letter,
        to=due.person,
        once_key=due.once_key,
        kind=due.letter.rule.key,
        why=due.letter.why.text,
        due_at=due.due_at,
        useless_after=due.leaves_until,
        now=now,
        cycle_id=due.ask.cycle_id,
        training_id=due.ask.training_id,
        ask_id=due.ask.id,
        chase_week=due.chase_week,
    )
    return stored is not None


def _links(session: Session, due: AskLetter, settings: Settings, now: datetime) -> list[TaskLink]:
    """The reader's own, each named when there are several; none where a link alone may show nothing."""
    if due.ask.subject.marking == Marking.RED:
        return []
    found = []
    for addressee_id in due.addressee_ids:
        url = link_for(session, Task(addressee_id), to=due.person, settings=settings, now=now)
        row = session.get_one(AskAddressee, addressee_id)
        named = party_name(row.party) or row.person.name
        found.append(TaskLink(url, named if len(due.addressee_ids) > 1 else ""))
    return found
