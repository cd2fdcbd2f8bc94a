"""Rows as things of the policy. Cities, groups and what belongs to them come loaded."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from sqlmodel import Session, col, select

from exchange.models import (
    AskAddressee,
    City,
    Contribution,
    ContributionVersion,
    Cycle,
    Feed,
    FeedKind,
    FindingsRound,
    NeedsRound,
    Person,
    Round,
    Subject,
    TrainingEvent,
    TrainingLink,
)
from exchange.rules.access.things import Kind, Thing
from exchange.rules.markings.tlp_labels import Marking

DIRECTORY = Thing(Kind.DIRECTORY, Marking.GREEN)
LEDGER = Thing(Kind.LEDGER, Marking.GREEN)
FIGURES = Thing(Kind.FIGURES, Marking.AMBER_STRICT)
MONEY = Thing(Kind.MONEY, Marking.AMBER_STRICT)
NETWORK_RECORD = Thing(Kind.RECORD, Marking.GREEN)
ROTATION = Thing(Kind.ROTATION, Marking.AMBER)
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
        organisations=frozenset(one.id or 0 for one in training.organisations),
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


def thing_of_round(round_: NeedsRound) -> Thing:
    """A needs round, with its results and the needs taken from it; needs the cities it asks."""
    return Thing(
        Kind.ROUND,
        round_.marking,
        is_published=round_.opened_at is not None,
        cities=frozenset(city.id or 0 for city in round_.cities),
    )


def thing_of_attendance(about: Cycle | TrainingEvent, person_id: int | None = None) -> Thing:
    """Who was at the event, or at a sitting of the exchange; or ``person_id``'s own part of that.

    Needs the same.
    """
    return _held(Kind.ATTENDANCE, about, frozenset() if person_id is None else frozenset({person_id}))


def thing_of_turnout(about: Cycle | TrainingEvent) -> Thing:
    """How many were there, by city; needs the same."""
    return _held(Kind.TURNOUT, about, frozenset())


def _held(kind: Kind, about: Cycle | TrainingEvent, authors: frozenset[int]) -> Thing:
    return Thing(
        kind,
        about.marking,
        lead_city=about.lead_city_id if isinstance(about, Cycle) else about.host_city_id,
        named=frozenset(about.named_ids),
        authors=authors,
        container=thing_about(about),
    )


def thing_about(about: Subject) -> Thing:
    """Any of them; that cities are asked about findings everybody in the network may know."""
    if isinstance(about, FindingsRound):
        return Thing(Kind.ROUND, about.marking)
    if isinstance(about, NeedsRound):
        return thing_of_round(about)
    return thing_of_cycle(about) if isinstance(about, Cycle) else thing_of_training(about)


def thing_of_answer(answer: Contribution, version: ContributionVersion, about: Subject) -> Thing:
    """An answer as handed in last; needs its party with addressees, and the subject's cities and groups."""
    return things_of_answers(about)(answer, version)


def things_of_answers(about: Subject) -> Callable[[Contribution, ContributionVersion], Thing]:
    """thing_of_answer for many answers about one subject: what they have in common is made once."""
    container = thing_about(about)
    addressees: dict[int, dict[int | None, AskAddressee]] = {}

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


def is_deputy(addressee: AskAddressee) -> bool:
    """Whether it was handed on to somebody who is still of the city that answers, or of who handed it on."""
    if addressee.holder_id == addressee.person_id:
        return False
    return addressee.holder.city_id in {addressee.party.city_id, addressee.person.city_id}


def thing_of_task_for(person: Person, addressee: AskAddressee, about: Subject) -> Thing:
    """The task as it would be, were it handed on to a person."""
    thing = thing_of_task(addressee, about)
    return replace(
        thing, authors=frozenset({person.id or 0}), deputies=frozenset({person.id or 0}), container=None
    )


def thing_of_task(addressee: AskAddressee, about: Subject) -> Thing:
    """What one person was asked to answer; needs the party, and the subject's cities and groups.

    Who was asked by themselves, or got it handed on by one of the party, is named by that, and need not know
    of the subject otherwise.
    """
    party, holder_id = addressee.party, addressee.holder_id
    if party.city_id is None and party.group_id is None:
        return replace(thing_of_ask(about), authors=frozenset({holder_id}))
    is_passed_on = is_deputy(addressee)
    return thing_of_held_task(
        about,
        for_city=party.city_id,
        for_group=party.group_id,
        holder_id=holder_id,
        is_passed_on=is_passed_on,
        container=None if is_passed_on else thing_about(about),
    )


def thing_of_held_task(
    about: Subject,
    *,
    for_city: int | None,
    for_group: int | None,
    holder_id: int,
    is_passed_on: bool,
    container: Thing | None,
) -> Thing:
    """The task of a city's or group's, by values: lists of thousands make ``container`` once."""
    holder = frozenset({holder_id})
    return Thing(
        Kind.TASK,
        about.marking,
        authors=holder,
        named=_named_on(about),
        for_city=for_city,
        for_group=for_group,
        deputies=holder if is_passed_on else frozenset(),
        container=container,
    )


def thing_of_ask(about: Subject) -> Thing:
    """An ask of people by themselves, with its results, as the city that leads or hosts has it.

    What was answered to a needs round nobody reads but as its results (thing_of_round), and what cities say
    of findings as their progress.
    """
    if isinstance(about, Round):
        return Thing(Kind.ASK, about.marking, is_published=about.opened_at is not None)
    return Thing(
        Kind.ASK,
        about.marking,
        is_published=about.published_at is not None,
        lead_city=about.lead_city_id if isinstance(about, Cycle) else about.host_city_id,
        named=_named_on(about),
    )


def _named_on(about: Subject) -> frozenset[int]:
    """Who may know of it at TLP:RED; a round is never that."""
    return frozenset() if isinstance(about, Round) else frozenset(about.named_ids)


def thing_of_city(city: City) -> Thing:
    """The page of a city."""
    return Thing(Kind.CITY, Marking.GREEN, lead_city=city.id)


def thing_of_record(city: City) -> Thing:
    """What the city took part in over the years; each thing in it is asked about by itself."""
    return Thing(Kind.RECORD, Marking.GREEN, lead_city=city.id)


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
