"""PROBLEM.json: a document becomes a checked Problem, and a Problem a document again.

The document's keys are described in docs/planner.md. What is missing takes the default; what is
written back is complete, and read again it is the same Problem.
"""

from collections.abc import Mapping

from exchange.planner.files.json_fields import Fields, day, integer, pair, refuse
from exchange.planner.files.problem_checks import check_problem
from exchange.planner.files.problem_cities import city_from, city_to, span, span_to, weekdays, word
from exchange.planner.files.problem_kinds import kind_from, kind_to, kinds_of_minutes
from exchange.planner.files.problem_pins import existing_from, existing_to, pin_from, pin_to
from exchange.planner.problem.problem import (
    FAIRNESS,
    GIVABLE,
    MAX_ALLOWANCE,
    MAX_CITIES,
    MAX_WEEKS,
    Burden,
    Cycles,
    Forbidden,
    PlannedCity,
    Problem,
    Trainings,
)
from exchange.planner.problem.walls import walls_of
from exchange.rules.whole_numbers import whole_number

KEYS = (
    "start_on",
    "weeks",
    "step_minutes",
    "cities",
    "cycles",
    "trainings",
    "preferred_weekdays",
    "pins",
    "standing",
    "unpinned",
    "forbidden_on",
    "burden",
    "max_allowance",
    "fairness",
    "past_burden",
    "past_hosting",
    "replan",
    "seed",
    "give_up",
)
MAX_POINTS = 1_000_000


def problem_from(document: object) -> Problem:
    """The problem of a parsed PROBLEM.json. Raises InvalidInput whose field is the path of the fault."""
    fields = Fields("", document, KEYS)
    cities = fields.items("cities", city_from, MAX_CITIES)
    walls = walls_of(cities)
    problem = Problem(
        start_on=fields.day("start_on"),
        weeks=fields.integer("weeks", 1, MAX_WEEKS),
        step_minutes=int(_step(fields)),
        cities=cities,
        cycles=_cycles(fields.raw("cycles")) if fields.has("cycles") else None,
        trainings=_trainings(fields.raw("trainings"), cities) if fields.has("trainings") else None,
        preferred_weekdays=weekdays(fields, "preferred_weekdays", (1, 2, 3)),
        pins=fields.items("pins", lambda path, each: pin_from(path, each, walls), 400),
        existing=fields.items("standing", lambda path, each: existing_from(path, each, walls), 400),
        unpinned=fields.items("unpinned", word, 400),
        forbidden=fields.items("forbidden_on", _forbidden, 2000),
        burden=_burden(fields.raw("burden")) if fields.has("burden") else Burden(),
        max_allowance=fields.share("max_allowance", MAX_ALLOWANCE, 0.0),
        fairness=fields.placement("fairness", FAIRNESS, FAIRNESS[0]),
        past_burden=_counts(fields, "past_burden"),
        past_hosting=_counts(fields, "past_hosting"),
        is_replanning=fields.flag("replan", default=False),
        seed=fields.integer("seed", 0, 2**31 - 1, 7),
        given_up=fields.items("give_up", _rule, len(GIVABLE)),
    )
    check_problem(problem)
    return problem


def document_of(problem: Problem) -> dict[str, object]:
    """The complete PROBLEM.json of a problem."""
    return {
        "start_on": problem.start_on.isoformat(),
        "weeks": problem.weeks,
        "step_minutes": problem.step_minutes,
        "cities": [city_to(city) for city in problem.cities],
        "cycles": _cycles_to(problem.cycles) if problem.cycles else None,
        "trainings": _trainings_to(problem.trainings) if problem.trainings else None,
        "preferred_weekdays": list(problem.preferred_weekdays),
        "pins": [pin_to(pin) for pin in problem.pins],
        "standing": [existing_to(each) for each in problem.existing],
        "unpinned": list(problem.unpinned),
        "forbidden_on": [_forbidden_to(each) for each in problem.forbidden],
        "burden": {
            "shoulder": problem.burden.shoulder,
            "night": problem.burden.night,
            "per": problem.burden.per,
        },
        "max_allowance": problem.max_allowance,
        "fairness": problem.fairness,
        "past_burden": dict(problem.past_burden),
        "past_hosting": dict(problem.past_hosting),
        "replan": problem.is_replanning,
        "seed": problem.seed,
        "give_up": list(problem.given_up),
    }


def _rule(path: str, value: object) -> str:
    if not isinstance(value, str) or value not in GIVABLE:
        refuse(path, f"one of {', '.join(GIVABLE)}", value)
    return value


def _step(fields: Fields) -> str:
    if not fields.has("step_minutes"):
        return "30"
    step = fields.raw("step_minutes")
    if step not in (15, 30, 60) or isinstance(step, bool):
        refuse("step_minutes", "15, 30 or 60", step)
    return str(step)


CYCLE_KEYS = (
    "weeks",
    "cadence_weeks",
    "session_weeks",
    "session_minutes",
    "sittings",
    "pauses",
    "no_start_on",
    "count",
    "takes_part",
)


def _cycles(value: object) -> Cycles:
    fields = Fields("cycles", value, CYCLE_KEYS)
    weeks = fields.integer("weeks", 1, 52, 8)
    is_choosing = fields.raw("pauses") == "choose"
    return Cycles(
        weeks=weeks,
        cadence_weeks=fields.integer("cadence_weeks", 1, 104, 8),
        session_weeks=fields.items("session_weeks", lambda at, week: integer(at, week, 1, weeks)) or (5, 6),
        session_minutes=fields.integer("session_minutes", 15, 480, 90),
        sittings=fields.integer("sittings", 1, 2, 1),
        pauses=() if is_choosing else fields.items("pauses", span, 100),
        no_start_on=fields.items("no_start_on", day, MAX_WEEKS),
        is_choosing=is_choosing,
        count=fields.integer("count", 1, MAX_WEEKS) if fields.has("count") else None,
        takes_part={
            integer(path, whole_number(key) or key, 1, MAX_WEEKS): Fields(path, {"ids": ids}, ("ids",)).items(
                "ids", word, MAX_CITIES
            )
            for path, key, ids in fields.pairs("takes_part")
        },
    )


def _cycles_to(cycles: Cycles) -> dict[str, object]:
    return {
        "weeks": cycles.weeks,
        "cadence_weeks": cycles.cadence_weeks,
        "session_weeks": list(cycles.session_weeks),
        "session_minutes": cycles.session_minutes,
        "sittings": cycles.sittings,
        "pauses": "choose" if cycles.is_choosing else [span_to(span) for span in cycles.pauses],
        "no_start_on": [on.isoformat() for on in cycles.no_start_on],
        "count": cycles.count,
        "takes_part": {str(cycle): list(ids) for cycle, ids in cycles.takes_part.items()},
    }


def _trainings(value: object, cities: tuple[PlannedCity, ...]) -> Trainings:
    fields = Fields("trainings", value, ("gap_days", "minutes", "kinds", "hosts", "count", "last_on"))
    gap = fields.raw("gap_days") if fields.has("gap_days") else [28, 35]
    minutes = fields.items("minutes", lambda path, each: integer(path, each, 15, 480), 2) or (120, 180)
    kinds = fields.items("kinds", kind_from, 12) or kinds_of_minutes(minutes)
    leads = tuple(city.id for city in cities if city.is_lead)
    return Trainings(
        gap_days=pair("trainings.gap_days", gap, lambda path, each: integer(path, each, 1, 400)),
        kinds=kinds,
        hosts=fields.items("hosts", word, MAX_CITIES) or leads,
        count=fields.integer("count", 0, 1456) if fields.has("count") else None,
        last_on=fields.day("last_on") if fields.has("last_on") else None,
    )


def _trainings_to(trainings: Trainings) -> dict[str, object]:
    return {
        "gap_days": list(trainings.gap_days),
        "kinds": [kind_to(kind) for kind in trainings.kinds],
        "hosts": list(trainings.hosts),
        "count": trainings.count,
        "last_on": trainings.last_on.isoformat() if trainings.last_on else None,
    }


def _burden(value: object) -> Burden:
    fields = Fields("burden", value, ("shoulder", "night", "per"))
    return Burden(
        shoulder=fields.integer("shoulder", 0, 1000, 1),
        night=fields.integer("night", 0, 1000, 4),
        per=fields.placement("per", ("event", "minute"), "event"),
    )


def _counts(fields: Fields, key: str) -> Mapping[str, int]:
    return {name: integer(path, count, 0, MAX_POINTS) for path, name, count in fields.pairs(key)}


def _forbidden(path: str, value: object) -> Forbidden:
    """A date, a pair of dates, or {"from_on", "to_on", "kind"}."""
    if isinstance(value, str):
        on = day(path, value)
        return Forbidden(on, on)
    if isinstance(value, list):
        return Forbidden(*span(path, value))
    fields = Fields(path, value, ("from_on", "to_on", "kind"))
    kind = fields.placement("kind", ("session", "training"), "") if fields.has("kind") else ""
    return Forbidden(fields.day("from_on"), fields.day("to_on"), kind)


def _forbidden_to(forbidden: Forbidden) -> object:
    if not forbidden.kind:
        return span_to((forbidden.first_on, forbidden.last_on))
    return {
        "from_on": forbidden.first_on.isoformat(),
        "to_on": forbidden.last_on.isoformat(),
        "kind": forbidden.kind,
    }
