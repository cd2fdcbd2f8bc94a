"""What findings owe: actions by their day, and a city's next look at how far it is, as duties.

Not who owns what now: the caller brings that, as rows and roles have it.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from exchange.rules.duties.duty import Duty, Owner, Subject
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.sentences import Sentence

REVIEW_LEAD = timedelta(days=28)  # a review is thought of from four weeks before its day


@dataclass(frozen=True)
class ActionFacts:
    """One action; ``starts_on`` and ``due_on`` are dates on the wall in ``time_zone``.

    ``about`` is the title of what it comes from, or its own text. ``declined`` says why nobody does it.
    """

    id: int
    text: str
    about: str
    owner: Owner
    due_on: date
    time_zone: str
    marking: Marking
    starts_on: date | None = None
    done_at: datetime | None = None
    evidence: str = ""
    declined: str = ""


@dataclass(frozen=True)
class ReviewFacts:
    """When a city looks again at one finding, on its own wall."""

    lesson_id: int
    title: str
    city_id: int
    city: str
    owner: Owner
    review_on: date
    time_zone: str
    marking: Marking


def action_duty(action: ActionFacts) -> Duty:
    """The action as something owed; what is declined is void."""
    return Duty(
        key=f"action:{action.id}:due",
        what=Sentence("%(action)s", {"action": action.text}),
        subject=Subject("action", action.id, action.about),
        owner=action.owner,
        due_on=action.due_on,
        time_zone=action.time_zone,
        starts_on=action.starts_on,
        done_at=action.done_at,
        evidence=action.evidence,
        marking=action.marking,
        void_reason=action.declined,
    )


def progress_review_duty(review: ReviewFacts) -> Duty:
    """The next look at a finding; saying how far the city is sets another day, or none."""
    return Duty(
        key=f"finding:{review.lesson_id}:review:{review.city_id}",
        what=Sentence("Say how far %(city)s is with it", {"city": review.city}),
        subject=Subject("finding", review.lesson_id, review.title),
        owner=review.owner,
        due_on=review.review_on,
        time_zone=review.time_zone,
        starts_on=review.review_on - REVIEW_LEAD,
        marking=review.marking,
    )
