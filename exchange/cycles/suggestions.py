"""Offers that a form makes instead of what cannot be: a cleaner start, a wall time that exists.

A pressed button fills the offer into the form as if it had been typed.
"""

from dataclasses import dataclass
from datetime import date, datetime

from wtforms import Field

from exchange.rules.time.timezones import NonexistentTime, WallTime
from exchange.rules.time.typed_times import exact_date, exact_wall
from exchange.web.presentation.base_form import BaseForm

BUTTON = "use"  # the name of the buttons


@dataclass(frozen=True)
class OfferedTime:
    """A wall time beside one that does not exist, and the value of its button."""

    wall: WallTime
    value: str


def offered_times(error: NonexistentTime) -> list[OfferedTime]:
    """The two neighbours of the gap, for the field the error names."""
    field = error.field or "at"
    return [OfferedTime(w, f"{field} {w.naive:%Y-%m-%dT%H:%M}") for w in (error.before, error.after)]


def take_offer(form: BaseForm, pressed: str) -> bool:
    """Fill in what a button offered ("starts_on 2027-08-09"); False when it offers nothing the form has."""
    name, _, text = pressed.partition(" ")
    try:
        if name == "starts_on" and name in form:
            return _take_start(form, exact_date(text))
        if name in {"at", "second_at"} and name in form:
            return _take_time(form, name, exact_wall(text))
    except ValueError:
        return False
    return False


def _take_start(form: BaseForm, on: date) -> bool:
    """Another start; the date of the live session goes back to the plan's."""
    _fill(form["starts_on"], on, on.isoformat())
    if "session_on" in form:
        _fill(form["session_on"], None, "")
    return True


def _take_time(form: BaseForm, name: str, naive: datetime) -> bool:
    day = "session_on" if "session_on" in form else "on"
    _fill(form[name], naive.time(), f"{naive:%H:%M}")
    _fill(form[day], naive.date(), naive.date().isoformat())
    return True


def _fill(field: Field, value: object, text: str) -> None:
    field.data, field.raw_data = value, [text]
