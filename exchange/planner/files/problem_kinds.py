"""Kinds of training events in PROBLEM.json: read, written, and made from two lengths.

Not how many there are of each: event_counts.py counts them.
"""

from collections.abc import Sequence

from exchange.planner.files.json_fields import Fields, integer, pair, refuse
from exchange.planner.problem.problem import MAX_CITIES, TrainingKind

SPRING_WEEKS = (15, 26)  # the conference
AUTUMN_WEEKS = (37, 48)  # the exercise
LONG_PER_YEAR = 4  # workshops of the longer length, beside the conference and the exercise


def kinds_of_minutes(minutes: Sequence[int]) -> tuple[TrainingKind, ...]:
    """The network's own kinds: short events, and six long ones a year, of which two have a season."""
    short = TrainingKind("training", minutes[0])
    if len(minutes) == 1:
        return (short,)
    return (
        short,
        TrainingKind("workshop", minutes[1], LONG_PER_YEAR),
        TrainingKind("conference", minutes[1], 1, SPRING_WEEKS),
        TrainingKind("exercise", minutes[1], 1, AUTUMN_WEEKS),
    )


def kind_from(path: str, value: object) -> TrainingKind:
    """A kind as written at a path."""
    fields = Fields(path, value, ("name", "minutes", "per_year", "weeks", "takes_part"))
    weeks = None
    if fields.has("weeks"):
        weeks = pair(fields.at("weeks"), fields.raw("weeks"), lambda at, week: integer(at, week, 1, 53))
    return TrainingKind(
        name=fields.text("name"),
        minutes=fields.integer("minutes", 15, 480),
        per_year=fields.integer("per_year", 0, 60) if fields.has("per_year") else None,
        weeks=weeks,
        takes_part=fields.items("takes_part", _id, MAX_CITIES) if fields.has("takes_part") else None,
    )


def kind_to(kind: TrainingKind) -> dict[str, object]:
    """A kind as PROBLEM.json writes it."""
    return {
        "name": kind.name,
        "minutes": kind.minutes,
        "per_year": kind.per_year,
        "weeks": list(kind.weeks) if kind.weeks else None,
        "takes_part": None if kind.takes_part is None else list(kind.takes_part),
    }


def _id(path: str, value: object) -> str:
    if not isinstance(value, str):
        refuse(path, "the id of a city", value)
    return value
