"""The one form of an invitation: three buttons, and room for what somebody needs. It saves nothing."""

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from exchange.models import Answer
from exchange.web.presentation.base_form import BaseForm, some_text, stripped

NEED_MAX = 500  # characters: enough for a kitchen and a lift

SAID = {
    Answer.ACCEPTED: _("I will come"),
    Answer.TENTATIVE: _("Perhaps"),
    Answer.DECLINED: _("I cannot come"),
}


class AnswerForm(BaseForm):
    """Whether somebody comes; each button sends the form."""

    answer = RadioField(
        _("Your answer"),
        choices=[SelectChoice(answer.value, words) for answer, words in SAID.items()],
        validators=[InputRequired(_("Press one of the three buttons."))],
    )

    needs = TextAreaField(
        _("Anything we should know about food or access"),
        filters=[stripped],
        validators=[some_text(NEED_MAX)],
    )
    no_needs = BooleanField(_("Take away what I wrote before"))

    @property
    def said(self) -> Answer:
        """What was pressed; call it after the form has validated."""
        return Answer(self.answer.data)
