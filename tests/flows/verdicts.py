"""What must hold of the letters that arrived when a course is over: nothing doubled, nothing lost."""

from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import pairwise

from tests.flows.courses import Running
from tests.flows.told import (
    OFF,
    ON,
    RELEASED,
    Arrival,
    Facts,
    Holds,
    Part,
    Reader,
    holding,
    readers,
    without_copies,
)

_Told = Callable[[str], str]


class Doubled(AssertionError):
    """A reader was told twice, under two Message-IDs."""


class Repeated(AssertionError):
    """A letter arrived again without a kill or a broken connection."""


class Rewritten(AssertionError):
    """Two letters under one Message-ID say different things: a mail program shows one of them."""


class Lost(AssertionError):
    """A reader was last told something else than what holds."""


class CalendarLost(AssertionError):
    """A reader's calendar shows something else than what holds."""


class AnswerLost(AssertionError):
    """Somebody's answer to the time that holds no longer counts, or none can be given."""


class CalendarMuddled(AssertionError):
    """Calendar parts contradict each other, or come in the wrong order."""


def judge(running: Running) -> None:
    """Raise what is wrong at the end of a course."""
    found = running.arrivals()
    _check_copies(found, running.wire.repeats)
    read = without_copies(found)
    people = readers(running.database)
    for reader in people:
        for thing in holding(running.database):
            mine = [one for one in read if one.of == (reader.id, thing.about)]
            accepted_at = running.accepted.get((reader.name, thing.about))
            _check_reader(reader, thing, mine, accepted_at)


def _check_copies(found: list[Arrival], repeats: int) -> None:
    first: dict[str, Arrival] = {}
    copies = 0
    for one in found:
        before = first.setdefault(one.message_id, one)
        copies += before is not one
        if (before.says, _shown(before)) != (one.says, _shown(one)):
            raise Rewritten(f"one Message-ID, two letters:\n  {before}\n  {one}")
    if copies > repeats:
        raise Repeated(f"{copies} copies arrived after {repeats} kills and broken connections")


def _check_reader(reader: Reader, thing: Holds, mine: list[Arrival], accepted_at: datetime | None) -> None:
    def told(wrong: str) -> str:
        letters = "\n".join(f"  {one}" for one in mine) or "  nothing"
        return f"{reader.name}: {wrong}. What holds: {thing}. What arrived:\n{letters}"

    _check_doubled(mine, told)
    for parts in _by_uid(mine).values():
        _check_order(parts, told)
    if reader.is_active and not (reader.has_stopped and _is_free(mine, accepted_at)):
        _check_last_told(reader, thing, mine, told)
        _check_calendar(reader, thing, mine, told)
        if thing.state == ON and thing.concerns(reader) and not _is_free(mine, accepted_at):
            _check_answer(reader.answers[thing.about], told)


def _check_doubled(mine: list[Arrival], told: _Told) -> None:
    """A letter about a change tells something that the one before did not, or that was told since."""
    knows, last = Facts(), None
    for one in mine:
        after = knows.and_then(one.says)
        if one.is_of_changes and last == one.says and after == knows:
            raise Doubled(told(f"told twice ({one.subject!r})"))
        last = one.says if one.is_of_changes else (last if after == knows else None)
        knows = after


def _is_free(mine: list[Arrival], accepted_at: datetime | None) -> bool:
    """Whether somebody who stopped programme letters need not hear of it: they accepted nothing that holds.

    An answer counts for the time that the reader knew when they gave it.
    """
    if accepted_at is None:
        return True
    times = {one.part.starts_at for one in mine if one.part and one.at <= accepted_at}
    later = {one.part.starts_at for one in mine if one.part and one.at > accepted_at}
    return bool(later - times)


def _check_last_told(reader: Reader, thing: Holds, mine: list[Arrival], told: _Told) -> None:
    knows = Facts()
    for one in mine:
        knows = knows.and_then(one.says)
    if not knows.state:
        if thing.about == "event" and thing.state == ON and thing.concerns(reader):
            raise Lost(told("never invited"))
        return
    if not thing.concerns(reader):
        if knows.state == ON:
            raise Lost(told("not told that they are no longer invited"))
        return
    holds = thing.for_reader(reader)
    if knows.state != holds.state:
        raise Lost(told(f"last told that it {_is(knows.state)}"))
    if knows.state == ON and knows != holds:
        raise Lost(told(f"last told of {knows.when} at {knows.place!r}"))


def _is(state: str) -> str:
    return "is off for them" if state == RELEASED else state if state == ON else f"is {state}"


def _check_calendar(reader: Reader, thing: Holds, mine: list[Arrival], told: _Told) -> None:
    for parts in _by_uid(mine).values():
        last = parts[-1]
        is_off = thing.state in OFF or not thing.concerns(reader)
        if is_off and last.method != "CANCEL":
            raise CalendarLost(told("a calendar still shows it"))
        if not is_off and reader.is_shut_out_of[thing.about]:
            raise AnswerLost(told("invited, but no answer would be taken"))
        if not is_off and last.method == "CANCEL":
            raise CalendarLost(told("a calendar shows it no more"))
        if not is_off and (last.starts_at, last.place) != (thing.starts_at, last.place and thing.place):
            raise CalendarLost(told("a calendar shows another time or place"))


def _check_answer(answer: str, told: _Told) -> None:
    if answer != "accepted":
        raise AnswerLost(told(f"accepted what holds, and counts as {answer!r}"))


def _check_order(parts: list[Part], told: _Told) -> None:
    for one, other in pairwise(parts):
        if other.sequence < one.sequence:
            raise CalendarMuddled(told(f"SEQUENCE fell from {one.sequence} to {other.sequence}"))
        if other.sequence == one.sequence and other.shown != one.shown:
            raise CalendarMuddled(told(f"SEQUENCE {one.sequence} says two things"))


def _by_uid(mine: Iterable[Arrival]) -> dict[str, list[Part]]:
    found: dict[str, list[Part]] = {}
    for one in mine:
        if one.part:
            found.setdefault(one.part.uid, []).append(one.part)
    return found


def _shown(one: Arrival) -> tuple[object, ...] | None:
    return one.part.shown if one.part else None
