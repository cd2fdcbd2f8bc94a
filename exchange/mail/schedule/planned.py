"""One letter to one person, planned: what the schedule gives, the queue stores and a preview shows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from exchange.models import Cycle, Person, TrainingEvent, letters
from exchange.rules.letters.chase_ladder import may_leave_until, week_of
from exchange.rules.letters.reminders import PlannedLetter
from exchange.rules.sentences import Sentence, Value
from exchange.rules.time.timezones import WallTime, wall_time


@dataclass(frozen=True)
class TaskLink:
    """A personal link in a letter; ``about`` names the city or the group when the reader has several."""

    url: str
    about: str = ""


@dataclass(frozen=True)
class Planned:
    """One letter to one person. ``due_at`` is when it leaves: as the rule says, or as soon as may be when
    that has passed. ``letter`` is the rule's own answer; exactly one of ``cycle`` and ``training`` is set.
    ``tasks`` are the reader's personal links, which are made when it is queued and stand in no preview;
    ``questions`` those of the cycle that the letter holds, None for the stage plan's own.
    ``riders`` are letters that go along inside it, since they are due to its reader in the same hour.
    """

    person: Person
    letter: PlannedLetter
    due_at: datetime
    cycle: Cycle | None = None
    training: TrainingEvent | None = None
    tasks: tuple[TaskLink, ...] = ()
    riders: tuple["Planned", ...] = ()
    questions: tuple[str, ...] | None = None

    @property
    def kind(self) -> str:
        """The letter's key: "E3", "T1-7d"."""
        return self.letter.rule.key

    @property
    def name(self) -> str:
        """The letter's name, in English: "Call for input"."""
        return self.letter.rule.name

    @property
    def useless_after(self) -> datetime:
        """From when on it is not sent at all."""
        return self.letter.useless_after

    @property
    def leaves_until(self) -> datetime:
        """When the outbox gives it up: at the end of the working day it leaves on.

        What is still called for then is written anew on the next one, in words that hold on that day.
        """
        own = min(self.useless_after, may_leave_until(self.due_at, self.letter.reader))
        return min([own, *(rider.leaves_until for rider in self.riders)])

    @property
    def why(self) -> Sentence:
        """What calls for it, said to a coordinator."""
        return self.letter.why

    @property
    def city(self) -> str:
        """The city whose clock the reader lives by."""
        return self.letter.reader.calendar.city

    @property
    def local(self) -> WallTime:
        """When it leaves, on the wall of the reader's city."""
        return wall_time(self.due_at, self.letter.reader.calendar.time_zone)

    @property
    def reader_id(self) -> int:
        """Who reads it."""
        return self.letter.reader.person_id

    @property
    def chase_week(self) -> str:
        """The week of its reader that a chasing letter takes up, or one inside it; "" for every other."""
        is_chasing = any(one.letter.rule.chases is not None for one in (self, *self.riders))
        return week_of(self.due_at, self.letter.reader.calendar.time_zone) if is_chasing else ""

    @property
    def filed_as(self) -> "Planned":
        """The letter under whose key and kind the outbox has it: one that chases, if it holds one.

        By that kind it is known who was reminded and when; the words of the letter begin with its own.
        """
        chasing = (rider for rider in self.riders if rider.letter.rule.chases is not None)
        return next(chasing, self)

    @property
    def carried(self) -> list[list[str]]:
        """Once-key and kind of what goes along under another's key, as a letter keeps it."""
        others = (one for one in (self, *self.riders) if one is not self.filed_as)
        return [[one.once_key, one.kind] for one in others]

    @property
    def title(self) -> str:
        """What it is about, in full: for people who plan."""
        about = self.cycle or self.training
        return about.title if about else ""

    @property
    def once_key(self) -> str:
        """The key under which the outbox takes it once; a resumption and, for reminders, a move renew it."""
        about = self.cycle or self.training
        round_ = f"r{about.round}:" if about and about.round > 1 else ""
        if self.cycle:
            return f"cycle:{self.cycle.id}:{round_}{self.letter.once_suffix}"
        return f"training:{self.training.id if self.training else 0}:{round_}{self.letter.once_suffix}"


CARRIED = letters.CARRIED  # in what a letter tells: what its ``carried`` gives


Stored = list[Any]  # a departure as JSON has it: its moment in ISO 8601 and its kind first


@dataclass(frozen=True)
class Departure:
    """The copies of one letter that leave at one moment: to ``people`` in ``cities``.

    ``city``, ``time_zone`` and ``person_id`` are of the first of them; ``why`` is None where it is not one.
    """

    kind: str
    name: str
    due_at: datetime
    city: str
    time_zone: str
    people: int
    cities: int
    person_id: int
    why: Sentence | None

    @property
    def local(self) -> WallTime:
        """When they leave, on the wall of the first one's city."""
        return wall_time(self.due_at, self.time_zone)

    def stored(self) -> Stored:
        """As JSON has it; the moment first."""
        why = None if self.why is None else [self.why.template, *map(_plain, self.why.values.items())]
        counts = [self.people, self.cities, self.person_id]
        return [self.due_at.isoformat(), self.kind, self.name, self.city, self.time_zone, counts, why]


def departures(planned: Iterable[Planned], before: datetime) -> list[tuple[Departure, Sequence[int]]]:
    """Letters put together by kind and moment, in the order they leave, each with the ids of its readers."""
    found: list[tuple[Departure, Sequence[int]]] = []
    for (due_at, kind), copies in groupby(sorted(planned, key=_together), key=_together):
        if due_at < before:
            all_ = list(copies)
            first = all_[0]
            is_one = len({one.why.text for one in all_}) == 1
            departure = Departure(
                kind,
                first.name,
                due_at,
                first.city,
                first.letter.reader.calendar.time_zone,
                len(all_),
                len({one.city for one in all_}),
                first.reader_id,
                first.why if is_one else None,
            )
            found.append((departure, [one.reader_id for one in all_]))
    return found


def read_departure(stored: Stored) -> Departure:
    """What Departure.stored wrote."""
    at, kind, name, city, time_zone, counts, why = stored
    sentence = Sentence(why[0], dict(map(_value, why[1:]))) if why else None
    people, cities, person_id = counts
    due_at = datetime.fromisoformat(at)
    return Departure(kind, name, due_at, city, time_zone, people, cities, person_id, sentence)


def people_of(stored: Stored) -> int:
    """How many copies leave."""
    return int(stored[5][0])


def _together(one: Planned) -> tuple[datetime, str]:
    return one.due_at, one.kind


def _plain(of: tuple[str, Value]) -> list[object]:
    name, value = of
    return [name, value.isoformat(), "date"] if isinstance(value, date) else [name, value]


def _value(stored: Stored) -> tuple[str, Value]:
    name, value, *is_date = stored
    return name, date.fromisoformat(value) if is_date else value
