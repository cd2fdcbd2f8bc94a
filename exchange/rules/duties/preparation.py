"""What the preparation of a training event owes: its milestones, counted from the event's day, as duties.

Not what was decided about them (done, moved, waived): the caller brings that.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from exchange.errors import InvalidInput
from exchange.rules.duties.due_days import due_day
from exchange.rules.duties.duty import Duty, Owner, Role, Subject, Weight
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.programme.preparation_profiles import FARTHEST_DAYS, Milestone, Profile, Side
from exchange.rules.sentences import Sentence
from exchange.rules.time.holidays import CityCalendar, is_working_day
from exchange.rules.time.quiet_periods import quiet_on

LEAD = timedelta(days=28)  # a milestone is thought of from four weeks before its day


@dataclass(frozen=True)
class PreparedEvent:
    """An event as its preparation sees it; ``first_on`` and ``last_on`` are dates in ``time_zone``.

    ``void_reason`` says why nobody owes anything for it any more, "" while it takes place.
    """

    id: int
    title: str
    first_on: date
    last_on: date
    time_zone: str
    host_city_id: int
    marking: Marking
    void_reason: str = ""


@dataclass(frozen=True)
class Decision:
    """What was decided about one milestone of an event.

    ``moved_days`` is the offset it was moved to, in days from the event as the profile's are. ``kept_on`` is
    the day it was due on when it was done, which it keeps. ``owner`` None leaves it to the host city's lead.
    """

    moved_days: int | None = None
    done_at: datetime | None = None
    kept_on: date | None = None
    evidence: str = ""
    waived_reason: str = ""
    owner: Owner | None = None


NOTHING_DECIDED = Decision()


def anchor_of(milestone: Milestone, event: PreparedEvent) -> date:
    """The day its offset is counted from: the event's first before it, its last on it and after it."""
    return event.first_on if milestone.phase is Side.BEFORE else event.last_on


def counted_day(milestone: Milestone, event: PreparedEvent, decision: Decision = NOTHING_DECIDED) -> date:
    """The day as it is counted, before it is rolled to a working day."""
    days = milestone.days if decision.moved_days is None else decision.moved_days
    return anchor_of(milestone, event) + timedelta(days=days)


def day_of(
    milestone: Milestone,
    event: PreparedEvent,
    calendars: Collection[CityCalendar],
    decision: Decision = NOTHING_DECIDED,
) -> date:
    """The day it is due on, a working day of all the cities; what is done keeps the day it had.

    What belongs to the event's own day, or comes after it, never rolls before the event's end.
    """
    if decision.kept_on is not None:
        return decision.kept_on
    anchor = anchor_of(milestone, event)
    counted = counted_day(milestone, event, decision)
    if counted == event.last_on and milestone.phase is Side.ON:
        return counted
    on = due_day(anchor, (counted - anchor).days, calendars)
    return on if milestone.phase is Side.BEFORE else max(on, event.last_on)


def duties_of(
    event: PreparedEvent,
    profile: Profile,
    decisions: Mapping[str, Decision],
    calendars: Collection[CityCalendar],
) -> tuple[Duty, ...]:
    """One duty for each milestone, in the profile's order; those undone of an event called off are void."""
    return tuple(
        duty_of(one, event, decisions.get(one.key, NOTHING_DECIDED), calendars) for one in profile.milestones
    )


def duty_of(
    milestone: Milestone, event: PreparedEvent, decision: Decision, calendars: Collection[CityCalendar]
) -> Duty:
    """The milestone as something owed: by its owner, else by the lead of the host city."""
    due_on = day_of(milestone, event, calendars, decision)
    called_off = "" if decision.done_at is not None else event.void_reason
    return Duty(
        key=f"training:{event.id}:{milestone.key}",
        what=Sentence("%(milestone)s", {"milestone": milestone.name}),
        subject=Subject("training", event.id, event.title),
        owner=decision.owner or Owner(Role.CITY_LEAD, event.host_city_id),
        due_on=due_on,
        time_zone=event.time_zone,
        starts_on=due_on - LEAD,
        done_at=decision.done_at,
        evidence=decision.evidence,
        weight=Weight.MUST if milestone.is_must else Weight.SHOULD,
        marking=event.marking,
        void_reason=decision.waived_reason or called_off,
    )


def moved_offset(
    milestone: Milestone,
    event: PreparedEvent,
    on: date,
    calendars: Iterable[CityCalendar],
    *,
    reason: str,
) -> int:
    """The offset that puts the milestone on ``on``. Raises InvalidInput for a day that cannot be.

    That is one on the wrong side of the event, farther off than a year and a month, or free somewhere. A day
    in a quiet period needs a ``reason``.
    """
    known = list(calendars)
    _check_side(milestone, event, on)
    offset = (on - anchor_of(milestone, event)).days
    if abs(offset) > FARTHEST_DAYS:
        raise InvalidInput("%(on)s is more than a year from the event.", field="on", on=on)
    free = [one.city for one in known if not is_working_day(one, on)]
    if free and on != event.last_on:
        raise InvalidInput(
            "%(on)s is no working day in %(cities)s. The last one before is %(before)s.",
            field="on",
            on=on,
            cities=", ".join(free),
            before=due_day(on, 0, known),
        )
    _check_quiet(on, known, reason)
    return offset


def _check_side(milestone: Milestone, event: PreparedEvent, on: date) -> None:
    about = {"milestone": milestone.name, "on": on, "event_on": event.first_on}
    if milestone.phase is Side.BEFORE and on >= event.first_on:
        raise InvalidInput(
            "%(milestone)s comes before the event on %(event_on)s, and %(on)s does not:"
            " choose an earlier day.",
            field="on",
            **about,
        )
    if milestone.phase is not Side.BEFORE and on < event.last_on:
        raise InvalidInput(
            "%(milestone)s belongs to the event or comes after it, and %(on)s is before:"
            " choose a day from %(last_on)s.",
            field="on",
            **about | {"last_on": event.last_on},
        )


def _check_quiet(on: date, calendars: Iterable[CityCalendar], reason: str) -> None:
    for calendar in calendars:
        period = quiet_on(calendar.quiet, on)
        if period is not None and not reason.strip():
            raise InvalidInput(
                "%(on)s is in the quiet period %(period)s of %(city)s: choose another day, or write why it is"
                " right all the same.",
                field="reason",
                on=on,
                period=period.name,
                city=calendar.city,
            )
