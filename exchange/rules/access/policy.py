"""May this person do this with this thing, now? One table says it, and nothing else does.

What a calendar or a letter may carry of what somebody may know, rings.py says.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from exchange.rules.access.circles import Circle, is_in
from exchange.rules.access.standing import Standing
from exchange.rules.access.things import Kind, Thing
from exchange.rules.markings.tlp_labels import Marking

Reach = Mapping[Marking, frozenset[Circle]]


class Right(StrEnum):
    """What somebody would do with a thing."""

    READ = "know of it and read it"
    TAKE_PART = "say whether one comes, or is there"
    ANSWER = "answer it or hand it on"
    WRITE = "write it"
    REVIEW = "review it"
    CHANGE = "change it"


def may(standing: Standing, right: Right, thing: Thing) -> bool:
    """Whether ``standing`` has ``right`` on ``thing`` at the moment both were made.

    An unknown marking, kind or right lets nobody in. Whatever belongs to a cycle also needs the right
    to know of that cycle, save for the authors of an answer. At TLP:RED all but its authors are named.
    """
    marking = _marking(thing)
    if marking is None:
        return False
    circles = reach_of(thing.kind, right).get(marking, _NO_CIRCLES)
    if not thing.is_published and circles:
        circles = _PLANNERS if right is Right.READ else circles & _PLANNERS
    mine = [circle for circle in circles if is_in(circle, standing, thing)]
    if not mine:
        return False
    if Circle.AUTHORS in mine:
        return True
    if marking is Marking.RED and standing.person_id not in thing.named:
        return False
    return thing.kind in _KNOWN_WITHOUT or _knows_container(standing, thing)


def is_red(thing: Thing) -> bool:
    """Whether it, or something one must know of to know of it, is for the people named at TLP:RED."""
    if _marking(thing) is Marking.RED:
        return True
    outer = None if thing.kind in _KNOWN_WITHOUT else thing.container
    return outer is not None and is_red(outer)


def reach_of(kind: Kind, right: Right) -> Reach:
    """Which circles have a right, by marking; nobody for what the table does not hold."""
    return _TABLE.get((kind, right), {})


def rows() -> Iterator[tuple[Kind, Right, Reach]]:
    """The table as it stands, for docs/access.md and for tests."""
    for (kind, right), reach in _TABLE.items():
        yield kind, right, reach


def _knows_container(standing: Standing, thing: Thing) -> bool:
    return thing.container is None or may(standing, Right.READ, thing.container)


def _marking(thing: Thing) -> Marking | None:
    return Marking(thing.marking) if thing.marking in set(Marking) else None


_NO_CIRCLES: frozenset[Circle] = frozenset()
# A draft is its planners', and at TLP:RED of those among them who are named.
_PLANNERS = frozenset({Circle.PLANNERS})
# A product stands in the library under a marking of its own, wherever its exchange is known.
_KNOWN_WITHOUT = frozenset({Kind.PRODUCT})


def _by_marking(clear: set[Circle], green: set[Circle], amber: set[Circle], strict: set[Circle]) -> Reach:
    """The reach under each marking; at RED it is the people named, and the authors."""
    return {
        Marking.CLEAR: frozenset(clear),
        Marking.GREEN: frozenset(green),
        Marking.AMBER: frozenset(amber),
        Marking.AMBER_STRICT: frozenset(strict),
        Marking.RED: frozenset({Circle.NAMED_PEOPLE} | strict & {Circle.AUTHORS}),
    }


def _alike(*circles: Circle) -> Reach:
    """One reach under every marking; at RED those among them who are named."""
    return dict.fromkeys(Marking, frozenset(circles))


def _by_marking_of_city(all_cities: Reach) -> Reach:
    """The same, but that what is held closely is the city's own: nobody is named to see what others do."""
    own = frozenset({Circle.OF_CITY, Circle.PLANNERS})
    return {**all_cities, Marking.AMBER_STRICT: own, Marking.RED: own}


C = Circle
_PARTY = {C.TAKES_PART, C.OVERSIGHT, C.PLANNERS}
_PROGRAMME = _by_marking({C.EVERYBODY}, _PARTY, _PARTY, {C.INVITED, C.PLANNERS})
# Partners know of what is public, and of what is for the community where they are invited.
_EVENTS = {**_PROGRAMME, Marking.GREEN: frozenset(_PARTY | {C.PARTNERS})}
_COMING = _by_marking({C.TAKES_PART}, {C.TAKES_PART}, {C.TAKES_PART}, {C.INVITED})
_COMING_TO_EVENT = {
    **_COMING,
    **dict.fromkeys((Marking.CLEAR, Marking.GREEN), frozenset({C.TAKES_PART, C.PARTNERS})),
}
_PROJECT = {C.INVITED, C.TEAM, C.OVERSIGHT, C.PLANNERS}
_LEARNING = {C.DELEGATES, C.OVERSIGHT, C.PLANNERS}
_LESSONS = _by_marking({C.EVERYBODY}, {C.NETWORK}, _LEARNING, {C.INVITED, C.PLANNERS})
_OF_BOARD = _by_marking(
    {C.NETWORK}, {C.NETWORK}, {C.OVERSIGHT, C.PLANNERS}, {C.SEATED, C.AUDITORS, C.PLANNERS}
)
_TABLE: dict[tuple[Kind, Right], Reach] = {
    (Kind.CYCLE, Right.READ): _PROGRAMME,
    (Kind.CYCLE, Right.TAKE_PART): _COMING,
    (Kind.CYCLE, Right.CHANGE): _alike(C.PLANNERS),
    (Kind.TRAINING, Right.READ): _EVENTS,
    (Kind.TRAINING, Right.TAKE_PART): _COMING_TO_EVENT,
    (Kind.TRAINING, Right.CHANGE): _alike(C.PLANNERS),
    (Kind.NEEDS, Right.READ): _alike(C.OF_CITY, C.PLANNERS),
    (Kind.PREPARATION, Right.READ): _alike(C.OF_CITY, C.TEAM, C.PLANNERS),
    (Kind.PREPARATION, Right.WRITE): _alike(C.CITY_LEADS, C.TEAM, C.PLANNERS),
    (Kind.PREPARATION, Right.TAKE_PART): _alike(C.TEAM),
    (Kind.PREPARATION, Right.CHANGE): _alike(C.CITY_LEADS, C.PLANNERS),
    # What a group cannot be told apart by is shown to those asked (rules.results); boards rank it.
    (Kind.ROUND, Right.READ): _by_marking(
        {C.EVERYBODY}, {C.NETWORK}, _PARTY, {C.INVITED, C.OVERSIGHT, C.PLANNERS}
    ),
    (Kind.ROUND, Right.WRITE): _alike(C.BOARDS, C.PLANNERS),
    (Kind.ROUND, Right.CHANGE): _alike(C.PLANNERS),
    (Kind.ATTENDANCE, Right.READ): _alike(C.OF_CITY, C.OWNER, C.PLANNERS),
    (Kind.ATTENDANCE, Right.TAKE_PART): _alike(C.NETWORK, C.PLANNERS),
    (Kind.ATTENDANCE, Right.CHANGE): _alike(C.OF_CITY, C.PLANNERS),
    (Kind.TURNOUT, Right.READ): _alike(C.NETWORK, C.PLANNERS),
    (Kind.ANSWER, Right.READ): _by_marking(
        {C.EVERYBODY, C.AUTHORS},
        {C.NETWORK, C.AUTHORS},
        {C.TAKES_PART, C.PLANNERS, C.AUTHORS},
        {C.NAMED_GROUPS, C.AUTHORS},
    ),
    (Kind.TASK, Right.ANSWER): _alike(C.HOLDER),
    (Kind.ASK, Right.ANSWER): _alike(C.ASKED),
    (Kind.ASK, Right.READ): _alike(C.OF_CITY, C.PLANNERS),
    (Kind.ASK, Right.CHANGE): _alike(C.CITY_LEADS, C.PLANNERS),
    (Kind.PRODUCT, Right.READ): _by_marking({C.EVERYBODY}, {C.NETWORK}, _PARTY, {C.INVITED, C.PLANNERS}),
    (Kind.DRAFT, Right.WRITE): _alike(C.WRITERS, C.CREDITED, C.PLANNERS),
    (Kind.DRAFT, Right.CHANGE): _alike(C.PLANNERS),
    (Kind.REVIEW, Right.REVIEW): _alike(C.REVIEWERS, C.CREDITED),
    (Kind.LESSON, Right.READ): _LESSONS,
    (Kind.LESSON, Right.CHANGE): _alike(C.PLANNERS),
    (Kind.PROGRESS, Right.READ): _by_marking_of_city(
        _by_marking({C.NETWORK}, {C.NETWORK}, _LEARNING, {C.PLANNERS})
    ),
    (Kind.PROGRESS, Right.WRITE): _alike(C.OF_CITY, C.PLANNERS),
    (Kind.ACTION, Right.READ): _by_marking(
        {C.NETWORK}, {C.NETWORK}, _LEARNING, {C.INVITED, C.OF_CITY, C.TEAM, C.PLANNERS}
    ),
    (Kind.ACTION, Right.WRITE): _alike(C.OF_CITY, C.TEAM, C.PLANNERS),
    (Kind.ACTION, Right.REVIEW): _alike(C.DELEGATES, C.PLANNERS),
    (Kind.ACTION, Right.CHANGE): _alike(C.PLANNERS),
    (Kind.BOARD_MEETING, Right.READ): _OF_BOARD,
    (Kind.BOARD_MEETING, Right.TAKE_PART): _alike(C.SEATED),
    (Kind.BOARD_MEETING, Right.WRITE): _alike(C.CHAIRS, C.PLANNERS),
    (Kind.BOARD_MEETING, Right.CHANGE): _alike(C.PLANNERS),
    (Kind.DECISION, Right.READ): {**_OF_BOARD, Marking.CLEAR: frozenset({C.EVERYBODY})},
    (Kind.DECISION, Right.CHANGE): _alike(C.PLANNERS),
    (Kind.ROTATION, Right.READ): _alike(C.LEADS, C.OVERSIGHT, C.PLANNERS),
    (Kind.ROTATION, Right.CHANGE): _alike(C.PLANNERS),
    (Kind.PROJECT, Right.READ): _by_marking(
        {C.NETWORK}, _PROJECT | {C.DELEGATES, C.PARTNERS}, _PROJECT | {C.LEADS}, _PROJECT
    ),
    # What is handed over, its owner says is done.
    (Kind.PROJECT, Right.WRITE): _alike(C.OF_CITY, C.TEAM, C.PLANNERS),
    (Kind.PROJECT, Right.CHANGE): _alike(C.PLANNERS),
    (Kind.NOTE, Right.READ): _by_marking(
        {C.NETWORK, C.PLANNERS},
        {C.NETWORK, C.PLANNERS},
        {C.TAKES_PART, C.SEATED, C.OVERSIGHT, C.PLANNERS},
        {C.TAKES_PART, C.SEATED, C.PLANNERS},
    ),
    (Kind.NOTE, Right.REVIEW): _alike(C.PLANNERS),
    (Kind.NOTE, Right.CHANGE): _alike(C.PLANNERS),
    (Kind.STANDING_DOCUMENT, Right.READ): _alike(C.NETWORK, C.PLANNERS),
    (Kind.STANDING_DOCUMENT, Right.WRITE): _alike(C.TEAM, C.PLANNERS),
    (Kind.STANDING_DOCUMENT, Right.CHANGE): _alike(C.PLANNERS),
    (Kind.MONEY, Right.READ): _alike(C.FINANCE, C.OVERSIGHT, C.PLANNERS),
    (Kind.MONEY, Right.CHANGE): _alike(C.PLANNERS),
    (Kind.RECORD, Right.READ): _alike(C.OF_CITY, C.OVERSIGHT, C.PLANNERS),
    (Kind.CITY, Right.READ): _alike(C.OF_CITY, C.PLANNERS),
    # Of a report, its authors and who leads the city of its exchange or event: they decide on its release.
    (Kind.REQUEST, Right.READ): _alike(C.CITY_LEADS, C.CREDITED, C.PLANNERS),
    (Kind.REQUEST, Right.WRITE): _alike(C.CITY_LEADS, C.CREDITED),
    (Kind.REQUEST, Right.CHANGE): _alike(C.PLANNERS),
    (Kind.CALENDAR, Right.READ): _alike(C.OF_CITY, C.OWNER, C.PLANNERS),
    (Kind.CALENDAR, Right.CHANGE): _alike(C.PLANNERS),
    (Kind.BUSY_CALENDAR, Right.READ): _alike(C.OF_CITY, C.PLANNERS),
    (Kind.BUSY_CALENDAR, Right.CHANGE): _alike(C.OF_CITY, C.PLANNERS),
    (Kind.OWN_CALENDAR, Right.READ): _alike(C.OWNER),
    (Kind.OWN_CALENDAR, Right.CHANGE): _alike(C.OWNER),
    (Kind.DIRECTORY, Right.READ): _alike(C.NETWORK, C.PLANNERS),
    (Kind.LEDGER, Right.READ): _alike(C.NETWORK, C.PLANNERS),
    (Kind.FIGURES, Right.READ): _alike(C.OVERSIGHT, C.PLANNERS),
    (Kind.TRAIL, Right.READ): _alike(C.AUDITORS, C.PLANNERS),
}
