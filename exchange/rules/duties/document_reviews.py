"""What standing documents owe: to be looked at again by their day."""

from dataclasses import dataclass
from datetime import date, timedelta

from exchange.rules.duties.duty import Duty, Owner, Subject
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.sentences import Sentence

LEAD = timedelta(days=28)  # a review is thought of from four weeks before its day


@dataclass(frozen=True)
class DocumentFacts:
    """One document; ``review_on`` is a date on the wall in ``time_zone``, that of its owner."""

    id: int
    title: str
    owner: Owner
    review_on: date
    time_zone: str


def document_review_duty(document: DocumentFacts) -> Duty:
    """The next review; noting it sets another day."""
    return Duty(
        key=f"standing document:{document.id}:review:{document.review_on.isoformat()}",
        what=Sentence("Review the document and say when it is next"),
        subject=Subject("standing document", document.id, document.title),
        owner=document.owner,
        due_on=document.review_on,
        time_zone=document.time_zone,
        starts_on=document.review_on - LEAD,
        marking=Marking.GREEN,
    )
