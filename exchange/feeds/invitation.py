"""Write one entry as an invitation to one person (RFC 5546 REQUEST and CANCEL), for a letter (RFC 6047).

Pure, like build.py: nothing comes from the clock, and what may be shown was decided before.
"""

from dataclasses import dataclass
from enum import StrEnum

from icalendar import Calendar, vCalAddress, vText

from exchange.feeds.build import PRODUCT_ID, Publisher, clean, event_of, part_of
from exchange.feeds.entries import Entry
from exchange.feeds.folding import folded
from exchange.feeds.joining import END, timezones_of


class Method(StrEnum):
    """RFC 5546 METHOD of what we send."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


@dataclass(frozen=True)
class Guest:
    """Who is invited: the very recipient of the letter. ``partstat`` is the answer we know (RFC 5545 3.2.12).

    ``is_asked`` False where nobody reads answers that a calendar sends.
    """

    name: str
    address: str
    partstat: str = "NEEDS-ACTION"
    is_asked: bool = True


def invitation_bytes(entry: Entry, organizer: Publisher, guest: Guest, method: Method) -> bytes:
    """The finished object; ``organizer.address`` is where the guest's calendar sends its answer."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT_ID)
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method.value)
    event = event_of(entry, organizer)
    event.add("attendee", _attendee(guest, method), encode=False)
    head = bytes(calendar.to_ical()).removesuffix(END)
    zones = timezones_of([part_of(entry, organizer)])
    return b"".join([head, *zones, folded(event), END])


def _attendee(guest: Guest, method: Method) -> vCalAddress:
    address = vCalAddress(f"mailto:{guest.address}")
    address.params["CN"] = vText(clean(guest.name).replace("\n", " ").replace('"', " "))
    address.params["CUTYPE"] = "INDIVIDUAL"
    address.params["ROLE"] = "REQ-PARTICIPANT"
    if method is Method.REQUEST:
        address.params["PARTSTAT"] = guest.partstat
        address.params["RSVP"] = "TRUE" if guest.is_asked else "FALSE"
    return address
