"""How large a need is: of one answer, and of a group of answers (DOMAIN.md 3).

A gap is what importance is above confidence; a priority weighs it by importance and by how long ago the theme
was exercised. A group's score is the median of its people's. Which groups may be scored at all: results.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from exchange.errors import InvalidInput
from exchange.rules.results.small_groups import Voice

LOWEST, HIGHEST = 1, 5  # both scales
LARGE_GAP = 2  # from here a city counts in the network's share


class LastExercised(StrEnum):
    """How long ago somebody's organisation last exercised a theme."""

    WITHIN_A_YEAR = "under 1 year"
    WITHIN_THREE_YEARS = "1 to 3 years"
    LONGER_AGO = "over 3 years"
    NEVER = "never"


class Cause(StrEnum):
    """Why people are not confident; training mends the first alone."""

    SKILL = "skill"
    EXECUTION = "execution"
    EXTERNAL = "external"


_STALENESS = {
    LastExercised.WITHIN_A_YEAR: Decimal("1.0"),
    LastExercised.WITHIN_THREE_YEARS: Decimal("1.2"),
    LastExercised.LONGER_AGO: Decimal("1.5"),
    LastExercised.NEVER: Decimal("1.8"),
}


@dataclass(frozen=True)
class NeedAnswer:
    """What one person of a city said about one theme. An empty cause or format was not said.

    Raises InvalidInput, field "importance" or "confidence", for what is not on the scale of 1 to 5.
    """

    city: int
    theme: int
    voice: Voice
    importance: int
    confidence: int
    last_exercised: LastExercised
    cause: str = ""
    format_wanted: str = ""

    def __post_init__(self) -> None:
        for name in ("importance", "confidence"):
            if not LOWEST <= getattr(self, name) <= HIGHEST:
                raise InvalidInput("Give a whole number from 1 to 5.", field=name)


@dataclass(frozen=True)
class Score:
    """What is shown of a group of answers to one theme: how many people, medians, the word most chose.

    A word is empty where nobody said one or no word was said most.
    """

    people: int
    importance: Decimal
    confidence: Decimal
    gap: Decimal
    priority: Decimal
    cause: str
    format_wanted: str


def gap(answer: NeedAnswer) -> int:
    """How far importance is above confidence, 0 to 4."""
    return max(0, answer.importance - answer.confidence)


def staleness(last: LastExercised) -> Decimal:
    """By what a gap weighs more the longer ago the theme was exercised: 1.0, 1.2, 1.5, 1.8."""
    return _STALENESS[last]


def priority(answer: NeedAnswer) -> Decimal:
    """Importance times gap times staleness, 0.0 to 36.0."""
    return answer.importance * gap(answer) * staleness(answer.last_exercised)


def score(answers: Sequence[NeedAnswer]) -> Score:
    """The score of a group, one answer a person; there must be at least one."""
    return Score(
        people=len({one.voice.person for one in answers}),
        importance=_median(one.importance for one in answers),
        confidence=_median(one.confidence for one in answers),
        gap=_median(gap(one) for one in answers),
        priority=_median(priority(one) for one in answers),
        cause=_said_most(one.cause for one in answers),
        format_wanted=_said_most(one.format_wanted for one in answers),
    )


def _median(values: Iterable[int | Decimal]) -> Decimal:
    """The middle value; of an even number half-way between the two in the middle, exactly."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return Decimal(ordered[middle])
    return (Decimal(ordered[middle - 1]) + Decimal(ordered[middle])) / 2


def _said_most(words: Iterable[str]) -> str:
    """The word that more people said than any other; "" where two were said alike."""
    most = Counter(filter(None, words)).most_common(2)
    if not most or (len(most) == 2 and most[0][1] == most[1][1]):
        return ""
    return most[0][0]
