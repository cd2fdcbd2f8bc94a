"""The forms of busy calendars. What is typed into them is never filled in again."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from exchange.busy.fetching.fetch_messages import Source
from exchange.busy.fetching.url_safety import URL_MAX
from exchange.busy.unavailable_days import SpanDraft
from exchange.models import BusyKind, City
from exchange.web.presentation.base_form import BaseForm, one_line, stripped
from exchange.web.presentation.form_fields import date_field

MYSELF = "me"

KINDS = {
    BusyKind.ICS: _l("A calendar file: an address in iCal format that a calendar service gives"),
    BusyKind.CALDAV: _l("A CalDAV collection, as Nextcloud and others have it"),
}


class AddressForm(BaseForm):
    """Where a calendar is."""

    kind = RadioField(
        _l("Kind"),
        choices=[SelectChoice(kind.value, words) for kind, words in KINDS.items()],
        default=BusyKind.ICS.value,
        validators=[InputRequired(_l("Choose a kind."))],
    )
    url = StringField(
        _l("Address"),
        filters=[stripped],
        validators=[InputRequired(_l("Give the address of the calendar.")), one_line(URL_MAX)],
    )
    user = StringField(_l("User"), filters=[stripped], validators=[one_line()])
    password = PasswordField(_l("Password"), validators=[one_line()])

    def source(self) -> Source:
        """What was typed; call it after the form has validated."""
        return Source(self.kind.data, self.url.data, self.user.data or "", self.password.data or "")


class GiveForm(AddressForm):
    """A new calendar: whose it is, and where."""

    owner = SelectField(_l("Whose calendar"), validators=[InputRequired(_l("Say whose calendar it is."))])

    def offer(self, cities: Sequence[City]) -> None:
        """Fill the list of owners: the cities, and oneself."""
        self.owner.choices = [
            *(SelectChoice(str(city.id), _("The city of %(name)s", name=city.name)) for city in cities),
            SelectChoice(MYSELF, _("My own")),
        ]

    @property
    def city_id(self) -> int | None:
        """The city chosen; None for oneself."""
        return None if self.owner.data == MYSELF else int(self.owner.data)


class UnavailableForm(BaseForm):
    """We cannot, from one day to another."""

    city = SelectField(_l("City"), validators=[InputRequired(_l("Say which city."))])
    first_on = date_field(_l("First day"))
    last_on = date_field(_l("Last day"))

    def offer(self, cities: Sequence[City]) -> None:
        """Fill the list of cities; a reader's only one is chosen already, and of several none is."""
        none = [SelectChoice("", _("Choose a city"))] if len(cities) > 1 else []
        self.city.choices = [*none, *(SelectChoice(str(city.id), city.name) for city in cities)]

    def draft(self) -> SpanDraft:
        """What was typed; call it after the form has validated."""
        return SpanDraft(int(self.city.data), self.first_on.data, self.last_on.data)


class PlainForm(BaseForm):
    """A form without fields, for actions that need none."""
