"""What a coordinator asks of a year's plan, as values that a form shows and a row keeps.

Not the planner's problem: problem_from_wishes.py makes it of these and of what the database knows.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, time, timedelta

from exchange.rules.time.typed_times import exact_time

Span = tuple[date, date]  # both included
EVERY, MUST_COME, NOBODY = "every", "must", "nobody"
HOURS = ("earliest", "latest")
EXCHANGE = "exchange"  # what a need may be planned as, beside the kinds of event


@dataclass(frozen=True)
class WishedKind:
    """A kind of training event: ``per_year`` None takes what the others leave; weeks are ISO weeks."""

    kind: str
    minutes: int
    per_year: int | None = None
    first_week: int | None = None
    last_week: int | None = None


@dataclass(frozen=True)
class WishedNeed:
    """A need that the plan is to answer, by an exchange or by an event of a kind."""

    need_id: int
    kind: str


@dataclass(frozen=True)
class Wishes:
    """All a form says. ``allowance_percent`` is what the worst city may bear beyond the least possible.

    ``past_weeks`` are the weeks before the start whose burden counts; ``hosts`` are cities' slugs.
    """

    start_on: date
    weeks: int
    closed: tuple[Span, ...] = ()  # days on which nothing is held
    required: tuple[str, ...] = ()  # slugs of members whose busy and quiet times block a day
    has_cycles: bool = True
    cadence_weeks: int = 8
    session_weeks: tuple[int, ...] = (5, 6)
    session_minutes: int = 90
    sittings: int = 1
    pauses: tuple[Span, ...] = ()
    is_choosing: bool = False  # the pauses, between ``cycle_count`` exchanges
    cycle_count: int | None = None  # None is as many as fit
    has_trainings: bool = True
    gap_least_days: int = 28
    gap_most_days: int = 35
    count: int | None = None  # of events; None is the planner's own reckoning
    kinds: tuple[WishedKind, ...] = ()
    hosts: tuple[str, ...] = ()
    weekdays: tuple[int, ...] = (1, 2, 3)
    allowance_percent: int = 0
    hours_for: str = EVERY  # whose earliest and latest hours are kept: EVERY, MUST_COME or NOBODY
    earliest: time = time(6)  # on the wall of each city
    latest: time = time(23)
    is_never_outside: bool = False  # else only where no other hour is possible
    fairness: str = "worst"  # by the planner's words: who counts before all together
    past_weeks: int = 52
    seconds: int = 120
    needs: tuple[WishedNeed, ...] = ()  # in the board's order
    given_up: tuple[str, ...] = ()  # rules that need not hold, by the planner's words

    @property
    def last_on(self) -> date:
        """The horizon's last day."""
        return self.start_on + timedelta(weeks=self.weeks, days=-1)

    def as_typed(self) -> dict[str, object]:
        """What the form shows of these wishes."""
        typed = asdict(self)
        for name in ("pauses", "closed"):
            typed[name] = [{"first_on": first, "last_on": last} for first, last in getattr(self, name)]
        typed["kinds"] = [asdict(kind) for kind in self.kinds]
        typed["needs"] = [asdict(need) for need in self.needs]
        typed |= {"session_weeks": list(self.session_weeks), "weekdays": list(self.weekdays)}
        typed["given_up"] = list(self.given_up)
        return typed | {"hosts": list(self.hosts), "required": list(self.required)}

    def as_document(self) -> dict[str, object]:
        """The same in words that JSON has."""
        typed = self.as_typed()
        typed["start_on"] = self.start_on.isoformat()
        typed |= {"earliest": f"{self.earliest:%H:%M}", "latest": f"{self.latest:%H:%M}"}
        for name in ("pauses", "closed"):
            typed[name] = [[first.isoformat(), last.isoformat()] for first, last in getattr(self, name)]
        return typed


def wishes_from(document: Mapping[str, object]) -> Wishes:
    """The wishes that ``as_document`` wrote down."""
    not_known_before: dict[str, object] = {"closed": [], "required": [], "given_up": [], "needs": []}
    values = not_known_before | dict(document)
    values["start_on"] = date.fromisoformat(str(document["start_on"]))
    for name in ("pauses", "closed"):
        values[name] = tuple((date.fromisoformat(a), date.fromisoformat(b)) for a, b in _list(values[name]))
    values["kinds"] = tuple(WishedKind(**kind) for kind in _list(document["kinds"]))
    values["needs"] = tuple(WishedNeed(**need) for need in _list(values["needs"]))
    for name in ("session_weeks", "hosts", "weekdays", "required", "given_up"):
        values[name] = tuple(_list(values[name]))
    for name in HOURS:
        if name in values:  # earlier ones did not know them
            values[name] = exact_time(str(values[name]))
    return Wishes(**values)  # type: ignore[arg-type]  # written by as_document alone


def _list(value: object) -> list:  # type: ignore[type-arg]  # as JSON gives it back
    assert isinstance(value, list)
    return value
