"""Answers to a needs round, by hand."""

from exchange.rules.needs.scores import LastExercised, NeedAnswer
from exchange.rules.results.small_groups import Voice


def answer(
    importance: int = 4,
    confidence: int = 3,
    last: LastExercised = LastExercised.WITHIN_A_YEAR,
    *,
    city: int = 1,
    theme: int = 1,
    person: int = 1,
    organisation: int | None = 1,
    cause: str = "",
) -> NeedAnswer:
    voice = Voice(person, person, organisation)
    return NeedAnswer(city, theme, voice, importance, confidence, last, cause)


def city(number: int, confidences: list[int], *, importance: int = 4, theme: int = 1) -> list[NeedAnswer]:
    """A city's people, of two organisations in turn."""
    return [
        answer(
            importance,
            confidence,
            city=number,
            theme=theme,
            person=100 * number + n,
            organisation=100 * number + n % 2,
        )
        for n, confidence in enumerate(confidences)
    ]
