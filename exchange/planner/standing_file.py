"""Pins and standing entries in PROBLEM.json, read and written."""

from exchange.planner.fields import Fields, fault, instant_text
from exchange.planner.problem import Pin, Standing

KINDS = ("session", "training")


def pin_from(path: str, value: object) -> Pin:
    """A pin: {"kind", "on" or "starts_at", "cycle", "host", "training", "name"}."""
    fields = Fields(path, value, ("kind", "on", "starts_at", "cycle", "host", "training", "name"))
    starts_at = fields.instant("starts_at") if fields.has("starts_at") else None
    on = fields.day("on") if fields.has("on") or starts_at is None else starts_at.date()
    if starts_at is not None and starts_at.date() != on:
        fault(fields.at("on"), "%(on)s is not the day on which it starts in UTC.", on=on)
    return Pin(
        kind=fields.choice("kind", KINDS),
        on=on,
        starts_at=starts_at,
        cycle=fields.whole("cycle", 1, 208) if fields.has("cycle") else None,
        host=fields.text("host") if fields.has("host") else None,
        training=fields.text("training") if fields.has("training") else None,
        name=fields.text("name", ""),
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
    }


def standing_from(path: str, value: object) -> Standing:
    """An entry of the present plan: {"name", "kind", "starts_at", ..., "published"}."""
    known = ("name", "kind", "starts_at", "cycle", "host", "training", "published")
    fields = Fields(path, value, known)
    return Standing(
        name=fields.text("name"),
        kind=fields.choice("kind", KINDS),
        starts_at=fields.instant("starts_at"),
        cycle=fields.whole("cycle", 1, 208) if fields.has("cycle") else None,
        host=fields.text("host") if fields.has("host") else None,
        training=fields.text("training") if fields.has("training") else None,
        is_published=fields.flag("published", default=False),
    )


def standing_to(standing: Standing) -> dict[str, object]:
    """An entry of the present plan as PROBLEM.json writes it."""
    return {
        "name": standing.name,
        "kind": standing.kind,
        "starts_at": instant_text(standing.starts_at),
        "cycle": standing.cycle,
        "host": standing.host,
        "training": standing.training,
        "published": standing.is_published,
    }
