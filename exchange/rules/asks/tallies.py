"""What was answered to one question, counted: how often each answer was given, or the texts themselves.

Few answers are not shown at all: from a handful somebody could tell who said what.
"""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from exchange.rules.asks.question_kinds import QuestionKind, Value
from exchange.rules.asks.typed_values import NO, YES, scale_steps

FEWEST_PEOPLE = 5
FEWEST_BODIES = 2  # cities, or organisations where people have one


@dataclass(frozen=True)
class Count:
    """How often one answer was given; ``label`` in the words of the question, or the number or date."""

    label: str
    times: int


@dataclass(frozen=True)
class Tally:
    """``counts`` in the order of the choices; ``texts`` as they were written, in an order of their own words.

    ``middle`` is the median of scores and numbers, None of other kinds.
    """

    given: int
    counts: Sequence[Count] = ()
    texts: Sequence[str] = ()
    middle: float | None = None


def may_be_shown(people: Collection[Hashable], bodies: Collection[Hashable]) -> bool:
    """Whether there are enough different people, of enough cities or organisations."""
    return len(set(people)) >= FEWEST_PEOPLE and len(set(bodies)) >= FEWEST_BODIES


def tally(kind: QuestionKind, options: Sequence[str], values: Sequence[Value]) -> Tally:
    """The values of one question counted; choices that are offered no more stand last."""
    if kind is QuestionKind.TEXT:
        return Tally(len(values), texts=sorted(str(one) for one in values))
    said = [text for value in values for text in _said(value)]
    times = Counter(said)
    labels = dict(_labels(kind, options, said))
    counts = [Count(label, times[key]) for key, label in labels.items()]
    numbers = [one for one in values if isinstance(one, int | float) and not isinstance(one, bool)]
    return Tally(len(values), counts, middle=float(median(numbers)) if numbers else None)


def _said(value: Value) -> list[str]:
    if isinstance(value, bool):
        return [YES if value else NO]
    return list(value) if isinstance(value, list) else [str(value)]


def _labels(kind: QuestionKind, options: Sequence[str], said: Iterable[str]) -> Iterable[tuple[str, str]]:
    """What can be said, in order, with its words."""
    if kind is QuestionKind.SCALE:
        yield from (
            (str(score), f"{score} – {words}" if words else str(score))
            for score, words in scale_steps(options)
        )
    elif kind is QuestionKind.YES_NO:
        yield from ((YES, YES), (NO, NO))
    elif kind in (QuestionKind.CHOICE, QuestionKind.CHOICES):
        yield from ((one, one) for one in options)
        yield from ((one, one) for one in sorted(set(said) - set(options)))
    elif kind is QuestionKind.NUMBER:
        yield from ((one, one) for one in sorted(set(said), key=float))
    else:
        yield from ((one, one) for one in sorted(set(said)))
