"""What a project hands over by a day, as a duty. Not who owns it now: the caller brings that."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from exchange.rules.duties.duty import Duty, Owner, Subject, Weight
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.sentences import Sentence

LEAD = timedelta(days=56)  # it is thought of from eight weeks before its day


@dataclass(frozen=True)
class DeliverableFacts:
    """One deliverable; ``due_on`` is a date in ``time_zone``; ``void`` says why nobody owes it."""

    id: int
    text: str
    project: str
    owner: Owner
    due_on: date
    time_zone: str
    marking: Marking
    done_at: datetime | None = None
    evidence: str = ""
    void: str = ""


def deliverable_duty(one: DeliverableFacts) -> Duty:
    """The deliverable as something owed: others wait for it, so it must be done."""
    return Duty(
        key=f"deliverable:{one.id}:due",
        what=Sentence("%(deliverable)s", {"deliverable": one.text}),
        subject=Subject("deliverable", one.id, one.project),
        owner=one.owner,
        due_on=one.due_on,
        time_zone=one.time_zone,
        starts_on=one.due_on - LEAD,
        done_at=one.done_at,
        evidence=one.evidence,
        weight=Weight.MUST,
        marking=one.marking,
        void_reason=one.void,
    )
