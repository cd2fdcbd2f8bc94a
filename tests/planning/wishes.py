"""What a coordinator types into the form of a plan."""

from datetime import date

from werkzeug.datastructures import MultiDict


def typed(start: date, /, **changes: object) -> MultiDict[str, str]:
    """Half a year of three lead cities: two exchanges or three, and events every four to five weeks."""
    values: dict[str, object] = {
        "start_on": start.isoformat(),
        "weeks": 17,
        "has_cycles": "y",
        "cadence_weeks": 8,
        "session_weeks": [5, 6],
        "session_minutes": 90,
        "sittings": 1,
        "has_trainings": "y",
        "gap_least_days": 28,
        "gap_most_days": 35,
        "kinds-0-kind": "webinar",
        "kinds-0-minutes": 120,
        "hosts": ["stockholm", "london", "washington-dc"],
        "weekdays": [1, 2, 3],
        "allowance_percent": 0,
        "fairness": "worst",
        "hours_for": "every",
        "earliest": "06:00",
        "latest": "23:00",
        "past_weeks": 52,
        "seconds": 8,
    }
    form: MultiDict[str, str] = MultiDict()
    for name, value in (values | changes).items():
        for each in value if isinstance(value, list) else [value]:
            if each != "":  # a box that is not ticked is not sent
                form.add(name, str(each))
    return form
