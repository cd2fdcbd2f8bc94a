"""By which day a request is answered, and the duty to answer it. Not who asked."""

import calendar as months_of_years
from dataclasses import dataclass
from datetime import date, datetime

from exchange.rules.duties.due_days import working_days_after
from exchange.rules.duties.duty import Duty, Owner, Subject, Weight
from exchange.rules.duties.request_rules import Span
from exchange.rules.sentences import Sentence
from exchange.rules.time.holidays import CityCalendar, working_day_on_or_before


@dataclass(frozen=True)
class Promise:
    """The days of a request, dates on the host city's wall."""

    due_on: date
    remind_on: date


def promise(asked_on: date, span: Span, host: CityCalendar) -> Promise:
    """What is promised to who asks on ``asked_on``, a date on the host's wall; the day itself does not count.

    A month ends on the same day of the next one, or its last, or on the last working day before.
    """
    due_on = (
        working_days_after(asked_on, span.working_days, host)
        if span.working_days
        else working_day_on_or_before(host, _months_after(asked_on, span.months))
    )
    return Promise(due_on, min(due_on, working_days_after(asked_on, span.remind_after, host)))


def _months_after(on: date, months: int) -> date:
    years, month = divmod(on.month - 1 + months, 12)
    year = on.year + years
    return date(year, month + 1, min(on.day, months_of_years.monthrange(year, month + 1)[1]))


def request_duty(
    request_id: int,
    what: Sentence,
    owner: Owner,
    promised: Promise,
    time_zone: str,
    *,
    done_at: datetime | None,
    void_reason: str = "",
) -> Duty:
    """To answer it; somebody outside waits for that."""
    return Duty(
        key=f"request:{request_id}",
        what=what,
        subject=Subject("request", request_id, f"#{request_id}"),
        owner=owner,
        due_on=promised.due_on,
        time_zone=time_zone,
        done_at=done_at,
        weight=Weight.MUST,
        void_reason=void_reason,
        calls_on=promised.remind_on,
    )
