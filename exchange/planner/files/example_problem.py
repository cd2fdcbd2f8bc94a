"""A problem to begin with: the three lead cities of the network and half a year.

What `exchange plan --example` prints.
"""

from datetime import date, timedelta


def example(today: date) -> dict[str, object]:
    """A small PROBLEM.json that begins on the first Monday at least four weeks after ``today``."""
    start_on = today + timedelta(days=28 + (-today.weekday()) % 7)
    return {
        "start_on": start_on.isoformat(),
        "weeks": 26,
        "step_minutes": 30,
        "cities": [
            _city("STO", "Stockholm", "Europe/Stockholm", country="SE", categories=["public", "de_facto"]),
            _city("LON", "London", "Europe/London", country="GB", subdivision="ENG"),
            _city("WAS", "Washington DC", "America/New_York", country="US", subdivision="DC"),
        ],
        "cycles": {"weeks": 8, "cadence_weeks": 8, "session_weeks": [5, 6], "session_minutes": 90},
        "trainings": {"gap_days": [28, 35], "minutes": [120, 180], "hosts": ["STO", "LON", "WAS"]},
        "preferred_weekdays": [1, 2, 3],
        "pins": [],
        "forbidden_on": [],
        "burden": {"shoulder": 1, "night": 4, "per": "event"},
        "max_allowance": 0.0,
        "past_burden": {},
        "seed": 7,
    }


def _city(city_id: str, name: str, zone: str, **holidays: object) -> dict[str, object]:
    return {
        "id": city_id,
        "name": name,
        "time_zone": zone,
        "holidays": holidays,
        "lead": True,
        "required": True,
        "core": ["09:00", "17:00"],
        "shoulder": ["07:00", "21:00"],
        "acceptable": ["06:00", "23:00"],
        "outside": 1,
        "quiet": [],
        "busy": [],
    }
