"""Pins and existing entries in PROBLEM.json, read and written."""

from datetime import datetime

from exchange.planner.files.json_fields import Fields, fault, instant_text
from exchange.planner.problem.problem import ExistingEntry, Pin
from exchange.planner.problem.walls import Walls

KINDS = ("session", "training")


def pin_from(path: str, value: object, walls: Walls) -> Pin:
    """A pin: {"kind", "on" or "starts_at", "cycle", "host", "training", "name", "second_at"}.

    With an hour its day follows from that; files from before days were on a wall say the date in UTC.
    """
    fields = Fields(
        path, value, ("kind", "on", "starts_at", "cycle", "host", "training", "name", "second_at")
    )
    kind = fields.placement("kind", KINDS)
    starts_at = fields.instant("starts_at") if fields.has("starts_at") else None
    host = fields.text("host") if fields.has("host") else None
    wall_of = host if kind == "training" else None
    on = walls.date(starts_at, wall_of) if starts_at is not None else fields.day("on")
    if starts_at is not None and fields.has("on") and fields.day("on") not in (on, starts_at.date()):
        fault(
            fields.at("on"),
            "%(on)s is not the day on which it starts in %(city)s.",
            on=fields.day("on"),
            city=walls.name(wall_of),
        )
    return Pin(
        kind=kind,
        on=on,
        starts_at=starts_at,
        cycle=fields.integer("cycle", 1, 208) if fields.has("cycle") else None,
        host=host,
        training=fields.text("training") if fields.has("training") else None,
        name=fields.text("name", ""),
        second_at=_second(fields, starts_at, walls),
    )


def pin_to(pin: Pin) -> dict[str, object]:
    """A pin as PROBLEM.json writes it."""
    return {
        "kind": pin.kind,
        "on": pin.on.isoformat(),
        "starts_at": instant_text(pin.starts_at) if pin.starts_at else None,
        "cycle": pin.cycle,
        "host": pin.host,
        "training": pin.training,
        "name": pin.name,
        "second_at": instant_text(pin.second_at) if pin.second_at else None,
    }


def existing_from(path: str, value: object, walls: Walls) -> ExistingEntry:
    """An entry of the present plan: {"name", "kind", "starts_at", ..., "published"}."""
    known = ("name", "kind", "starts_at", "cycle", "host", "training", "published", "second_at")
    fields = Fields(path, value, known)
    starts_at = fields.instant("starts_at")
    return ExistingEntry(
        name=fields.text("name"),
        kind=fields.placement("kind", KINDS),
        starts_at=starts_at,
        cycle=fields.integer("cycle", 1, 208) if fields.has("cycle") else None,
        host=fields.text("host") if fields.has("host") else None,
        training=fields.text("training") if fields.has("training") else None,
        is_published=fields.flag("published", default=False),
        second_at=_second(fields, starts_at, walls),
    )


def existing_to(existing: ExistingEntry) -> dict[str, object]:
    """An entry of the present plan as PROBLEM.json writes it."""
    return {
        "name": existing.name,
        "kind": existing.kind,
        "starts_at": instant_text(existing.starts_at),
        "cycle": existing.cycle,
        "host": existing.host,
        "training": existing.training,
        "published": existing.is_published,
        "second_at": instant_text(existing.second_at) if existing.second_at else None,
    }


def _second(fields: Fields, starts_at: datetime | None, walls: Walls) -> datetime | None:
    """The second sitting: later on the day of the first, on the lead city's wall."""
    if not fields.has("second_at"):
        return None
    second_at = fields.instant("second_at")
    is_later = starts_at is not None and second_at > starts_at
    days = {walls.date(at) for at in (starts_at, second_at) if at is not None}
    utc_days = {at.date() for at in (starts_at, second_at) if at is not None}  # as earlier files meant it
    if not is_later or len(days) > 1 < len(utc_days):
        template = "the second sitting is later on the day of the first in %(city)s."
        fault(fields.at("second_at"), template, city=walls.name())
    return second_at
