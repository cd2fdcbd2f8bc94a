"""Forms of an ask's questions and of its last day: typed text as planned questions. They save nothing."""

from collections.abc import Sequence
from dataclasses import replace

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, Form, FormField, HiddenField, SelectField, StringField, TextAreaField

from exchange.errors import InvalidInput
from exchange.models import Ask
from exchange.rules.asks.question_kinds import QuestionKind, RowOf
from exchange.rules.asks.question_sets import (
    HELP_MAX,
    OPTION_MAX,
    OPTIONS_MAX,
    QUESTIONS_MAX,
    PlannedQuestion,
)
from exchange.rules.programme.stage_plan_file import QUESTION_MAX
from exchange.rules.whole_numbers import whole_number
from exchange.web.presentation.base_form import one_line, some_text, stripped
from exchange.web.presentation.date_formats import sentence
from exchange.web.presentation.form_fields import VersionedForm, choices, date_field
from exchange.web.presentation.row_fields import RowsField

SPARE = 3  # empty rows after the questions that there are
KINDS = {
    QuestionKind.TEXT: _("Text"),
    QuestionKind.CHOICE: _("One of several choices"),
    QuestionKind.CHOICES: _("Several choices"),
    QuestionKind.SCALE: _("Scale from 1 to 5"),
    QuestionKind.NUMBER: _("Number"),
    QuestionKind.DATE: _("Date"),
    QuestionKind.YES_NO: _("Yes or no"),
}
ROWS = {
    "": _("Once"),
    RowOf.THEME: _("For each theme"),
    RowOf.FINDING: _("For each finding"),
    RowOf.OBJECTIVE: _("For each objective"),
}


class QuestionFields(Form):
    """One question among several; one without text is no question."""

    id = HiddenField()
    text = StringField(_("Question"), filters=[stripped], validators=[one_line(QUESTION_MAX)])
    kind = SelectField(_("Answered by"), choices=choices(KINDS.items()), default=QuestionKind.TEXT)
    help = StringField(_("Help"), filters=[stripped], validators=[one_line(HELP_MAX)])
    options = TextAreaField(
        _("Choices, or words of the scale"),
        filters=[stripped],
        validators=[some_text(OPTIONS_MAX * (OPTION_MAX + 2))],
    )
    is_required = BooleanField(_("Has to be answered"))
    per = SelectField(_("Asked"), choices=choices(ROWS.items()), default="")

    @property
    def is_filled(self) -> bool:
        """Whether something was typed."""
        return bool(self.text.data or self.options.data or self.help.data)

    def planned(self) -> PlannedQuestion:
        """What was typed."""
        lines = (line.strip() for line in (self.options.data or "").splitlines())
        return PlannedQuestion(
            text=self.text.data or "",
            kind=QuestionKind(self.kind.data),
            help=self.help.data or "",
            options=tuple(line for line in lines if line),
            is_required=bool(self.is_required.data),
            per=RowOf(self.per.data) if self.per.data else None,
            id=whole_number(self.id.data or ""),
        )


class QuestionSetForm(VersionedForm):
    """The questions of an ask in their order."""

    questions = RowsField(FormField(QuestionFields), max_entries=QUESTIONS_MAX)

    def planned(self, ask: Ask) -> list[PlannedQuestion]:
        """What was typed, without empty rows; one that names a question of another ask is new."""
        own = {question.id for question in ask.questions}
        typed = [entry.form.planned() for entry in self._filled()]
        return [one if one.id in own else replace(one, id=None) for one in typed]

    def add_error(self, error: InvalidInput) -> None:
        """Put a refusal at the question it names ("questions_2"), counted without empty rows."""
        number = whole_number((error.field or "").removeprefix("questions_"))
        filled = self._filled()
        if not number or number > len(filled):
            super().add_error(error)
            return
        text = filled[number - 1].form.text
        text.errors = [*text.errors, sentence(error)]
        self.questions.errors = [*self.questions.errors, text.errors]

    def _filled(self) -> list[FormField]:
        return [entry for entry in self.questions if entry.form.is_filled]


class LastDayForm(VersionedForm):
    """Until when answers are taken."""

    closes_on = date_field(_("Last day"))


def typed_questions(questions: Sequence[PlannedQuestion]) -> list[dict[str, object]]:
    """What the form shows of the questions there are, and a few empty rows."""
    saved: list[dict[str, object]] = [
        {
            "id": str(one.id),
            "text": one.text,
            "kind": one.kind,
            "help": one.help,
            "options": "\n".join(one.options),
            "is_required": one.is_required,
            "per": one.per or "",
        }
        for one in questions
    ]
    return (saved + [{} for _n in range(SPARE)])[:QUESTIONS_MAX]
