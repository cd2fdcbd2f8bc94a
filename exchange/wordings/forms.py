"""The form of a wording. It saves nothing."""

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from exchange.mail.writing.custom_wording import Edited
from exchange.rules.sentences import Sentence
from exchange.web.presentation.base_form import BaseForm, one_line, some_text
from exchange.web.presentation.date_formats import sentence
from exchange.wordings.drafts import Scope, faults_in
from exchange.wordings.example_letters import Example

BODY_MAX = 5_000  # characters


class WordingForm(BaseForm):
    """Subject and text of a letter, and on whom to try it."""

    opened = HiddenField()
    subject = StringField(_("Subject"), validators=[InputRequired(_("Write a subject.")), one_line(160)])
    body = TextAreaField(_("Text"), validators=[InputRequired(_("Write a text.")), some_text(BODY_MAX)])
    reader = SelectField(_("Try it on"), coerce=int, validate_choice=False)

    def offer(self, examples: list[Example]) -> None:
        """Offer the readers of this letter to try it on."""
        self.reader.choices = [(one.person.id or 0, f"{one.person.name}, {one.city}") for one in examples]

    def edited(self) -> Edited:
        """What was typed."""
        return Edited(self.subject.data or "", self.body.data or "")

    def opened_number(self) -> int:
        """The version the form was opened with; -1, which no version has, for anything else."""
        text = self.opened.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1

    def is_right(self, scope: Scope) -> bool:
        """Whether all can be kept; each unknown placeholder stands at its field, with its place."""
        is_valid = bool(self.validate())
        found = self.check_placeholders(scope)
        for name, sentences in found.items():
            field = self._fields[name]
            field.errors = [*field.errors, *(sentence(one) for one in sentences)]
        return is_valid and not found

    def check_placeholders(self, scope: Scope) -> dict[str, list[Sentence]]:
        """What is wrong with the placeholders, by field."""
        return faults_in(scope, self.edited())

    def chosen(self, examples: list[Example]) -> Example | None:
        """The letter of the chosen reader, else of the first; None when nobody gets such a letter."""
        mine = [one for one in examples if one.person.id == self.reader.data]
        return next(iter(mine or examples), None)
