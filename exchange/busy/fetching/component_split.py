"""A calendar taken apart into its components as text, so that a broken one spoils no other.

It reads no values; expansion.py hands each part to icalendar.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from exchange.rules.time.timezones import is_known_zone


class NoCalendar(Exception):
    """The bytes are something else; ``is_page`` when they are a web page."""

    def __init__(self, *, is_page: bool) -> None:
        super().__init__("not a calendar")
        self.is_page = is_page


class BrokenOff(Exception):
    """The calendar has no end: what is missing cannot be told, so nothing of it counts."""


@dataclass(frozen=True)
class Parts:
    """The components of one calendar or several in a row; ``events`` by UID, in the order of the file.

    ``names`` says what each zone is called here, by its name in its calendar and its text.
    """

    time_zone: str = ""  # X-WR-TIMEZONE, of calendars that mean all their times in it
    zones: list[str] = field(default_factory=list)
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    events: dict[str, list[str]] = field(default_factory=dict)
    free_busy: list[str] = field(default_factory=list)


def parts_of(content: bytes) -> Parts:
    """The parts. Raises NoCalendar and BrokenOff."""
    text = _text(content)
    opening = text.lstrip()[:200].upper()
    if not opening.startswith("BEGIN:VCALENDAR"):
        raise NoCalendar(is_page=opening.startswith(("<!DOCTYPE HTML", "<HTML", "<HEAD", "<BODY")))
    # Not str.splitlines: it also breaks at marks that stand within a title, U+2028 among them.
    lines = re.split(r"[\r\n]+", re.sub(r"\r?\n[ \t]", "", text))
    zone = next((line.partition(":")[2].strip() for line in lines if _is(line, "X-WR-TIMEZONE")), "")
    parts = Parts(zone)
    block: list[str] = []
    blocks: list[list[str]] = []
    for line in lines:
        if block or line.upper() in {"BEGIN:VEVENT", "BEGIN:VTIMEZONE", "BEGIN:VFREEBUSY"}:
            block.append(line)
        elif line.strip().upper() == "END:VCALENDAR":
            _keep(parts, blocks)
            blocks = []
        if block and line.upper() == block[0].upper().replace("BEGIN:", "END:"):
            blocks.append(block)
            block = []
    last = next((line for line in reversed(lines) if line.strip()), "")
    if block or last.strip().upper() != "END:VCALENDAR":
        raise BrokenOff
    return parts


def _keep(parts: Parts, blocks: Sequence[list[str]]) -> None:
    """Keep the components of one calendar."""
    zones = [block for block in blocks if block[0].upper() == "BEGIN:VTIMEZONE"]
    renamed = [
        (called, name) for called, name in (_keep_zone(parts, zone) for zone in zones) if called != name
    ]
    for block in blocks:
        kind, text = block[0].upper().partition(":")[2], _text_of(block)
        for called, name in renamed:
            text = re.sub(f';TZID="?{re.escape(called)}"?(?=[;:])', f';TZID="{name}"', text)
        if kind == "VFREEBUSY":
            parts.free_busy.append(text)
        elif kind == "VEVENT":
            uid = next((line.partition(":")[2] for line in block if _is(line, "UID")), "")
            # An event without a UID breaks the rules, and is an event of its own all the same.
            parts.events.setdefault(uid or f"no UID {len(parts.events)}", []).append(text)


def _keep_zone(parts: Parts, block: list[str]) -> tuple[str, str]:
    """What the zone is called in its calendar, and what here: a second clock of a name gets another one.

    Outlook calls every clock that was set by hand "Customized Time Zone".
    """
    called = next((line.partition(":")[2] for line in block if _is(line, "TZID")), "")
    text = _text_of(block)
    if (called, text) not in parts.names:
        others = sum(other == called for other, _ in parts.names)
        name = f"{called} ({others + 1})" if others and not is_known_zone(called) else called
        parts.names[called, text] = name
        parts.zones.append(text.replace(f"TZID:{called}\r\n", f"TZID:{name}\r\n"))
    return called, parts.names[called, text]


def _text_of(block: Iterable[str]) -> str:
    return "".join(f"{line}\r\n" for line in block)


def _is(line: str, name: str) -> bool:
    return line[: len(name) + 1].upper() in {f"{name}:", f"{name};"}


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("windows-1252", errors="replace")
