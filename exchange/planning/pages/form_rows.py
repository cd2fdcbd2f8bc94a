"""Rows that the form of a plan repeats: spans of days, and kinds of training events. They save nothing."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, Form, SelectField
from wtforms.validators import InputRequired, NumberRange, Optional

from exchange.web.presentation.form_fields import WholeNumberField


def number(label: object, least: int, most: int, *, optional: bool = False) -> WholeNumberField:
    """A field for a whole number in bounds, which may stay empty where it is optional."""
    said = _l("Write a whole number from %(least)s to %(most)s.", least=least, most=most)
    needed = Optional() if optional else InputRequired(said)
    return WholeNumberField(label, validators=[needed, NumberRange(least, most, said)])


class PauseForm(Form):
    """One pause: both dates or none."""

    first_on = DateField(_l("From"), validators=[Optional()])
    last_on = DateField(_l("Until"), validators=[Optional()])

    def validate(self, extra_validators: object = None) -> bool:
        """A pause has two ends in their order. (Optional fields that are empty ask no inline validator.)"""
        if not super().validate(extra_validators):
            return False
        first, last = self.first_on.data, self.last_on.data
        if (first is None) != (last is None):
            return refused(self.last_on, _("Give both days, or none."))
        if first and last and last < first:
            return refused(self.last_on, _("This ends before it begins."))
        return True


class KindForm(Form):
    """One kind of training event with its length and season; an empty kind is no row."""

    kind = SelectField(_l("Kind"), default="")
    minutes = number(_l("Minutes"), 15, 480, optional=True)
    per_year = number(_l("A year"), 1, 60, optional=True)
    first_week = number(_l("From ISO week"), 1, 53, optional=True)
    last_week = number(_l("Until ISO week"), 1, 53, optional=True)

    def validate(self, extra_validators: object = None) -> bool:
        """A kind has a length; a season has two ends."""
        if not super().validate(extra_validators):
            return False
        if self.kind.data and self.minutes.data is None:
            return refused(self.minutes, _("Give the length in minutes, like 120."))
        first, last = self.first_week.data, self.last_week.data
        if (first is None) != (last is None):
            return refused(self.last_week, _("Give both weeks of a season, or none."))
        if first is not None and last is not None and last < first:
            return refused(self.last_week, _("The season ends before it begins."))
        return True


def refused(field: Field, said: str) -> bool:
    """Put a sentence at a field; always False, as a validator answers."""
    field.errors = [*field.errors, said]
    return False
