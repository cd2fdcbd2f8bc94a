"""Small problems for the tests: hand-made ones, and a Hypothesis strategy for any."""

from datetime import date, timedelta

from hypothesis import strategies as st

START_ON = date(2027, 1, 4)
PLACES = (
    ("Europe/Stockholm", "SE", ""),
    ("Europe/London", "GB", "ENG"),
    ("America/New_York", "US", "DC"),
    ("Australia/Sydney", "AU", "NSW"),
    ("Asia/Kolkata", "IN", "DL"),
    ("America/Los_Angeles", "US", "CA"),
)


def small(weeks: int = 9, **changes: object) -> dict:
    """A PROBLEM.json of a few weeks in which the first two cities lead; ``changes`` replace its keys."""
    document = {
        "start_on": START_ON.isoformat(),
        "weeks": weeks,
        "step_minutes": 60,
        "cities": [city(n) for n in range(3)],
        "cycles": {},
        "trainings": {"minutes": [120]},
        "seed": 7,
    }
    return document | changes


def city(n: int, **changes: object) -> dict:
    """The n-th city of PLACES."""
    zone, country, subdivision = PLACES[n]
    return {
        "id": f"C{n}",
        "name": zone.split("/")[1].replace("_", " "),
        "time_zone": zone,
        "holidays": {"country": country, "subdivision": subdivision},
        "lead": n < 2,
        "required": n < 2,
    } | changes


@st.composite
def problems(draw: st.DrawFn, most_weeks: int = 17, most_cities: int = 6, per: str = "event") -> dict:
    """Any problem of a few cities and weeks, as PROBLEM.json."""
    start_on = date(2027, 1, 4) + timedelta(days=7 * draw(st.integers(0, 45)))
    weeks = draw(st.integers(8, most_weeks))
    cities = [_city(draw, n, start_on, weeks) for n in range(draw(st.integers(2, most_cities)))]
    leads = [each["id"] for each in cities if each["lead"]]
    kinds = [
        {"name": "training", "minutes": 120},
        {"name": "workshop", "minutes": 180, "per_year": draw(st.integers(0, 6))},
    ]
    forbidden = [
        (start_on + timedelta(days=draw(st.integers(0, 7 * weeks - 1)))).isoformat()
        for _ in range(draw(st.integers(0, 6)))
    ]
    return {
        "start_on": start_on.isoformat(),
        "weeks": weeks,
        "step_minutes": 60,
        "cities": cities,
        "cycles": draw(
            st.sampled_from(
                [{}, {"weeks": 6, "cadence_weeks": 6, "session_weeks": [3, 4]}, {"session_weeks": [5]}]
            )
        ),
        "trainings": {"kinds": kinds, "hosts": leads},
        "forbidden_on": forbidden,
        "burden": {"per": per},
        "past_burden": {"C0": draw(st.integers(0, 3))},
        "seed": 7,
    }


def _city(draw: st.DrawFn, n: int, start_on: date, weeks: int) -> dict:
    busy = []
    for _ in range(draw(st.integers(0, 3))):
        on = start_on + timedelta(days=draw(st.integers(0, 7 * weeks - 1)))
        hour = draw(st.integers(7, 15))
        busy.append([f"{on}T{hour:02}:00:00Z", f"{on}T{hour + 3:02}:30:00Z"])
    zone, country, subdivision = draw(st.sampled_from(PLACES))
    return {
        "id": f"C{n}",
        "time_zone": zone,
        "holidays": {"country": country, "subdivision": subdivision},
        "lead": n < 2 or draw(st.booleans()),
        "required": draw(st.booleans()),
        "busy": busy,
    }
