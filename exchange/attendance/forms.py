"""Forms of attendance: the sheet of a meeting, and the button "I am here". They save nothing."""

from collections.abc import Iterable, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form, FormField, HiddenField, RadioField, SelectField, TextAreaField
from wtforms.validators import NumberRange, Optional, ValidationError

from exchange.attendance.drafts import OTHERS_MOST, PEOPLE_MOST, SheetDraft, Unnamed
from exchange.attendance.meetings import Meeting
from exchange.attendance.queries import Offered, Sheet
from exchange.models import OrganisationKind, Presence
from exchange.web.presentation.base_form import BaseForm, some_text, stripped
from exchange.web.presentation.form_fields import (
    CheckboxesField,
    VersionedForm,
    WholeNumberField,
    addresses_in,
    choices,
)
from exchange.web.presentation.row_fields import RowsField

EMPTY_ROWS = 2  # for more people whom nobody here knows
SECTORS = {
    "": _l("Not known"),
    OrganisationKind.AUTHORITY: _l("Authority"),
    OrganisationKind.POLICE: _l("Police"),
    OrganisationKind.FIRE: _l("Fire and rescue"),
    OrganisationKind.HEALTH: _l("Health"),
    OrganisationKind.ACADEMIC: _l("University or research"),
    OrganisationKind.PRIVATE: _l("Company"),
    OrganisationKind.THIRD_SECTOR: _l("Third sector"),
    OrganisationKind.INTERNATIONAL: _l("International body"),
}
PRESENCES = {Presence.IN_PERSON: _l("In the room"), Presence.REMOTE: _l("From elsewhere")}


class UnnamedFields(Form):
    """How many of one city and sector, of whom no more is known."""

    people = WholeNumberField(
        _l("How many"),
        validators=[
            Optional(),
            NumberRange(1, PEOPLE_MOST, _l("Give a number from 1 to %(max)s.")),
        ],
    )
    city_id = SelectField(_l("City"), coerce=int, default=0)
    sector = SelectField(_l("Sector"), choices=choices(SECTORS.items()), default="")
    is_remote = BooleanField(_l("From elsewhere"))

    def validate_city_id(self, field: SelectField) -> None:
        """A number needs the city it is counted under."""
        if self.people.data and not field.data:
            raise ValidationError(_("Choose the city that they are counted under."))


class SheetForm(VersionedForm):
    """Who was there."""

    seen = HiddenField()
    present = CheckboxesField(_l("Who was there"), coerce=int)
    remote = CheckboxesField(_l("From elsewhere"), coerce=int)
    added = TextAreaField(_l("Others who were there"), filters=[stripped], validators=[some_text()])
    others = RowsField(FormField(UnnamedFields), max_entries=OTHERS_MOST)

    def offer(self, sheet: Sheet, cities: Sequence[tuple[int, str]]) -> None:
        """Fill the lists, and leave some rows empty for more."""
        people = choices((one.person.id or 0, one.person.name) for one in sheet.offered)
        self.present.choices = self.remote.choices = people
        for entry in self.others:
            entry.form.city_id.choices = choices([(0, _("No city")), *cities])

    def validate_remote(self, field: CheckboxesField) -> None:
        """Who took part from elsewhere was there: one box without the other may mean either."""
        odd = set(field.data or ()) - set(self.present.data or ())
        names = [str(one.label) for one in field.choices or () if one.value in odd]
        if names:
            raise ValidationError(
                _(
                    "%(names)s: ticked as from elsewhere, and not as there. Tick both, or neither.",
                    names=", ".join(names),
                )
            )

    def draft(self, meeting: Meeting) -> SheetDraft:
        """What was ticked and typed; call it after the form has validated."""
        remote = set(self.remote.data or ()) if meeting.is_hybrid else set()
        usual = meeting.presence
        return SheetDraft(
            present={one: Presence.REMOTE if one in remote else usual for one in self.present.data or ()},
            added=dict.fromkeys((one.lower() for one in addresses_in(self.added)), usual),
            unnamed=[self._unnamed(one.form, meeting) for one in self.others if one.form.people.data],
            seen=self._seen,
        )

    @property
    def _seen(self) -> int:
        """The newest row that the page showed; all that there are when that was spoilt."""
        text = self.seen.data
        is_number = isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 10
        return int(text) if isinstance(text, str) and is_number else 0

    @staticmethod
    def _unnamed(one: Form, meeting: Meeting) -> Unnamed:
        is_remote = meeting.is_hybrid and one.is_remote.data
        presence = Presence.REMOTE if is_remote else meeting.presence
        return Unnamed(one.city_id.data, one.sector.data, presence, one.people.data)


class HereForm(BaseForm):
    """Somebody is there; each button sends the form."""

    presence = RadioField(_l("How you take part"), choices=choices(PRESENCES.items()))


def typed_sheet(sheet: Sheet) -> dict[str, object]:
    """What the form shows of what is noted, or of who said that they come."""
    here = [one for one in sheet.offered if one.presence is not None]
    saved: list[dict[str, object]] = [
        {
            "people": one.people,
            "city_id": one.city_id,
            "sector": one.sector,
            "is_remote": one.presence is Presence.REMOTE,
        }
        for one in sheet.unnamed
    ]
    empty: dict[str, object] = {"people": None, "city_id": 0, "sector": "", "is_remote": False}
    return {
        "version": sheet.version,
        "seen": sheet.seen,
        "present": _ids(here),
        "remote": _ids(one for one in here if one.presence is Presence.REMOTE),
        "others": (saved + [empty] * EMPTY_ROWS)[:OTHERS_MOST],
    }


def _ids(people: Iterable[Offered]) -> list[int]:
    return [one.person.id or 0 for one in people]
