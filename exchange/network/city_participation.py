"""What a city takes part in, for its page: all of it for people who plan, redacted as in its feed for others.

A number of statements that does not depend on how much there is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlmodel import Session

from exchange.access.kept_back import kept_back_from
from exchange.feeds.content.queries import Audience, Entry, entries_for
from exchange.models import City, Cycle, Publication, TrainingEvent
from exchange.network.queries import cycles_of_city, trainings_of_city
from exchange.rules.access.rings import Ring
from exchange.rules.access.standing import NOBODY, Standing


class Share(StrEnum):
    """What the city does in it; UNSAID where the marking keeps the title back."""

    LEADS = "leads"
    CONTRIBUTES = "contributes"
    HOSTS = "hosts"
    UNSAID = "unsaid"


@dataclass(frozen=True)
class Part:
    """A cycle or a training event; one of the two ids is None. A cycle is dated by its start."""

    title: str
    marking: str
    on: date
    share: Share
    publication: Publication
    cycle_id: int | None = None
    training_id: int | None = None


def parts_to_plan(session: Session, city: City, standing: Standing) -> list[Part]:
    """All that the city leads, contributes to or hosts, drafts too: cycles, then events, latest first.

    Without what TLP:RED keeps from ``standing``.
    """
    kept_back = kept_back_from(session, standing)
    cycles = [one for one in cycles_of_city(session, city) if not kept_back.holds(one)]
    trainings = [one for one in trainings_of_city(session, city) if not kept_back.holds(one)]
    return [*(_of_cycle(one, city) for one in cycles), *(_of_training(one) for one in trainings)]


def parts_for_city(session: Session, city: City, network: str) -> list[Part]:
    """The same in the same order, redacted to what the city's own feed shows.

    ``network`` is the short name in neutral titles: "CTPN event".
    """
    audience = Audience(Ring.CITY, city_id=city.id, time_zone=city.time_zone)
    entries = entries_for(session, audience, network=network)
    first_of_cycle = _first(entries, "cycle_id")
    first_of_training = _first(entries, "training_id")
    to_plan = parts_to_plan(session, city, NOBODY)
    cycles = [(part, first_of_cycle.get(part.cycle_id)) for part in to_plan if part.cycle_id]
    trainings = [(part, first_of_training.get(part.training_id)) for part in to_plan if part.training_id]
    return [_redacted(part, entry) for part, entry in cycles + trainings if entry is not None]


def _first(entries: Iterable[Entry], of: str) -> dict[int | None, Entry]:
    """The entry that begins first, by the id of its cycle or its event."""
    found: dict[int | None, Entry] = {}
    for entry in entries:  # by when they begin
        found.setdefault(getattr(entry, of), entry)
    return found


def _redacted(part: Part, entry: Entry) -> Part:
    """The part itself where its entry shows the title, which it does when it names the city."""
    if entry.city:
        return part
    return Part(
        title=entry.title,
        marking=entry.marking,
        on=entry.first_on or entry.starts_at.date(),
        share=Share.UNSAID,
        publication=part.publication,
        cycle_id=part.cycle_id,
        training_id=part.training_id,
    )


def _of_cycle(cycle: Cycle, city: City) -> Part:
    return Part(
        title=cycle.title,
        marking=cycle.marking,
        on=cycle.starts_on,
        share=Share.LEADS if cycle.lead_city_id == city.id else Share.CONTRIBUTES,
        publication=cycle.publication,
        cycle_id=cycle.id,
    )


def _of_training(training: TrainingEvent) -> Part:
    return Part(
        title=training.title,
        marking=training.marking,
        on=training.on_local,
        share=Share.HOSTS,
        publication=training.publication,
        training_id=training.id,
    )
