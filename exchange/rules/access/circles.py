"""The circles of people that the table of rights names, and whether somebody is in one."""

from collections.abc import Callable, Mapping
from enum import StrEnum

from exchange.rules.access.standing import Standing
from exchange.rules.access.things import Thing


class Circle(StrEnum):
    """Who is meant, in the words of docs/access.md."""

    EVERYBODY = "everybody, signed in or not"
    NETWORK = "the network: people of cities, groups and partners of today"
    TAKES_PART = "leads and contacts of cities that take part, and seats in invited groups"
    INVITED = "leads and contacts of cities, and seats in groups, that it names"
    DELEGATES = "leads and contacts of cities of today, and seats in groups"
    OVERSIGHT = "board members and auditors"
    BOARDS = "board members"
    SEATED = "members of its board"
    CHAIRS = "who chairs its board"
    PLANNERS = "coordinators"
    AUDITORS = "auditors"
    FINANCE = "finance contacts of cities of today"
    NAMED_GROUPS = "seats in groups that the author named"
    NAMED_PEOPLE = "the people named on it, while they are of the network"
    AUTHORS = "who wrote it, while they still stand for that city or group"
    HOLDER = "whose task it is, while they still stand for that city or group"
    ASKED = "who was asked or took it over, while they are of the network"
    REVIEWERS = "who was asked to, while their city or group takes part"
    WRITERS = "its writers in the groups, and leads of the lead city"
    CREDITED = "whom it names as its authors or reviewers, while they are of the network"
    OF_CITY = "leads and contacts of the city"
    CITY_LEADS = "leads of the city"
    LEADS = "leads of cities of today"
    PARTNERS = "liaisons of organisations that it names, while these work with the network"
    TEAM = "who plans it or owes a part of it, while they are of the network"
    OWNER = "the person, or the group's seats, whose it is"


def is_in(circle: Circle, standing: Standing, thing: Thing) -> bool:
    """Whether the standing is in the circle of the thing."""
    return _IS_IN[circle](standing, thing)


def _is_named_party(standing: Standing, thing: Thing) -> bool:
    """One of its cities or groups, named on it."""
    cities = thing.cities if thing.lead_city is None else thing.cities | {thing.lead_city}
    return not standing.cities.isdisjoint(cities) or not standing.groups.isdisjoint(thing.groups)


def _takes_part(standing: Standing, thing: Thing) -> bool:
    is_for_them = thing.is_for_members and thing.on is not None and standing.is_member_on(thing.on)
    return is_for_them or _is_named_party(standing, thing.container or thing)


def _stands_for(standing: Standing, thing: Thing) -> bool:
    """By their city, by their seat, or as the deputy whom somebody of it named."""
    is_deputy = standing.is_in_network and standing.person_id in thing.deputies
    return is_deputy or thing.for_city in standing.cities or thing.for_group in standing.groups


def _is_author(standing: Standing, thing: Thing) -> bool:
    stands = _stands_for(standing, thing) or thing.for_city in standing.left_cities
    return standing.person_id in thing.authors and stands


def _writes(standing: Standing, thing: Thing) -> bool:
    of = thing.container or thing
    has_seat = standing.person_id in thing.authors and not standing.groups.isdisjoint(of.groups)
    return of.is_published and (has_seat or of.lead_city in standing.leads)


_IS_IN: Mapping[Circle, Callable[[Standing, Thing], bool]] = {
    Circle.EVERYBODY: lambda _standing, _thing: True,
    Circle.NETWORK: lambda standing, _thing: standing.is_in_network,
    Circle.TAKES_PART: _takes_part,
    Circle.INVITED: lambda standing, thing: _is_named_party(standing, thing.container or thing),
    Circle.DELEGATES: lambda standing, _thing: bool(standing.cities or standing.groups),
    Circle.OVERSIGHT: lambda standing, _thing: bool(standing.boards) or standing.audits,
    Circle.BOARDS: lambda standing, _thing: bool(standing.boards),
    Circle.SEATED: lambda standing, thing: not standing.boards.isdisjoint(thing.boards),
    Circle.CHAIRS: lambda standing, thing: (
        standing.person_id in thing.authors and not standing.boards.isdisjoint(thing.boards)
    ),
    Circle.PLANNERS: lambda standing, _thing: standing.plans,
    Circle.AUDITORS: lambda standing, _thing: standing.audits,
    Circle.FINANCE: lambda standing, _thing: bool(standing.finances),
    Circle.NAMED_GROUPS: lambda standing, thing: not standing.groups.isdisjoint(thing.named_groups),
    Circle.NAMED_PEOPLE: lambda standing, thing: standing.is_in_network and standing.person_id in thing.named,
    Circle.AUTHORS: _is_author,
    Circle.HOLDER: lambda standing, thing: (
        standing.person_id in thing.authors and _stands_for(standing, thing)
    ),
    Circle.ASKED: lambda standing, thing: standing.is_in_network and standing.person_id in thing.authors,
    Circle.REVIEWERS: lambda standing, thing: (
        standing.person_id in thing.authors and _is_named_party(standing, thing.container or thing)
    ),
    Circle.WRITERS: _writes,
    Circle.CREDITED: lambda standing, thing: standing.is_in_network and standing.person_id in thing.credited,
    Circle.OF_CITY: lambda standing, thing: thing.lead_city in standing.cities,
    Circle.CITY_LEADS: lambda standing, thing: thing.lead_city in standing.leads,
    Circle.LEADS: lambda standing, _thing: bool(standing.leads),
    Circle.PARTNERS: lambda standing, thing: not standing.organisations.isdisjoint(thing.organisations),
    Circle.TEAM: lambda standing, thing: standing.is_in_network and standing.person_id in thing.authors,
    Circle.OWNER: lambda standing, thing: (
        standing.person_id in thing.authors or not standing.groups.isdisjoint(thing.groups)
    ),
}
