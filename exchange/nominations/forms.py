"""Forms of nominations: naming a colleague, and deciding about one. They save nothing."""

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import DataRequired

from exchange.models import ExpertGroup
from exchange.web.presentation.base_form import BaseForm, one_line, some_text, stripped
from exchange.web.presentation.form_fields import choices

CONTACT = 0  # in place of a group's id: they speak for the city
WORD_MAX = 500  # characters of why somebody is not invited


class ColleagueForm(BaseForm):
    """A colleague's name and address."""

    name = StringField(
        _l("Their name"), filters=[stripped], validators=[DataRequired(_l("Write their name.")), one_line()]
    )
    email = StringField(
        _l("Their e-mail address"),
        filters=[stripped],
        validators=[DataRequired(_l("Write their e-mail address.")), one_line()],
    )


class InviteForm(ColleagueForm):
    """The colleague as they are to be entered, and in which part."""

    part = RadioField(_l("They take part as"), coerce=int, default=CONTACT)

    def offer(self, city: str, groups: Iterable[ExpertGroup]) -> None:
        """The parts in which somebody of this city is invited to the meeting."""
        contact = (CONTACT, _("Contact of %(city)s", city=city))
        seats = [(group.id or 0, _("Member of the group %(group)s", group=group.name)) for group in groups]
        self.part.choices = choices([contact, *seats])


class DeclineForm(BaseForm):
    """Why a colleague is not invited, for who named them."""

    word = TextAreaField(
        _l("Why not, in a sentence"),
        filters=[stripped],
        validators=[
            DataRequired(_l("Write a sentence: who named them reads it.")),
            some_text(WORD_MAX),
        ],
    )
