"""Questions as fields of a form, one for each row where there are rows; and what the fields say, as answers.

What a kind of question takes, rules.asks.typed_values says; nothing is saved here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from flask_babel import lazy_gettext as _
from wtforms import Field, Form, RadioField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import DateInput

from exchange.contributions.drafts import answer_field
from exchange.errors import InvalidInput
from exchange.models import AskQuestion, AskRow
from exchange.rules.asks.question_kinds import Answer, QuestionKind, Value
from exchange.rules.asks.typed_values import NO, TEXT_MAX, YES, read_value, scale_steps, typed_from
from exchange.web.presentation.base_form import BaseForm, some_text
from exchange.web.presentation.date_formats import sentence
from exchange.web.presentation.form_fields import CheckboxesField, choices


@dataclass(frozen=True)
class Block:
    """Questions that stand together: those that are answered once, or those of one row under its title."""

    title: str
    fields: Sequence[tuple[str, AskQuestion]]


def question_fields(questions: Sequence[AskQuestion], rows: Sequence[AskRow]) -> dict[str, object]:
    """The fields by name, unbound, in the order of the questions."""
    return {
        answer_field(question.id or 0, row.id if row else None): _field(question)
        for question, row in _each(questions, rows)
    }


def blocks_of(questions: Sequence[AskQuestion], rows: Sequence[AskRow]) -> list[Block]:
    """How the fields stand on a page: questions for each of the same thing stand together, row by row."""
    found = []
    for per, together in groupby(questions, lambda one: one.per):
        asked = list(together)
        for row in _rows_of(per, rows):
            names = [(answer_field(one.id or 0, row.id if row else None), one) for one in asked]
            found.append(Block(row.title if row else "", names))
    return found


def typed_answers(
    form: BaseForm, questions: Sequence[AskQuestion], rows: Sequence[AskRow]
) -> dict[int, Answer]:
    """What a form that was validated says, by question id; nothing for what was left empty, but text is "".

    What a kind of question does not take was refused by its field.
    """
    found: dict[int, Answer] = {}
    for question in questions:
        values: dict[str, Value] = {}
        for row in _rows_of(question.per, rows):
            value = _value(question, form[answer_field(question.id or 0, row.id if row else None)])
            if value is not None:
                values[str(row.id) if row else ""] = value
        if question.per:
            found[question.id or 0] = values
        elif values:
            found[question.id or 0] = values[""]
    return found


def fields_from(
    answers: Mapping[str, Answer], questions: Sequence[AskQuestion], rows: Sequence[AskRow]
) -> dict[str, object]:
    """What saved answers put into the fields."""
    found: dict[str, object] = {}
    for question, row in _each(questions, rows):
        answer = answers.get(str(question.id))
        value = answer.get(str(row.id if row else "")) if isinstance(answer, Mapping) else answer
        typed = typed_from(value)
        is_list = question.kind == QuestionKind.CHOICES
        name = answer_field(question.id or 0, row.id if row else None)
        found[name] = typed if is_list else typed[0] if typed else ""
    return found


def _each(
    questions: Sequence[AskQuestion], rows: Sequence[AskRow]
) -> Iterator[tuple[AskQuestion, AskRow | None]]:
    for question in questions:
        for row in _rows_of(question.per, rows):
            yield question, row


def _rows_of(per: str, rows: Sequence[AskRow]) -> list[AskRow | None]:
    return [row for row in rows if row.per == per] if per else [None]


def _value(question: AskQuestion, field: Field) -> Value | None:
    if question.kind == QuestionKind.TEXT:
        return str(field.data or "")
    try:
        return read_value(question, _typed(field))
    except InvalidInput:  # its field says so: a page that is shown again keeps what was typed
        return None


def _typed(field: Field) -> list[str]:
    return [str(one) for one in field.data] if isinstance(field.data, list) else [str(field.data or "")]


def _field(question: AskQuestion) -> object:
    kind, reads = QuestionKind(question.kind), _Reads(question)
    if kind is QuestionKind.TEXT:
        return TextAreaField(question.text, filters=[_plain_lines], validators=[some_text(TEXT_MAX), reads])
    if kind is QuestionKind.CHOICES:
        offered = choices((one, one) for one in question.options)
        return CheckboxesField(question.text, choices=offered, validate_choice=False, validators=[reads])
    if kind in (QuestionKind.NUMBER, QuestionKind.DATE):
        widget = {"widget": DateInput()} if kind is QuestionKind.DATE else {}
        return StringField(question.text, validators=[reads], **widget)
    return RadioField(question.text, choices=_offered(question), validate_choice=False, validators=[reads])


def _offered(question: AskQuestion) -> list[SelectChoice]:
    """The choices of a radio field; one to take an answer back, unless it has to be given."""
    if question.kind == QuestionKind.SCALE:
        offered = [
            (str(score), f"{score} – {words}" if words else str(score))
            for score, words in scale_steps(question.options)
        ]
    elif question.kind == QuestionKind.YES_NO:
        offered = [(YES, _("Yes")), (NO, _("No"))]
    else:
        offered = [(one, one) for one in question.options]
    return choices([*offered, *([] if question.is_required else [("", _("No answer"))])])


class _Reads:
    """Refuses, in the words of the rule, what the kind of question does not take.

    That one has to be answered is said beside it, and asked for when the answer is handed in.
    """

    def __init__(self, question: AskQuestion) -> None:
        self._question = question
        self.field_flags = {"required": True} if question.is_required else {}

    def __call__(self, _form: Form, field: Field) -> None:
        try:
            read_value(self._question, _typed(field))
        except InvalidInput as error:
            raise ValidationError(sentence(error)) from error


def _plain_lines(text: str | None) -> str:
    """What was typed, its line breaks as one character each, as they are counted and compared."""
    return (text or "").replace("\r\n", "\n").replace("\r", "\n").strip()
