"""The one form of an invitation: three buttons. It saves nothing."""

from flask_babel import lazy_gettext as _
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from exchange.models import Answer
from exchange.web.forms import HouseForm

SAID = {
    Answer.ACCEPTED: _("I will come"),
    Answer.TENTATIVE: _("Perhaps"),
    Answer.DECLINED: _("I cannot come"),
}


class AnswerForm(HouseForm):
    """Whether somebody comes; each button sends the form."""

    answer = RadioField(
        _("Your answer"),
        choices=[SelectChoice(answer.value, words) for answer, words in SAID.items()],
        validators=[InputRequired(_("Press one of the three buttons."))],
    )

    @property
    def said(self) -> Answer:
        """What was pressed; call it after the form has validated."""
        return Answer(self.answer.data)
