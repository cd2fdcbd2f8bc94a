"""Lists of busy times (VFREEBUSY, RFC 5545 3.6.4): periods, each of which stands for itself."""

from collections.abc import Iterator
from datetime import tzinfo

from exchange.calendar_reading.busyness import Weight, weight_of_period
from exchange.calendar_reading.components import Entry
from exchange.calendar_reading.events import lines_of, values_of
from exchange.calendar_reading.left_out import LeftOut, Unreadable
from exchange.calendar_reading.repetition import Occurrence
from exchange.calendar_reading.values import period
from exchange.calendar_reading.zones import Zones
from exchange.rules.sentences import Sentence

BAD_PERIOD = Sentence("A period of a list of busy times cannot be read.")


def periods_of(entry: Entry, zones: Zones, home: tzinfo) -> Iterator[Occurrence | LeftOut]:
    """Each period that takes time, and each that cannot be read."""
    for written in values_of(lines_of(entry), "FREEBUSY"):
        weight = weight_of_period(written.parameters.get("FBTYPE", "BUSY"))
        if weight is Weight.FREE:
            continue
        try:
            starts, ends_at = period(written, zones, home)
        except Unreadable:
            yield LeftOut(BAD_PERIOD, entry.line)
        else:
            yield Occurrence(starts.at(home), ends_at, weight)
