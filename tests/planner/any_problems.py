"""A Hypothesis strategy for problems of up to 6 cities and 17 weeks with all that PROBLEM.json can say.

Not every one can be read: a pin may lie in no session week. What can be read may still be impossible.
"""

from datetime import date, timedelta

from hypothesis import strategies as st

from tests.planner.small_problems import PLACES

FAR_PLACES = (
    *PLACES,
    ("America/Sao_Paulo", "BR", "SP"),
    ("Asia/Kathmandu", "NP", ""),
    ("Asia/Dubai", "AE", ""),
    ("Pacific/Auckland", "NZ", "AUK"),
    ("Pacific/Honolulu", "US", "HI"),
)
MONDAYS = (
    date(2027, 1, 4),
    date(2027, 2, 1),
    date(2027, 3, 8),
    date(2027, 6, 28),
    date(2027, 8, 30),
    date(2027, 10, 18),
)
CYCLES: tuple[dict, ...] = (
    {},
    {"weeks": 6, "cadence_weeks": 6, "session_weeks": [3, 4]},
    {"weeks": 5, "cadence_weeks": 7, "session_weeks": [2, 5], "session_minutes": 60},
    {"session_weeks": [5]},
)


@st.composite
def any_problems(draw: st.DrawFn) -> dict:
    """A PROBLEM.json of a few cities and weeks."""
    start_on = draw(st.sampled_from(MONDAYS)) + timedelta(days=7 * draw(st.integers(0, 3)))
    weeks = draw(st.integers(8, 17))
    per = draw(st.sampled_from(["event", "event", "event", "minute"]))
    weeks = weeks if per == "event" else min(weeks, 12)
    most = 6 if per == "event" else 3
    cities = [_city(draw, n, start_on, weeks) for n in range(draw(st.integers(2, most)))]
    ids = [each["id"] for each in cities]
    parts = draw(st.sampled_from(["both", "both", "both", "sessions", "trainings"]))
    document = {
        "start_on": start_on.isoformat(),
        "weeks": weeks,
        "step_minutes": draw(st.sampled_from([60, 60, 30])),
        "cities": cities,
        "cycles": _cycles(draw, start_on, weeks, ids) if parts != "trainings" else None,
        "trainings": _trainings(draw, start_on, weeks, cities) if parts != "sessions" else None,
        "forbidden_on": [_forbidden(draw, start_on, weeks) for _ in range(draw(st.integers(0, 4)))],
        "burden": {"per": per, "night": draw(st.sampled_from([4, 4, 2]))},
        "max_allowance": draw(st.sampled_from([0.0, 0.0, 0.25])),
        "past_burden": {
            each: 15 * draw(st.integers(0, 3)) // (1 if per == "minute" else 15) for each in ids[:2]
        },
        "seed": 7,
    }
    if not document["max_allowance"]:
        document["fairness"] = draw(st.sampled_from(["worst", "worst", "leximin"]))
    return document | _held(draw, document, start_on)


def _day(draw: st.DrawFn, start_on: date, weeks: int) -> date:
    return start_on + timedelta(days=draw(st.integers(0, 7 * weeks - 1)))


def _city(draw: st.DrawFn, n: int, start_on: date, weeks: int) -> dict:
    zone, country, subdivision = draw(st.sampled_from(FAR_PLACES))
    busy, quiet = [], []
    for _ in range(draw(st.integers(0, 3))):
        on, hour = _day(draw, start_on, weeks), draw(st.integers(7, 15))
        busy.append([f"{on}T{hour:02}:00:00Z", f"{on}T{hour + 3:02}:30:00Z"])
    if draw(st.integers(0, 3)) == 0:
        on = _day(draw, start_on, weeks)
        quiet.append([on.isoformat(), (on + timedelta(days=draw(st.integers(0, 20)))).isoformat()])
    city: dict = {
        "id": f"C{n}",
        "time_zone": zone,
        "holidays": {"country": country, "subdivision": subdivision},
        "lead": n < 2 or draw(st.booleans()),
        "required": draw(st.booleans()),
        "busy": busy,
        "quiet": quiet,
    }
    if draw(st.integers(0, 4)) == 0:
        city |= {"core": ["08:30", "16:00"], "shoulder": ["06:00", "22:00"]}
    if draw(st.integers(0, 5)) == 0:
        city["weekend"] = [5, 6]
    if draw(st.integers(0, 3)) == 0:
        city["acceptable"] = draw(
            st.sampled_from([["06:00", "23:00"], ["07:30", "22:00"], ["05:00", "20:00"]])
        )
        city["outside"] = draw(st.sampled_from([1, 1, 3, "never"]))
    return city


def _cycles(draw: st.DrawFn, start_on: date, weeks: int, ids: list[str]) -> dict:
    cycles = dict(draw(st.sampled_from(CYCLES)))
    length = cycles.get("weeks", 8)
    how = draw(st.sampled_from(["none", "none", "pause", "choose"]))
    if how == "pause":
        on = _day(draw, start_on, weeks)
        cycles["pauses"] = [[on.isoformat(), (on + timedelta(days=draw(st.integers(0, 9)))).isoformat()]]
    if how == "choose":
        most = (weeks - length) // cycles.get("cadence_weeks", 8) + 1
        cycles |= {"pauses": "choose", "count": draw(st.integers(1, most))}
    if draw(st.integers(0, 3)) == 0:
        days = draw(st.lists(st.integers(0, 7 * weeks - 1), min_size=1, max_size=3))
        cycles["no_start_on"] = [(start_on + timedelta(days=n)).isoformat() for n in days]
    if draw(st.integers(0, 3)) == 0:
        cycles["sittings"] = 2
    if draw(st.integers(0, 4)) == 0:
        cycles["takes_part"] = {"1": draw(st.lists(st.sampled_from(ids), min_size=1, unique=True))}
    return cycles


def _trainings(draw: st.DrawFn, start_on: date, weeks: int, cities: list[dict]) -> dict:
    first_week = start_on.isocalendar().week
    kinds: list[dict] = [{"name": "training", "minutes": draw(st.sampled_from([120, 60]))}]
    if draw(st.booleans()):
        kinds.append({"name": "workshop", "minutes": 180, "per_year": draw(st.integers(0, 9))})
    if draw(st.integers(0, 2)) == 0:
        season = [first_week + draw(st.integers(0, 4)), first_week + draw(st.integers(5, 9))]
        season = [min(week, 50) for week in season]
        minutes = draw(st.sampled_from([120, 180, 90]))
        kinds.append({"name": "conference", "minutes": minutes, "per_year": 1, "weeks": season})
    leads = [each["id"] for each in cities if each["lead"]]
    hosts = [*leads, *(each["id"] for each in cities if not each["lead"] and draw(st.integers(0, 3)) == 0)]
    if draw(st.integers(0, 4)) == 0:
        others = draw(st.lists(st.sampled_from([each["id"] for each in cities]), unique=True))
        kinds[-1]["takes_part"] = [leads[0], *(each for each in others if each != leads[0])]
    trainings: dict = {"kinds": kinds, "hosts": draw(st.permutations(hosts))}
    trainings["gap_days"] = draw(st.sampled_from([[28, 35], [28, 35], [28, 35], [21, 30], [10, 15]]))
    if draw(st.integers(0, 4)) == 0:
        trainings["last_on"] = (start_on - timedelta(days=draw(st.integers(1, 20)))).isoformat()
    if trainings["gap_days"][0] == 28:
        return trainings
    least, most = trainings["gap_days"]
    return trainings | {"count": draw(st.integers(-(-7 * weeks // most), 7 * weeks // least))}


def _forbidden(draw: st.DrawFn, start_on: date, weeks: int) -> object:
    first = _day(draw, start_on, weeks)
    last = first + timedelta(days=draw(st.sampled_from([0, 0, 2, 11])))
    kind = draw(st.sampled_from(["", "", "session", "training"]))
    if kind:
        return {"from_on": first.isoformat(), "to_on": last.isoformat(), "kind": kind}
    return [first.isoformat(), last.isoformat()]


def _held(draw: st.DrawFn, document: dict, start_on: date) -> dict:
    """Pins and existing entries, published ones among them."""
    pins, existing = [], []
    planned = [
        kind
        for kind in ("session", "training")
        if document["cycles" if kind == "session" else "trainings"] is not None
    ]
    for n in range(draw(st.sampled_from([0, 0, 1, 1, 2]))):
        kind = draw(st.sampled_from(planned))
        on = _day(draw, start_on, document["weeks"])
        at = f"{on}T{draw(st.integers(6, 20)):02}:{draw(st.sampled_from(['00', '30', '45']))}:00Z"
        entry: dict = {"kind": kind}
        if kind == "session" and draw(st.booleans()):
            entry["cycle"] = 1
        if kind == "session" and document["cycles"].get("sittings") == 2 and draw(st.booleans()):
            entry["second_at"] = f"{on}T22:{draw(st.sampled_from(['00', '30']))}:00Z"
        if kind == "training" and draw(st.booleans()):
            entry["host"] = draw(st.sampled_from(document["trainings"]["hosts"]))
        if kind == "training" and draw(st.integers(0, 2)) == 0:
            entry["training"] = draw(st.sampled_from(document["trainings"]["kinds"]))["name"]
        if draw(st.booleans()):
            is_timed = "second_at" in entry or draw(st.booleans())
            pins.append(entry | {"on": on.isoformat()} | ({"starts_at": at} if is_timed else {}))
        else:
            existing.append(entry | {"name": f"old {n}", "starts_at": at, "published": draw(st.booleans())})
    return {"pins": pins, "standing": existing}
