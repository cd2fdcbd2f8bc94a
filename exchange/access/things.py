"""Rows as things of the policy. Cities, groups and what belongs to them come loaded."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from sqlmodel import Session, col, select

from exchange.models import (
    City,
    Contribution,
    ContributionVersion,
    Cycle,
    Feed,
    FeedKind,
    Person,
    Product,
    ProductReviewer,
    ProductState,
    ProductVersion,
    PromptAddressee,
    TrainingEvent,
    TrainingLink,
)
from exchange.rules.access.things import Kind, Thing
from exchange.rules.markings.tlp_labels import Marking

DIRECTORY = Thing(Kind.DIRECTORY, Marking.GREEN)
LEDGER = Thing(Kind.LEDGER, Marking.GREEN)
TRAIL = Thing(Kind.TRAIL, Marking.GREEN)
_CALENDARS = {FeedKind.BUSY: Kind.BUSY_CALENDAR, FeedKind.PERSON: Kind.OWN_CALENDAR}


def thing_of_cycle(cycle: Cycle) -> Thing:
    """The exchange; needs its cities and groups."""
    return Thing(
        Kind.CYCLE,
        cycle.marking,
        is_published=cycle.published_at is not None,
        lead_city=cycle.lead_city_id,
        cities=frozenset(city.id or 0 for city in cycle.cities),
        groups=frozenset(group.id or 0 for group in cycle.groups),
        named=frozenset(cycle.named_ids),
    )


def thing_of_training(training: TrainingEvent) -> Thing:
    """The event; needs its cities and groups. One that names neither is for the members of its day."""
    return Thing(
        Kind.TRAINING,
        training.marking,
        is_published=training.published_at is not None,
        lead_city=training.host_city_id,
        cities=frozenset(city.id or 0 for city in training.cities),
        groups=frozenset(group.id or 0 for group in training.groups),
        is_for_members=not training.cities and not training.groups,
        on=training.on_local,
        named=frozenset(training.named_ids),
    )


def thing_of_link(training: TrainingEvent, link: TrainingLink) -> Thing:
    """Something to read for the event, under a marking of its own; needs the same."""
    return replace(thing_of_training(training), marking=link.marking, container=thing_of_training(training))


def thing_of_needs(training: TrainingEvent) -> Thing:
    """What those who come need, which its hosts read; needs the same."""
    return Thing(
        Kind.NEEDS,
        training.marking,
        lead_city=training.host_city_id,
        named=frozenset(training.named_ids),
        container=thing_of_training(training),
    )


def thing_of_preparation(training: TrainingEvent, people: Collection[int]) -> Thing:
    """How the event is prepared, with the ids of those who plan it or owe a part of it; needs the same."""
    return Thing(
        Kind.PREPARATION,
        training.marking,
        lead_city=training.host_city_id,
        named=frozenset(training.named_ids),
        authors=frozenset(people),
        container=thing_of_training(training),
    )


def thing_about(about: Cycle | TrainingEvent) -> Thing:
    """Either of the two."""
    return thing_of_cycle(about) if isinstance(about, Cycle) else thing_of_training(about)


def thing_of_answer(answer: Contribution, version: ContributionVersion, cycle: Cycle) -> Thing:
    """An answer as handed in last; needs its party with addressees, and the cycle's cities and groups."""
    return things_of_answers(cycle)(answer, version)


def things_of_answers(cycle: Cycle) -> Callable[[Contribution, ContributionVersion], Thing]:
    """thing_of_answer for many answers of one cycle: what they have in common is made once."""
    container = thing_of_cycle(cycle)
    addressees: dict[int, dict[int | None, PromptAddressee]] = {}

    def thing(answer: Contribution, version: ContributionVersion) -> Thing:
        party = answer.party
        if answer.party_id not in addressees:
            addressees[answer.party_id] = {one.id: one for one in party.addressees}
        of = addressees[answer.party_id]
        one_alone = of.get(answer.addressee_id)
        mine = of.values() if answer.addressee_id is None else [one_alone] if one_alone else []
        return Thing(
            Kind.ANSWER,
            version.marking,
            named=frozenset(version.named_ids),
            named_groups=frozenset(version.group_ids),
            authors=frozenset(one.holder_id for one in mine),
            for_city=party.city_id,
            for_group=party.group_id,
            deputies=frozenset(one.holder_id for one in mine if is_deputy(one)),
            container=container,
        )

    return thing


def is_deputy(addressee: PromptAddressee) -> bool:
    """Whether it was handed on to somebody who is still of the city that answers, or of who handed it on."""
    if addressee.holder_id == addressee.person_id:
        return False
    return addressee.holder.city_id in {addressee.party.city_id, addressee.person.city_id}


def thing_of_task_for(person: Person, addressee: PromptAddressee, cycle: Cycle) -> Thing:
    """The task as it would be, were it handed on to a person."""
    thing = thing_of_task(addressee, cycle)
    return replace(
        thing, authors=frozenset({person.id or 0}), deputies=frozenset({person.id or 0}), container=None
    )


def thing_of_task(addressee: PromptAddressee, cycle: Cycle) -> Thing:
    """What one person was asked to answer; needs the party, and the cycle's cities and groups.

    Who got it handed on by one of the party is named by that, and need not know of the cycle otherwise.
    """
    is_passed_on = is_deputy(addressee)
    return Thing(
        Kind.TASK,
        cycle.marking,
        authors=frozenset({addressee.holder_id}),
        named=frozenset(cycle.named_ids),
        for_city=addressee.party.city_id,
        for_group=addressee.party.group_id,
        deputies=frozenset({addressee.holder_id} if is_passed_on else ()),
        container=None if is_passed_on else thing_of_cycle(cycle),
    )


def thing_of_product(product: Product, cycle: Cycle) -> Thing:
    """What is out; needs the product's versions, and the cycle's cities and groups."""
    out = [one for one in product.versions if one.number == product.published_number]
    return Thing(
        Kind.PRODUCT,
        product.published_marking,
        is_published=product.published_at is not None and product.withdrawn_at is None,
        named=frozenset(out[0].named_ids if out else ()),
        container=thing_of_cycle(cycle),
    )


def thing_of_draft(cycle: Cycle, product: Product | None) -> Thing:
    """The product as it is written; needs the members of the cycle's groups."""
    return thing_of_version(cycle, product.versions[-1] if product is not None and product.versions else None)


def thing_of_version(cycle: Cycle, version: ProductVersion | None) -> Thing:
    """One version for those who write, which keeps the marking and the names it was saved with.

    Its writers are the chairs of the groups, and everybody in a group without one. Needs their members.
    """
    return Thing(
        Kind.DRAFT,
        version.marking if version else cycle.marking,
        named=frozenset(version.named_ids if version else cycle.named_ids),
        authors=frozenset(
            seat.person_id
            for group in cycle.groups
            for seat in group.members
            if seat.is_chair or not any(other.is_chair for other in group.members)
        ),
        container=thing_of_cycle(cycle),
    )


def thing_of_review(reviewer: ProductReviewer, cycle: Cycle) -> Thing:
    """A person's part in a review; needs the product's versions, and the cycle's cities and groups.

    What was withdrawn and is written anew is a draft, until they are asked again.
    """
    return thing_of_review_by(reviewer.person_id, reviewer.product, cycle)


def thing_of_review_by(person_id: int, product: Product, cycle: Cycle) -> Thing:
    """The same of somebody who is, or would be, asked to review; needs the same."""
    version = product.versions[-1] if product.versions else None
    return Thing(
        Kind.REVIEW,
        version.marking if version else cycle.marking,
        is_published=product.state in {ProductState.IN_REVIEW, ProductState.PUBLISHED},
        named=frozenset(version.named_ids if version else cycle.named_ids),
        authors=frozenset({person_id}),
        container=thing_of_cycle(cycle),
    )


def thing_of_city(city: City) -> Thing:
    """The page of a city."""
    return Thing(Kind.CITY, Marking.GREEN, lead_city=city.id)


def thing_of_calendar(feed: Feed) -> Thing:
    """The page and the address of a private calendar."""
    return Thing(
        _CALENDARS.get(FeedKind(feed.kind), Kind.CALENDAR),
        Marking.GREEN,
        lead_city=feed.city_id,
        groups=frozenset({feed.group_id} if feed.group_id else ()),
        authors=frozenset({feed.person_id} if feed.person_id else ()),
    )


def marking_and_names(
    session: Session, table: type[Cycle] | type[TrainingEvent], row_id: int
) -> tuple[str, Sequence[int]] | None:
    """The marking of a cycle or an event and who is named on it; None when there is none."""
    return session.exec(select(table.marking, table.named_ids).where(col(table.id) == row_id)).first()
