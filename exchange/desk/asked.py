"""What a person was asked beside exchanges' own questions, as duties: feedback on an event, and the like."""

from collections.abc import Iterator
from datetime import date

from sqlmodel import Session

from exchange.access.things import thing_of_task
from exchange.answering.answer_status import status_of_asks
from exchange.answering.asks import asks_held_by, tasks_by_id
from exchange.models import Cycle
from exchange.rules.access.policy import Right, may
from exchange.rules.access.standing import Standing
from exchange.rules.duties.duty import Duty, Owner, Role, Subject, Weight
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.programme.stage_plan import StagePlan
from exchange.rules.sentences import Sentence

_WHAT = Sentence("Answer the questions")


def asked_duties(session: Session, standing: Standing, plan: StagePlan, since: date) -> Iterator[Duty]:
    """Those of the person that they may answer, due since some day; on their own wall."""
    asks = {one.id: one for one in asks_held_by(session, standing.person_id or 0, since)}
    if not asks:
        return
    asked = status_of_asks(session, asks.values(), plan).asked
    mine = [one for one in asked if one.holder.id == standing.person_id]
    tasks = tasks_by_id(session, [one.addressee_id for one in mine])
    for one in mine:
        ask = asks[one.ask_id]
        about = ask.subject
        if not may(standing, Right.ANSWER, thing_of_task(tasks[one.addressee_id], about)):
            continue
        yield Duty(
            key=f"ask:{ask.id}:{one.addressee_id}",
            what=_WHAT,
            subject=Subject("cycle" if isinstance(about, Cycle) else "training", about.id or 0, about.title),
            owner=Owner(Role.PERSON, standing.person_id),
            due_on=one.last_on,
            time_zone=ask.time_zone or one.holder.time_zone,
            done_at=one.answered_at,
            weight=Weight.SHOULD,
            marking=Marking(about.marking),
        )
