"""From a calendar's bytes to busy intervals: repeated events expanded over a span, titles forgotten.

Each event stands alone: one that cannot be read, repeats without measure or takes too long is left out
and counted, and the others stay. It runs in the child process of child_control.py, which caps time and
memory.
"""

import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from types import FrameType

from exchange.calendar_reading.busyness import Weight
from exchange.calendar_reading.components import BrokenOff, NoCalendar
from exchange.calendar_reading.free_busy import periods_of
from exchange.calendar_reading.left_out import LeftOut, Reason, Unreadable, reasons
from exchange.calendar_reading.reading import BusyList, read_file
from exchange.calendar_reading.repetition import Occurrence, Series, Window, occurrences
from exchange.calendar_reading.versions import series_of
from exchange.rules.findings.busy import Interval, merged
from exchange.rules.sentences import Sentence
from exchange.rules.time.timezones import zone

__all__ = ["BrokenOff", "Expanded", "NoCalendar", "Span", "TooMany", "expand"]

INTERVALS_MAX = 20_000  # of one calendar
SERIES_SECONDS = 2.0  # of processor time for one event; a sane one takes a thousandth of it

TOO_LONG = Sentence("It takes too long to work out when it happens.")
ODD = Sentence("It cannot be read.")


@dataclass(frozen=True)
class Span:
    """What is expanded: two instants in UTC, and the zone in which days and floating times are read.

    ``owners`` are the addresses of whose calendar it is, in lower case: what they declined is free.
    """

    from_at: datetime
    to_at: datetime
    time_zone: str
    owners: tuple[str, ...] = ()


@dataclass(frozen=True)
class Expanded:
    """The busy intervals within the span, merged, and what was left out: how much, and why."""

    intervals: list[Interval]
    left_out: int
    reasons: list[Reason]


class TooMany(Exception):
    """The calendar has more busy times than can be kept."""


def expand(content: bytes, span: Span) -> Expanded:
    """Raises TooMany, and NoCalendar or BrokenOff when the bytes are no complete calendar."""
    home = zone(span.time_zone)
    window = Window(span.from_at, span.to_at, home)
    years = range(span.from_at.year, span.to_at.year + 1)
    file = read_file(content, home=home, years=years, owners=span.owners)
    left_out = list(file.left_out)
    found: list[Interval] = []
    for line, read in _readers(series_of(file.versions.current), file.busy_lists, window, left_out.append):
        try:
            with _within(SERIES_SECONDS):
                found += [_clipped(one, window) for one in read()]
        except Unreadable as error:
            left_out.append(LeftOut(error.why, line))
        except TimeoutError:
            left_out.append(LeftOut(TOO_LONG, line))
        except Exception:
            # Whatever an odd entry makes the libraries raise: it is left out and counted, and no worse.
            left_out.append(LeftOut(ODD, line))
        if len(found) > 5 * INTERVALS_MAX:
            found = _few(found)
    return Expanded(_few(found), len(left_out), reasons(left_out))


def _readers(
    series: Iterable[Series],
    busy_lists: Iterable[BusyList],
    window: Window,
    leave_out: Callable[[LeftOut], None],
) -> Iterator[tuple[int, Callable[[], list[Occurrence]]]]:
    """One reader for each event with its exceptions and for each list of busy times, by its line."""
    for one in series:
        line = one.main.line if one.main else one.changed[0].line
        yield line, partial(lambda one: list(occurrences(one, window, leave_out)), one)
    for listed in busy_lists:
        yield listed.entry.line, partial(_of_list, listed, window, leave_out)


def _of_list(listed: BusyList, window: Window, leave_out: Callable[[LeftOut], None]) -> list[Occurrence]:
    found = []
    for one in periods_of(listed.entry, listed.zones, window.home):
        if isinstance(one, LeftOut):
            leave_out(one)
        elif one.starts_at < window.to_at and one.ends_at > window.from_at:
            found.append(one)
    return found


def _clipped(one: Occurrence, window: Window) -> Interval:
    starts_at, ends_at = max(one.starts_at, window.from_at), min(one.ends_at, window.to_at)
    return Interval(starts_at, ends_at, is_tentative=one.weight is Weight.TENTATIVE)


def _few(found: Iterable[Interval]) -> list[Interval]:
    intervals = merged(found)
    if len(intervals) > INTERVALS_MAX:
        raise TooMany
    return intervals


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Raise TimeoutError in the block when it takes more of the processor: a busy machine frees nobody.

    Only the main thread can be held to it.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGPROF, _too_slow)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _too_slow(_number: int, _frame: FrameType | None) -> None:
    raise TimeoutError
