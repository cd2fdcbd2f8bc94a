"""Redact cycles and training events to the entries an audience may see.

rules.access decides who may know and what a feed carries; this file is the only one that applies it to feeds.
It loads nothing: cities, groups, themes, stages, sittings and memberships come loaded.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from exchange.access.product_things import thing_of_product
from exchange.access.things import thing_of_cycle, thing_of_training
from exchange.feeds.content.entries import Audience, Entry
from exchange.feeds.content.entry_rendering import Redaction, as_blocks, cycle_entries, training_entry
from exchange.models import City, Cycle, MembershipStatus, Product, ProductState, TrainingEvent
from exchange.rules.access.policy import Right, may
from exchange.rules.access.rings import Ring, Showing, carried
from exchange.rules.access.things import Thing

MEMBERS = (MembershipStatus.LEAD, MembershipStatus.MEMBER)
_ONLY_OWN = frozenset({Ring.PERSON, Ring.BUSY})  # what is merely open to all is nobody's time


def entries_of_cycle(cycle: Cycle, audience: Audience, network: str) -> list[Entry]:
    """The stages, deadlines and sittings as the audience may see them; none when it may not know of them.

    ``network`` is the short name that stands in a neutral title ("CTPN event").
    """
    shown = showing_of_cycle(cycle, audience)
    if shown is None:
        return []
    redaction = Redaction(shown, audience, network)
    entries = cycle_entries(cycle, redaction)
    return as_blocks(entries) if redaction.is_busy_feed else entries


def entries_of_training(
    training: TrainingEvent, audience: Audience, network: str, members: Sequence[City] = ()
) -> list[Entry]:
    """The event as one entry, or nothing when the audience may not know of it.

    ``members`` are the cities that an event for all is for; their clocks stand beside the host's.
    """
    shown = showing_of_training(training, audience)
    if shown is None:
        return []
    redaction = Redaction(shown, audience, network)
    entries = [training_entry(training, redaction, members)]
    return as_blocks(entries) if redaction.is_busy_feed else entries


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
    shown = _showing(thing_of_product(product, cycle), audience)
    if of_cycle is None or not of_cycle.title or shown is None or not shown.portal:
        return entries
    uids = {stage.uid for stage in cycle.stages if stage.key == "publish"}
    link = f"/cycles/{cycle.id}/product"
    return [replace(entry, link=link) if entry.uid in uids else entry for entry in entries]


def showing_of_cycle(cycle: Cycle, audience: Audience) -> Showing | None:
    """How much of a cycle an audience may see; whether it is published is not asked here."""
    return _showing(thing_of_cycle(cycle), audience)


def showing_of_training(training: TrainingEvent, audience: Audience) -> Showing | None:
    """How much of an event an audience may see.

    An event that names no city and no group is for every city that is lead or member on its day;
    need-to-know markings still reach only its host then, because nobody else is named.
    """
    return _showing(thing_of_training(training), audience)


def is_for_all(training: TrainingEvent) -> bool:
    """Whether nobody is named on the event, so that it is for all member cities."""
    return not training.cities and not training.groups


def is_member(city: City, on: date) -> bool:
    """Whether the city is lead or member on a date; needs its memberships loaded."""
    return city.status_on(on) in MEMBERS


def _showing(thing: Thing, audience: Audience) -> Showing | None:
    """What the policy lets the audience know, as far as its ring carries it.

    In one's own time stands only what one takes part in.
    """
    published, standing = replace(thing, is_published=True), audience.standing
    if audience.ring in _ONLY_OWN and not may(standing, Right.TAKE_PART, published.container or published):
        return None
    return carried(thing.marking, audience.ring) if may(standing, Right.READ, published) else None
