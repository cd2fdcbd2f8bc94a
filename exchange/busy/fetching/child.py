"""The process of one look: held back, then fetch, then expand. It knows no database and no settings.

`python -m exchange.busy.fetching.child` reads the question from its input and writes the answer to its
output.
"""

import os
import re
import resource
import sys
import threading
from urllib.parse import unquote, urlsplit

from exchange.busy.fetching import caldav
from exchange.busy.fetching.expansion import Span, TooMany, expand
from exchange.busy.fetching.fetch_messages import (
    CALDAV,
    FETCHED,
    READING_FACTOR,
    Limits,
    LookFailed,
    Question,
    Seen,
    answer_text,
    read_question,
)
from exchange.busy.fetching.http_fetch import Answer, Asked, fetch
from exchange.calendar_reading.components import BrokenOff, NoCalendar

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
MEMORY_BYTES = 1024**3  # of addresses; 5 MB of events take about 200 MB
GRACE_SECONDS = 2  # the process that asked has ended us long before
CPU_SECONDS = 40  # 5 MB of events take 3


def see(question: Question, limits: Limits) -> Seen:
    """The busy intervals of the calendar, or that nothing changed. Raises LookFailed."""
    source = question.source
    if source.kind == CALDAV:
        answer = fetch(caldav.query(source, question.from_at, question.to_at), limits)
        _say_fetched()
        content = caldav.calendars_in(answer)
        if not content.strip():
            return Seen([])  # a collection without an event in the span
        return _expanded(answer, content, question)
    answer = fetch(_file(question), limits)
    if answer.content is None:
        return Seen(None, etag=question.etag, last_modified=question.last_modified)
    _say_fetched()
    return _expanded(answer, answer.content, question)


def main() -> None:
    """Answer the question on standard input."""
    _hold_back()
    question, limits = read_question(sys.stdin.read())
    _end_after((1 + READING_FACTOR) * limits.seconds + GRACE_SECONDS)
    try:
        sys.stdout.write(answer_text(see(question, limits)))
    except LookFailed as error:
        sys.stdout.write(answer_text(error))


def _say_fetched() -> None:
    sys.stdout.write(FETCHED)
    sys.stdout.flush()


def _file(question: Question) -> Asked:
    """A conditional request for a calendar file."""
    headers = {"Accept": "text/calendar, */*;q=0.1"}
    if question.etag:
        headers["If-None-Match"] = question.etag
    if question.last_modified:
        headers["If-Modified-Since"] = question.last_modified
    source = question.source
    return Asked(source.url, headers=headers, user=source.user, password=source.password)


def _expanded(answer: Answer, content: bytes, question: Question) -> Seen:
    try:
        span = Span(question.from_at, question.to_at, question.time_zone, _owners(question))
        found = expand(content, span)
    except NoCalendar as error:
        if error.is_page or "html" in answer.content_type.lower():
            raise LookFailed(
                "The address shows a web page and no calendar. Look for the calendar's address in iCal"
                " format; a page that asks people to sign in cannot be read."
            ) from error
        raise LookFailed("What is at the address is no calendar: it does not begin as one.") from error
    except BrokenOff as error:
        raise LookFailed("The calendar breaks off in the middle, so nothing of it was taken.") from error
    except TooMany as error:
        raise LookFailed(
            "The calendar has more busy times than can be kept. Is there one with less in it?"
        ) from error
    return Seen(found.intervals, found.left_out, answer.etag, answer.last_modified, found.reasons)


def _owners(question: Question) -> tuple[str, ...]:
    """The addresses of its owner: the person's, the account's, that in the calendar's own address."""
    path = unquote(urlsplit(question.source.url).path)
    found = [question.owner, question.source.user, *path.split("/")]
    return tuple({one.lower() for one in found if _ADDRESS.fullmatch(one)})


def _end_after(seconds: float) -> None:
    """End by ourselves when nobody does: a clock that was killed leaves its looks behind."""
    timer = threading.Timer(seconds, os._exit, (1,))
    timer.daemon = True
    timer.start()


def _hold_back() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":  # elsewhere the limit is not kept, or not known
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


if __name__ == "__main__":
    main()
