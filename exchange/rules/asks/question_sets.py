"""A set of questions as somebody plans it: what each kind needs, and what may change once there are answers.

Not who may change it, nor where it is kept.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from exchange.errors import InvalidInput
from exchange.rules.asks.question_kinds import SCALE_ENDS, QuestionKind, RowOf
from exchange.rules.markings.state_secrets import refuse_state_secrets
from exchange.rules.plain_text import is_one_line, is_some_text
from exchange.rules.programme.stage_plan_file import QUESTION_MAX

QUESTIONS_MAX = 30  # of one ask
HELP_MAX = 500
OPTIONS_MAX = 20
OPTION_MAX = 120  # characters of a choice
_WITH_CHOICES = {QuestionKind.CHOICE, QuestionKind.CHOICES}


@dataclass(frozen=True)
class PlannedQuestion:
    """One question. ``id`` None for one that is new; ``options`` as in the table of questions."""

    text: str
    kind: QuestionKind = QuestionKind.TEXT
    help: str = ""
    options: tuple[str, ...] = ()
    is_required: bool = False
    per: RowOf | None = None
    id: int | None = None

    @property
    def wording(self) -> tuple[str, str, str, tuple[str, ...]]:
        """What its answers depend on: another makes another version of the question."""
        return self.text, self.help, self.kind, self.options


def checked_questions(questions: Sequence[PlannedQuestion]) -> None:
    """Raise InvalidInput, at the field of the question ("questions_2", from 1), for what cannot be asked."""
    if not questions:
        raise InvalidInput("Write at least one question.", field="questions_1")
    if len(questions) > QUESTIONS_MAX:
        raise InvalidInput("At most %(most)s questions fit.", field="questions_1", most=QUESTIONS_MAX)
    for number, question in enumerate(questions, 1):
        _check(question, f"questions_{number}")


def refuse_lost_answers(
    before: Sequence[PlannedQuestion], after: Sequence[PlannedQuestion], answered: Collection[int]
) -> None:
    """Raise InvalidInput for a question with answers that is taken away, or asks for another kind of thing.

    It may be worded anew, with other choices: each answer keeps the wording it was given to.
    """
    kept = {question.id: (number, question) for number, question in enumerate(after, 1)}
    for question in before:
        if question.id not in answered:
            continue
        if question.id not in kept:
            raise InvalidInput(
                "“%(text)s” has answers already: it can be worded anew, and not taken away.",
                field="questions",
                text=question.text,
            )
        number, new = kept[question.id]
        if (new.kind, new.per) != (question.kind, question.per):
            raise InvalidInput(
                "“%(text)s” has answers already: what kind of question it is stays as it is.",
                field=f"questions_{number}",
                text=question.text,
            )


def _check(question: PlannedQuestion, field: str) -> None:
    if not question.text.strip():
        raise InvalidInput("Write the question.", field=field)
    if not is_some_text(question.text):
        raise InvalidInput("Take out control characters; only text can be kept.", field=field)
    if len(question.text) > QUESTION_MAX:
        raise InvalidInput("A question has at most %(most)s characters.", field=field, most=QUESTION_MAX)
    if len(question.help) > HELP_MAX or not is_one_line(question.help):
        raise InvalidInput("The help is one line of at most %(most)s characters.", field=field, most=HELP_MAX)
    for text in (question.text, question.help, *question.options):
        refuse_state_secrets(text, field=field)
    _check_options(question, field)


def _check_options(question: PlannedQuestion, field: str) -> None:
    options = question.options
    lowest, highest = SCALE_ENDS
    for option in options:
        if not option.strip() or not is_one_line(option) or len(option) > OPTION_MAX:
            raise InvalidInput(
                "A choice is one line of at most %(most)s characters.", field=field, most=OPTION_MAX
            )
    if question.kind in _WITH_CHOICES:
        if not 2 <= len(options) <= OPTIONS_MAX:
            raise InvalidInput("Give from 2 to %(most)s choices, one a line.", field=field, most=OPTIONS_MAX)
        if len(set(options)) < len(options):
            raise InvalidInput("Each choice stands once.", field=field)
    elif question.kind is QuestionKind.SCALE:
        if len(options) not in (2, highest - lowest + 1):
            raise InvalidInput(
                "Give the words at both ends of the scale, or for each of its %(steps)s steps, one a line.",
                field=field,
                steps=highest - lowest + 1,
            )
    elif options:
        raise InvalidInput("Only choices and scales have words to choose from.", field=field)
