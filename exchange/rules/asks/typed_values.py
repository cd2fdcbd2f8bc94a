"""What somebody typed or ticked as an answer: read as a value of its question's kind, or refused in words.

It keeps nothing and knows no forms: a page names the field, the kind of question says what it may hold.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Protocol

from exchange.errors import InvalidInput
from exchange.rules.asks.question_kinds import SCALE_ENDS, Answer, QuestionKind, Value
from exchange.rules.plain_text import is_some_text
from exchange.rules.time.typed_times import typed_date

TEXT_MAX = 20_000  # characters of one answer: some seven pages
NUMBER_MAX_DIGITS = 9  # before and after the point together
YES, NO = "yes", "no"
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?", re.ASCII)


class Question(Protocol):
    """A question as far as its answers are concerned."""

    @property
    def kind(self) -> str:
        """A QuestionKind."""

    @property
    def options(self) -> Sequence[str]:
        """The choices; of a scale the words at both ends, or those of each step."""

    @property
    def is_required(self) -> bool:
        """Whether nothing is handed in without an answer to it."""

    @property
    def per(self) -> str:
        """What it is answered for each of; "" for once."""


def read_value(question: Question, typed: Sequence[str]) -> Value | None:
    """The value of what came from a field, as it came: one text, or each box that was ticked.

    None for no answer. Raises InvalidInput, without a field, for what the kind of question does not take.
    """
    said = [text for text in (one.strip() for one in typed) if text]
    if not said:
        return None
    kind = QuestionKind(question.kind)
    if kind is QuestionKind.CHOICES:
        return _choices(question, said)
    return _READERS[kind](question, said[0])


def typed_from(answer: Value | None) -> list[str]:
    """What stands in a field for a value: the opposite of read_value."""
    if answer is None or answer == "":
        return []
    if isinstance(answer, bool):
        return [YES if answer else NO]
    return list(answer) if isinstance(answer, list) else [str(answer)]


def is_answered(answer: Answer | None) -> bool:
    """Whether something was said: of a question with rows, for one of them."""
    if isinstance(answer, Mapping):
        return any(is_answered(value) for value in answer.values())
    if isinstance(answer, str):
        return bool(answer.strip())
    return answer is not None and answer != []


def scale_steps(options: Sequence[str]) -> list[tuple[int, str]]:
    """The scores of a scale with their words: of each, or those at both ends, "" between."""
    lowest, highest = SCALE_ENDS
    words = dict(zip((lowest, highest), options, strict=False))
    if len(options) == highest - lowest + 1:
        words = dict(enumerate(options, lowest))
    return [(score, words.get(score, "")) for score in range(lowest, highest + 1)]


def _text(_question: Question, typed: str) -> Value:
    if len(typed) > TEXT_MAX:
        raise InvalidInput(
            "This is %(length)s characters long; at most %(most)s fit.", length=len(typed), most=TEXT_MAX
        )
    if not is_some_text(typed):
        raise InvalidInput("Take out control characters; only text and line breaks can be kept.")
    return typed


def _choice(question: Question, typed: str) -> Value:
    if typed not in question.options:
        raise InvalidInput("That is not one of the choices.")
    return typed


def _choices(question: Question, typed: Sequence[str]) -> Value:
    for one in typed:
        _choice(question, one)
    return [option for option in question.options if option in typed]


def _score(_question: Question, typed: str) -> Value:
    lowest, highest = SCALE_ENDS
    if not (typed.isascii() and typed.isdigit() and len(typed) < 3 and lowest <= int(typed) <= highest):
        raise InvalidInput(
            "Choose a whole number from %(lowest)s to %(highest)s.", lowest=lowest, highest=highest
        )
    return int(typed)


def _number(_question: Question, typed: str) -> Value:
    plain = typed.replace("\u2212", "-").replace(" ", "")
    digits = sum(one.isdigit() for one in plain)
    if not _NUMBER.fullmatch(plain) or digits > NUMBER_MAX_DIGITS:
        raise InvalidInput(
            "Write a number in digits, like 12 or 3.5, with at most %(most)s of them.", most=NUMBER_MAX_DIGITS
        )
    number = Decimal(plain.replace(",", "."))
    return int(number) if number == number.to_integral_value() else float(number)


def _date(_question: Question, typed: str) -> Value:
    return typed_date(typed).isoformat()


def _yes_no(_question: Question, typed: str) -> Value:
    if typed not in (YES, NO):
        raise InvalidInput("Choose yes or no.")
    return typed == YES


_READERS = {
    QuestionKind.TEXT: _text,
    QuestionKind.CHOICE: _choice,
    QuestionKind.SCALE: _score,
    QuestionKind.NUMBER: _number,
    QuestionKind.DATE: _date,
    QuestionKind.YES_NO: _yes_no,
}
