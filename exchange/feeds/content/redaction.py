"""Cut cycles and training events down to the entries an audience may see.

rules.rings decides what may be shown; this file is the only one that applies it to feeds. It loads
nothing: cities, groups, themes, stages, sittings and memberships come loaded.
"""

from dataclasses import replace
from datetime import date

from exchange.feeds.cuts import (
    Cut,
    as_blocks,
    deadline_entry,
    owes,
    session_entry,
    stage_entry,
    training_entry,
)
from exchange.feeds.entries import Audience, Entry
from exchange.models import City, Cycle, MembershipStatus, Product, ProductState, TrainingEvent
from exchange.rules.markings import Marking
from exchange.rules.rings import Ring, Showing, showing

MEMBERS = (MembershipStatus.LEAD, MembershipStatus.MEMBER)
_ONLY_OWN = frozenset({Ring.PERSON, Ring.BUSY})  # what is merely open to all is nobody's time


def entries_of_cycle(cycle: Cycle, audience: Audience, network: str) -> list[Entry]:
    """The stages, deadlines and sittings as the audience may see them; none when it may not know of them.

    ``network`` is the short name that stands in a neutral title ("CTPN event").
    """
    shown = showing_of_cycle(cycle, audience)
    if shown is None:
        return []
    cut = Cut(shown, audience, network)
    entries = [stage_entry(cycle, stage, cut) for stage in cycle.stages]
    entries += [deadline_entry(cycle, stage, cut) for stage in cycle.stages if owes(cycle, stage, cut)]
    entries += [session_entry(cycle, sitting, cut) for sitting in cycle.sittings]
    return as_blocks(entries) if cut.is_busy_feed else entries


def entries_of_training(training: TrainingEvent, audience: Audience, network: str) -> list[Entry]:
    """The event as one entry, or nothing when the audience may not know of it."""
    shown = showing_of_training(training, audience)
    if shown is None:
        return []
    cut = Cut(shown, audience, network)
    entries = [training_entry(training, cut)]
    return as_blocks(entries) if cut.is_busy_feed else entries


def with_product(
    entries: list[Entry], cycle: Cycle, product: Product | None, audience: Audience
) -> list[Entry]:
    """The cycle's entries, that of its publication leading to the product where both may be shown.

    The product has a marking of its own. Beside a neutral title it would tell what the exchange is
    about, and leads nowhere then.
    """
    if product is None or product.state is not ProductState.PUBLISHED:
        return entries
    of_cycle = showing_of_cycle(cycle, audience)
    shown = showing(product.published_marking, audience.ring, is_invited=of_cycle is not None)
    if of_cycle is None or not of_cycle.title or shown is None or not shown.portal:
        return entries
    uids = {stage.uid for stage in cycle.stages if stage.key == "publish"}
    link = f"/cycles/{cycle.id}/product"
    return [replace(entry, link=link) if entry.uid in uids else entry for entry in entries]


def showing_of_cycle(cycle: Cycle, audience: Audience) -> Showing | None:
    """How much of a cycle an audience may see; whether it is published is not asked here."""
    cities = {cycle.lead_city_id, *(city.id for city in cycle.cities)}
    groups = {group.id for group in cycle.groups}
    takes_part = audience.city_id in cities or not groups.isdisjoint(audience.groups)
    return _showing(cycle.marking, audience, takes_part=takes_part, is_invited=takes_part)


def showing_of_training(training: TrainingEvent, audience: Audience) -> Showing | None:
    """How much of an event an audience may see.

    An event that names no city and no group is for every city that is lead or member on its day;
    need-to-know markings still reach only its host then, because nobody else is named.
    """
    cities = {training.host_city_id, *(city.id for city in training.cities)}
    groups = {group.id for group in training.groups}
    is_named = audience.city_id in cities or not groups.isdisjoint(audience.groups)
    takes_part = is_named or (is_for_all(training) and audience.city_id is not None)
    return _showing(training.marking, audience, takes_part=takes_part, is_invited=is_named)


def is_for_all(training: TrainingEvent) -> bool:
    """Whether nobody is named on the event, so that it is for all member cities."""
    return not training.cities and not training.groups


def is_member(city: City, on: date) -> bool:
    """Whether the city is lead or member on a date; needs its memberships loaded."""
    return city.status_on(on) in MEMBERS


def _showing(marking: str, audience: Audience, *, takes_part: bool, is_invited: bool) -> Showing | None:
    """What is not the audience's own business it sees only when it is for everybody."""
    is_open = marking == Marking.CLEAR and audience.ring not in _ONLY_OWN
    if not takes_part and not is_open:
        return None
    return showing(marking, audience.ring, is_invited=is_invited)
