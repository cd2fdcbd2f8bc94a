"""The kinds of questions, what a question is asked for each of, and the values that answer them.

Reading and checking of what was typed is in typed_values.
"""

from collections.abc import Mapping
from enum import StrEnum

SCALE_ENDS = (1, 5)

Value = str | int | float | bool | list[str]
"""One answer: Markdown, a choice, a score, a number, a date as YYYY-MM-DD, yes or no, or several choices."""
Answer = Value | Mapping[str, Value]
"""The answer to a question; of one with a row for each, the values by the id of the row."""


class QuestionKind(StrEnum):
    """What an answer is."""

    TEXT = "text"  # Markdown
    CHOICE = "choice"  # one of the options
    CHOICES = "choices"  # any of them
    SCALE = "scale"  # a whole number from 1 to 5
    NUMBER = "number"
    DATE = "date"
    YES_NO = "yes/no"


class RowOf(StrEnum):
    """What a question is answered for each of."""

    THEME = "theme"
    FINDING = "finding"
    OBJECTIVE = "objective"
