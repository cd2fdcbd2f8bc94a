"""What a person was asked beside exchanges' own questions, as duties: feedback on an event, and the like."""

from collections.abc import Iterator

from sqlmodel import Session

from exchange.access.things import thing_of_task
from exchange.answering.answer_status import status_of_asks
from exchange.answering.asks import asks_held_by, tasks_by_id
from exchange.answering.subjects import subject_key
from exchange.duties.listed import Listed, Window
from exchange.rules.access.policy import Right
from exchange.rules.duties.duty import Duty, Owner, Role, Subject, Weight
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.sentences import Sentence

ASKED = "asked"  # a kind of config/duties.toml
_WHAT = Sentence("Answer the questions")


def duties_of_asks(session: Session, window: Window) -> Iterator[Listed]:
    """Those of the reader or of the people asked about, on their own wall; of everybody else none.

    Each ask's page tells who is silent.
    """
    people = _people(window)
    asks = {one.id: one for one in asks_held_by(session, people, window.first_on)} if people else {}
    if not asks:
        return
    asked = status_of_asks(session, asks.values(), window.plans.stages).asked
    mine = [one for one in asked if one.holder.id in people]
    tasks = tasks_by_id(session, [one.addressee_id for one in mine])
    for one in mine:
        ask = asks[one.ask_id]
        about = ask.subject
        duty = Duty(
            key=f"ask:{ask.id}:{one.addressee_id}",
            what=_WHAT,
            subject=Subject(subject_key(ask).partition(":")[0], about.id or 0, about.title),
            owner=Owner(Role.PERSON, one.holder.id),
            due_on=one.last_on,
            time_zone=ask.time_zone or one.holder.time_zone,
            done_at=one.answered_at,
            weight=Weight.SHOULD,
            marking=Marking(about.marking),
        )
        yield Listed(duty, ASKED, thing_of_task(tasks[one.addressee_id], about), "/tasks", Right.ANSWER)


def _people(window: Window) -> frozenset[int]:
    if window.reader is None:
        return window.people
    person_id = window.reader.standing.person_id
    return frozenset([person_id] if person_id else [])
