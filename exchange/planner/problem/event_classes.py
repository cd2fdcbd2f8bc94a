"""Classes of events that are alike to the planner: same kind, same length, same cities.

Not the events themselves: a plan has as many of each class as event_counts.py counts.
"""

from collections.abc import Collection
from dataclasses import dataclass

from exchange.planner.problem.event_counts import SessionPlace, filler_kind, quotas, session_places
from exchange.planner.problem.problem import Problem, TrainingKind


@dataclass(frozen=True)
class EventClass:
    """Events that the model need not tell apart; ``takes_part`` None means every city."""

    kind: str
    minutes: int
    takes_part: tuple[str, ...] | None = None
    sittings: int = 1

    def has(self, city_id: str) -> bool:
        """Whether the city takes part."""
        return self.takes_part is None or city_id in self.takes_part


def class_of_place(problem: Problem, place: SessionPlace) -> EventClass:
    """The class of a cycle's session."""
    cycles = problem.cycles
    if cycles is None:
        raise ValueError("a place without cycles")
    return EventClass("session", cycles.session_minutes, cycles.takes_part.get(place.cycle), cycles.sittings)


def class_of_kind(kind: TrainingKind) -> EventClass:
    """The class of a kind of training event."""
    return EventClass("training", kind.minutes, kind.takes_part)


def classes_of(problem: Problem, without: Collection[str] = ()) -> tuple[EventClass, ...]:
    """Every class of which the plan may have an event, in a fixed order.

    Any kind, also one of which there is to be none, where ``without`` names the rule of kinds.
    """
    sessions = [class_of_place(problem, place) for place in session_places(problem)]
    kinds = [quota.kind for quota in quotas(problem)]
    filler = filler_kind(problem)
    every = problem.trainings.kinds if problem.trainings else ()
    pinned = {pin.training for pin in problem.held() if pin.training is not None}
    free = [kind for kind in every if kind.name in pinned or "kinds" in without]
    trainings = [class_of_kind(kind) for kind in [*kinds, *([filler] if filler else []), *free]]
    return tuple(dict.fromkeys(sessions + trainings))
