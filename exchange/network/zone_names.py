"""Names of time zones to choose from, and the nearest ones to a name that is none.

Not the zones themselves: rules.time.timezones reads those.
"""

from difflib import get_close_matches
from functools import cache
from zoneinfo import available_timezones

from exchange.rules.time.timezones import UnknownZone, is_known_zone

SUGGESTIONS_MAX = 3
_LEGACY = ("Etc/", "SystemV/", "US/", "Canada/", "Brazil/", "Chile/", "Mexico/")  # kept for old machines


@cache
def zone_names() -> tuple[str, ...]:
    """Zones named after a place ("Europe/Stockholm"), sorted; legacy names and offsets are left out."""
    return tuple(sorted(n for n in available_timezones() if "/" in n and not n.startswith(_LEGACY)))


def check_zone(name: str) -> None:
    """Raise UnknownZone, field "time_zone", with the nearest names when there are any."""
    if is_known_zone(name):
        return
    near = nearest_zones(name)
    if not near:
        raise UnknownZone(
            "%(time_zone)s is not a known time zone. Write it like Europe/Stockholm.",
            field="time_zone",
            time_zone=name[:60] or "(nothing)",
        )
    raise UnknownZone(
        "%(time_zone)s is not a known time zone. Did you mean %(near)s?",
        field="time_zone",
        time_zone=name[:60],
        near=", ".join(near),
    )


def nearest_zones(name: str) -> list[str]:
    """Up to SUGGESTIONS_MAX zones whose whole name or place is spelled nearly like ``name``."""
    typed = "_".join(name.split())[:60].lower()
    if not typed:
        return []
    by_name = {zone.lower(): zone for zone in zone_names()}
    by_place = {zone.rpartition("/")[2].lower(): zone for zone in zone_names()}
    places = get_close_matches(typed.rpartition("/")[2], by_place, n=SUGGESTIONS_MAX, cutoff=0.75)
    by_whole_name = get_close_matches(typed, by_name, n=SUGGESTIONS_MAX, cutoff=0.75)
    found = [by_place[place] for place in places] + [by_name[zone] for zone in by_whole_name]
    return list(dict.fromkeys(found))[:SUGGESTIONS_MAX]
