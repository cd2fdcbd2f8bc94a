"""Write one entry as an invitation to one person (RFC 5546 REQUEST and CANCEL), for a letter (RFC 6047).

Pure, like vevent.py: nothing comes from the clock, and what may be shown was decided before.
"""

from dataclasses import dataclass
from enum import StrEnum

from exchange.feeds.content.entries import Entry
from exchange.feeds.icalendar.properties import Property, component_bytes
from exchange.feeds.icalendar.vcalendar import END, timezones_of
from exchange.feeds.icalendar.vevent import Publisher, event_bytes, opening, part_of


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
    properties = component_bytes("VCALENDAR", opening(method.value)).removesuffix(END)
    zones = timezones_of([part_of(entry, organizer)])
    event = event_bytes(entry, organizer, _attendee(guest, method))
    return b"".join([properties, *zones, event, END])


def _attendee(guest: Guest, method: Method) -> Property:
    parameters = [("CN", guest.name), ("CUTYPE", "INDIVIDUAL"), ("ROLE", "REQ-PARTICIPANT")]
    if method is Method.REQUEST:
        parameters += [("PARTSTAT", guest.partstat), ("RSVP", "TRUE" if guest.is_asked else "FALSE")]
    return Property("ATTENDEE", f"mailto:{guest.address}", parameters=tuple(parameters))
