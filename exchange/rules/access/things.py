"""What is asked about: a thing of the programme as values that decide who may do what with it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """The kinds of things that rights are asked about; docs/access.md lists them with these words."""

    CYCLE = "cycle"
    TRAINING = "training event"
    NEEDS = "needs at a training event: food, access"
    PREPARATION = "preparation of a training event"
    ROUND = "needs round, its results, and the needs taken from it"
    ATTENDANCE = "who was at a meeting"
    TURNOUT = "how many were at a meeting, by city"
    ANSWER = "answer handed in"
    TASK = "task to answer"
    ASK = "questions to people by themselves, and their results"
    PRODUCT = "product that is out"
    DRAFT = "product being written"
    REVIEW = "review of a product"
    LESSON = "finding: a recommendation, lesson or notable practice"
    PROGRESS = "how far a city is with a finding"
    ACTION = "action"
    BOARD_MEETING = "meeting of a board, with its papers and minutes"
    DECISION = "decision of a board"
    ROTATION = "whose turn the annual report, conference and exercise are"
    PROJECT = "project, with what it hands over"
    NOTE = "note to the network"
    STANDING_DOCUMENT = "standing document"
    MONEY = "agreements and money"
    REQUEST = "request by a public form"
    RECORD = "record of a city or of the network: how often it took part, how many were there"
    CITY = "page of a city"
    CALENDAR = "calendar of a city or group"
    BUSY_CALENDAR = "calendar of a city's busy times"
    OWN_CALENDAR = "calendar of one person"
    DIRECTORY = "directory of people"
    LEDGER = "what each city bears of the programme"
    FIGURES = "year in figures: what boards are told of the network"
    TRAIL = "audit trail"


@dataclass(frozen=True)
class Thing:
    """One thing. What a kind does not have stays empty, and empty lets nobody in.

    ``lead_city`` leads or hosts, or is whose page or calendar it is; ``cities`` and ``groups`` take part;
    ``boards`` is whose meeting or decision it is, ``organisations`` are invited or take part. ``on`` is the
    day of an event that is for all members (``is_for_members``). ``named`` are the people named at
    TLP:RED, ``named_groups`` the groups an author chose. ``authors`` are those it came from, or whose
    task it is, for ``for_city`` or ``for_group``. ``deputies`` are those among them to whom it was handed
    on. ``credited`` are people of the network whom a product names as authors or reviewers. ``container``
    is the cycle or event it belongs to.
    """

    kind: Kind
    marking: str
    is_published: bool = True
    lead_city: int | None = None
    cities: frozenset[int] = frozenset()
    groups: frozenset[int] = frozenset()
    boards: frozenset[int] = frozenset()
    organisations: frozenset[int] = frozenset()
    is_for_members: bool = False
    on: date | None = None
    named: frozenset[int] = frozenset()
    named_groups: frozenset[int] = frozenset()
    authors: frozenset[int] = frozenset()
    for_city: int | None = None
    for_group: int | None = None
    deputies: frozenset[int] = frozenset()
    credited: frozenset[int] = frozenset()
    container: "Thing | None" = None
