"""Pins and existing entries in PROBLEM.json, read and written."""

from datetime import datetime

from exchange.planner.files.json_fields import Fields, fault, instant_text
from exchange.planner.problem.problem import ExistingEntry, Pin

KINDS = ("session", "training")


def pin_from(path: str, value: object) -> Pin:
    """A pin: {"kind", "on" or "starts_at", "cycle", "host", "training", "name", "second_at"}."""
    fields = Fields(
        path, value, ("kind", "on", "starts_at", "cycle", "host", "training", "name", "second_at")
    )
    starts_at = fields.instant("starts_at") if fields.has("starts_at") else None
    on = fields.day("on") if fields.has("on") or starts_at is None else starts_at.date()
    if starts_at is not None and starts_at.date() != on:
        fault(fields.at("on"), "%(on)s is not the day on which it starts in UTC.", on=on)
    return Pin(
        kind=fields.placement("kind", KINDS),
        on=on,
        starts_at=starts_at,
        cycle=fields.integer("cycle", 1, 208) if fields.has("cycle") else None,
        host=fields.text("host") if fields.has("host") else None,
        training=fields.text("training") if fields.has("training") else None,
        name=fields.text("name", ""),
        second_at=_second(fields, starts_at),
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


def existing_from(path: str, value: object) -> ExistingEntry:
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
        second_at=_second(fields, starts_at),
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


def _second(fields: Fields, starts_at: datetime | None) -> datetime | None:
    """The second sitting: later on the day of the first, in UTC."""
    if not fields.has("second_at"):
        return None
    second_at = fields.instant("second_at")
    if starts_at is None or second_at <= starts_at or second_at.date() != starts_at.date():
        fault(fields.at("second_at"), "the second sitting is later on the day of the first, in UTC.")
    return second_at
