"""What was answered to one question, counted: how often each answer was given, or the texts themselves.

Few answers are not shown, neither by themselves nor by what is left: rules.results says which may be.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TypeGuard

from exchange.rules.asks.question_kinds import QuestionKind, Value
from exchange.rules.asks.typed_values import NO, YES, scale_steps
from exchange.rules.results.small_groups import (
    Group,
    Picture,
    Voice,
    grand_total,
    is_small,
    people_in,
    picture_of,
)

_ALL = "all"


@dataclass(frozen=True)
class Count:
    """How many people gave one answer; ``label`` in the words of the question, or the number or date.

    ``times`` None: somebody did, and too few to say how many.
    """

    label: str
    times: int | None


@dataclass(frozen=True)
class Tally:
    """``counts`` in the order of the choices; ``texts`` as they were written, in an order of their own words.

    ``given`` are the people whom the counts and ``others`` count; others gave what too few gave each, and are
    enough together. ``middle`` is the median of their scores and numbers, None of other kinds.
    """

    given: int
    counts: Sequence[Count] = ()
    others: int = 0
    texts: Sequence[str] = ()
    middle: float | None = None


def tally(kind: QuestionKind, options: Sequence[str], given: Sequence[tuple[Value, Voice]]) -> Tally | None:
    """The answers counted; choices that are offered no more stand last. None where nothing may be shown."""
    if is_small(frozenset(voice for _value, voice in given)):
        return None
    if kind is QuestionKind.TEXT:
        return Tally(len(given), texts=sorted(str(value) for value, _voice in given))
    picture = _picture(kind, given)
    counted = grand_total(picture)
    if not counted:
        return None
    numbers = [float(value) for value, voice in given if voice in counted and _is_number(value)]
    return Tally(
        given=people_in(counted),
        counts=[
            Count(label, None if (key, _column(kind, key)) in picture.hidden else _times(picture, kind, key))
            for key, label in _labels(kind, options, [key for key, _ in picture.cells])
        ],
        others=people_in(picture.together.get(_ALL, frozenset())),
        middle=median(numbers) if numbers else None,
    )


def _picture(kind: QuestionKind, given: Sequence[tuple[Value, Voice]]) -> Picture[str, str]:
    """The answers by what was said; of choices each by itself, for somebody may have made several."""
    table: dict[tuple[str, str], Group] = {}
    for value, voice in given:
        for said in _said(value):
            place = (said, _column(kind, said))
            table[place] = table.get(place, frozenset()) | {voice}
    return picture_of(table)


def _column(kind: QuestionKind, said: str) -> str:
    return said if kind is QuestionKind.CHOICES else _ALL


def _times(picture: Picture[str, str], kind: QuestionKind, said: str) -> int:
    return people_in(picture.cells.get((said, _column(kind, said)), frozenset()))


def _is_number(value: Value) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _said(value: Value) -> list[str]:
    if isinstance(value, bool):
        return [YES if value else NO]
    return list(value) if isinstance(value, list) else [str(value)]


def _labels(kind: QuestionKind, options: Sequence[str], shown: Iterable[str]) -> Iterable[tuple[str, str]]:
    """What can be said, in order, with its words; of what people wrote themselves, what is ``shown``."""
    if kind is QuestionKind.SCALE:
        yield from (
            (str(score), f"{score} – {words}" if words else str(score))
            for score, words in scale_steps(options)
        )
    elif kind is QuestionKind.YES_NO:
        yield from ((YES, YES), (NO, NO))
    elif kind in (QuestionKind.CHOICE, QuestionKind.CHOICES):
        yield from ((one, one) for one in options)
        yield from ((one, one) for one in sorted(set(shown) - set(options)))
    elif kind is QuestionKind.NUMBER:
        yield from ((one, one) for one in sorted(set(shown), key=float))
    else:
        yield from ((one, one) for one in sorted(set(shown)))
