"""Years for the pictures' tests, made without a database, and words that say little."""

from collections.abc import Sequence
from datetime import date, time, timedelta

from exchange.models import Publication
from exchange.programme.year import (
    FreeDays,
    QuietSpan,
    ShownCycle,
    ShownSitting,
    ShownStage,
    ShownTraining,
    Year,
)
from exchange.rules.programme.stage_plan import Phase
from exchange.rules.time.timezones import WallTime

STAGES = ("Launch", "Scope", "Gather", "Gather closes", "Exchange", "Draft", "Review", "Publish and close")


class PlainWords:
    """Words for tests."""

    months: Sequence[str] = ("J", "F", "M", "A", "M", "J", "J", "A", "S", "O", "N", "D")
    exchanges = "Exchanges"
    trainings = "Training"
    weeks = "Week"
    today = "Today"

    def short_day(self, on: date) -> str:
        return on.isoformat()

    def cycle(self, cycle: ShownCycle) -> str:
        return cycle.title

    def lead(self, cycle: ShownCycle) -> str:
        return cycle.city

    def stage(self, stage: ShownStage) -> str:
        return stage.name

    def training(self, training: ShownTraining) -> str:
        return training.title

    def under_mark(self, training: ShownTraining) -> Sequence[str]:
        return [training.kind, training.city]

    def session(self, cycle: ShownCycle, on: date) -> str:
        return on.isoformat()

    def holiday(self, city: str, on: date, name: str) -> str:
        return name

    def quiet(self, city: str, span: QuietSpan) -> str:
        return span.name


def a_cycle(starts_on: date, number: int = 1, **fields: object) -> ShownCycle:
    """Eight weeks with a stage each, three weeks before them, and a session on the Thursday of week 5."""
    before = ShownStage(
        "Prepare", Phase.BEFORE, starts_on - timedelta(weeks=3), starts_on - timedelta(days=1)
    )
    within = [
        ShownStage(name, Phase.WITHIN, starts_on + timedelta(weeks=n), starts_on + timedelta(weeks=n, days=6))
        for n, name in enumerate(STAGES)
    ]
    session_on = starts_on + timedelta(weeks=4, days=3)
    values: dict[str, object] = {
        "key": f"cycle-{number}",
        "title": "Hostile drones in urban areas",
        "city": "London",
        "marking": "TLP:GREEN",
        "publication": Publication.PUBLISHED,
        "href": f"/cycles/{number}",
        "stages": (before, *within),
        "sittings": (ShownSitting(WallTime(session_on, time(14), "Europe/London"), 90),),
    }
    return ShownCycle(**(values | fields))  # type: ignore[arg-type]  # a test's own keywords


def a_training(on: date, number: int = 1, **fields: object) -> ShownTraining:
    """A table-top in London at 14:00."""
    values: dict[str, object] = {
        "key": f"training-{number}",
        "title": "Drone over a stadium",
        "kind": "table-top",
        "city": "London",
        "marking": "TLP:GREEN",
        "publication": Publication.PUBLISHED,
        "state": "confirmed",
        "href": f"/trainings/{number}",
        "starts": WallTime(on, time(14), "Europe/London"),
        "minutes": 120,
    }
    return ShownTraining(**(values | fields))  # type: ignore[arg-type]  # as above


def a_year(*, cycles: Sequence[ShownCycle] = (), trainings: Sequence[ShownTraining] = ()) -> Year:
    """2027 with one lead city that has one holiday and one quiet period."""
    summer = QuietSpan("Summer", date(2027, 7, 12), date(2027, 8, 8))
    free = FreeDays("Stockholm", {date(2027, 6, 25): "Midsummer Eve"}, (summer,))
    return Year(2027, tuple(cycles), tuple(trainings), (free,))
