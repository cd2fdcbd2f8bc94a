"""The letter about what somebody owes, to try a wording on: about the event and exchange that come next."""

from datetime import date, datetime, timedelta

from sqlmodel import Session

from exchange.duties.listed import Listed
from exchange.mail.writing.occasions.duty_letters import duties_letter
from exchange.mail.writing.transactional_letters import TransactionalLetter
from exchange.models import Cycle, Person, TrainingEvent
from exchange.rules.access.things import Kind, Thing
from exchange.rules.duties.duty import Duty, Owner, Role, Subject
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.sentences import Sentence
from exchange.rules.time.timezones import wall_time
from exchange.settings import Settings
from exchange.wordings.drafts import Scope
from exchange.wordings.example_letters import next_cycle, next_training

_DAY = timedelta(days=1)


def duties_example(
    session: Session, scope: Scope, person: Person, now: datetime, settings: Settings
) -> TransactionalLetter | None:
    """As if a meeting of the event were late and a stage of the exchange due; None when there is neither."""
    today = wall_time(now, person.city.time_zone).on
    found = (
        (next_training(session, now), "Final planning meeting", today - _DAY),
        (next_cycle(session, scope, now), "Exchange", today + _DAY),
    )
    owed = [_owed(about, what, on, person) for about, what, on in found if about is not None]
    return duties_letter(person, owed, now, settings) if owed else None


def _owed(about: Cycle | TrainingEvent, what: str, on: date, person: Person) -> Listed:
    duty = Duty(
        key="",
        what=Sentence("%(what)s", {"what": what}),
        subject=Subject("", about.id or 0, about.title),
        owner=Owner(Role.PERSON, person.id),
        due_on=on,
        time_zone=person.city.time_zone,
        marking=Marking(about.marking),
    )
    section = "cycles" if isinstance(about, Cycle) else "trainings"
    return Listed(duty, "", Thing(Kind.PREPARATION, about.marking), f"/{section}/{about.id}")
