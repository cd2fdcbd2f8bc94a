"""What publishing a cycle would do: which calendars show how much of it, and who gets which letter when.

It publishes and sends nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlmodel import Session

from exchange.feeds.owners import audience_of, feed_name
from exchange.feeds.queries import feeds_showing_cycle
from exchange.feeds.redact import showing_of_cycle
from exchange.mail.schedule import Planned, planned_for_cycle
from exchange.models import Cycle
from exchange.rules.rings import Showing
from exchange.rules.stage_plan import StagePlan

ONE_YEAR = timedelta(days=365)  # before every letter of a cycle that is still worth publishing


@dataclass(frozen=True)
class FeedImpact:
    """A calendar that would show the cycle, and what of it, in words."""

    name: str
    shows: str


@dataclass(frozen=True)
class LetterBatch:
    """One letter of the plan with everybody who gets it; ``past`` counts those for whom it is too late."""

    name: str
    kind: str
    letters: list[Planned]
    past: int


def feed_impacts(session: Session, cycle: Cycle) -> list[FeedImpact]:
    """The calendars that would show the cycle, the public one first."""
    return [
        FeedImpact(feed_name(feed), _in_words(showing_of_cycle(cycle, audience_of(feed))))
        for feed in feeds_showing_cycle(session, cycle)
    ]


def letter_batches(session: Session, cycle: Cycle, *, plan: StagePlan, now: datetime) -> list[LetterBatch]:
    """Every letter the cycle calls for, in the plan's order, and each copy in the order it leaves."""
    to_come = _by_kind(planned_for_cycle(session, cycle, plan=plan, now=now))
    ever = _by_kind(planned_for_cycle(session, cycle, plan=plan, now=now - ONE_YEAR))
    return [
        LetterBatch(rule.name, rule.key, letters, past=max(len(ever.get(rule.key, ())) - len(letters), 0))
        for rule in plan.letters
        if (letters := to_come.get(rule.key, [])) or rule.key in ever
    ]


def _by_kind(planned: Iterable[Planned]) -> dict[str, list[Planned]]:
    found: dict[str, list[Planned]] = {}
    for one in planned:
        found.setdefault(one.kind, []).append(one)
    return found


def _in_words(shown: Showing | None) -> str:
    if shown is None:
        return str(_("nothing"))
    if shown.busy_only:
        return str(_("busy times named “Private”"))
    if shown.description:
        return str(_("title, times, details and a link to its page"))
    return str(_("title and times") if shown.title else _("times under a neutral name, no title"))
