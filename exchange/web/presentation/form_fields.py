"""Fields and forms that several pages have: days, wall times, zones, reasons, checkboxes, versions.

They check what was typed; what it means, each capability's forms.py says.
"""

from collections.abc import Iterable
from typing import TypeVar

from flask_babel import lazy_gettext as _
from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from exchange.web.presentation.base_form import BaseForm, Validator, one_line, some_text, stripped

Typed = TypeVar("Typed")
REASON_MAX = 500  # characters of a reason: two or three sentences
LINK_MAX = 500  # characters of a link; meeting services make long ones
NUMBER_MAX = 9  # characters of a whole number: more than any field asks for, and it fits a column
ZONE_MAX = 60  # characters; the longest name in the zone data has 32


class CheckboxesField(SelectMultipleField):
    """Several choices as a list of checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class WholeNumberField(IntegerField):
    """A whole number of at most nine digits; WTForms cannot compare one of 400 with its bounds."""

    data: int | None

    def process_formdata(self, valuelist: list[str]) -> None:
        """Raises ValueError for what is no such number."""
        if valuelist and len(valuelist[0].strip()) > NUMBER_MAX:
            self.data = None
            raise ValueError(self.gettext("Not a valid integer value."))
        super().process_formdata(valuelist)


class VersionedForm(BaseForm):
    """A form that knows which version of the cycle or the event it was opened on."""

    version = HiddenField()

    @property
    def opened_version(self) -> int:
        """The version the sender saw; 0, which nothing has, when it was taken out or spoilt."""
        text = self.version.data  # the row's own number when the field was not sent at all
        return (
            int(text) if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 10 else 0
        )


class ReasonForm(VersionedForm):
    """A change of which the reason is kept: cancelling, postponing, setting blocks aside."""

    reason = TextAreaField(
        _("Reason"),
        filters=[stripped],
        validators=[InputRequired(_("Write the reason: it is kept for good.")), some_text(REASON_MAX)],
    )


def reason_field() -> TextAreaField:
    """Why something is done; needed only where an action says so."""
    return TextAreaField(_("Reason"), filters=[stripped], validators=[some_text(REASON_MAX)])


def date_field(label: str, *, is_needed: bool = True) -> DateField:
    """A day."""
    needed = InputRequired(_("Give the date as day, month and year, like 11 Jan 2027."))
    return DateField(label, validators=[needed if is_needed else Optional()])


def clock_field() -> TimeField:
    """The wall time at which something starts."""
    needed = InputRequired(_("Give the start on the 24-hour clock, like 14:00."))
    return TimeField(_("Start"), validators=[needed])


def zone_field(label: str, *, is_needed: bool = True) -> StringField:
    """The zone of a wall time, by its IANA name."""
    needed = [InputRequired(_("Name the time zone, like Europe/London."))] if is_needed else []
    return StringField(label, filters=[stripped], validators=[*needed, one_line(ZONE_MAX)])


def minutes_field(*validators: Validator) -> WholeNumberField:
    """How long something takes."""
    needed = InputRequired(_("Give the length in minutes, like 90."))
    return WholeNumberField(_("Length in minutes"), validators=[needed, *validators])


def link_field() -> StringField:
    """Where to join; that it is encrypted, the drafts and actions check."""
    return StringField(_("Link for joining"), filters=[stripped], validators=[one_line(LINK_MAX)])


def named_field() -> TextAreaField:
    """Who may know of something at TLP:RED: e-mail addresses, one a line."""
    return TextAreaField(_("People named at TLP:RED"), filters=[stripped], validators=[some_text()])


def addresses_in(field: TextAreaField) -> tuple[str, ...]:
    """The addresses that such a field holds, however they were set apart."""
    return tuple((field.data or "").replace(",", " ").replace(";", " ").split())


def choices(pairs: Iterable[tuple[object, object]]) -> list[SelectChoice]:
    """Values with their words, as WTForms takes them."""
    return [SelectChoice(value, words) for value, words in pairs]


def given(value: Typed | None) -> Typed:
    """What a needed field holds; call it after the form has validated."""
    assert value is not None  # InputRequired has refused an empty field
    return value
