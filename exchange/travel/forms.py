"""The form of journeys to an event. It saves nothing."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, FormField, HiddenField, SelectField
from wtforms.validators import NumberRange, Optional, ValidationError

from exchange.models import Journeys, Transport
from exchange.travel.actions import PEOPLE_MOST, ROWS_MOST, JourneysDraft, fingerprint
from exchange.travel.words import TRANSPORTS
from exchange.web.presentation.base_form import BaseForm
from exchange.web.presentation.form_fields import WholeNumberField, choices
from exchange.web.presentation.row_fields import RowsField

EMPTY_ROWS = 4


class JourneysFields(Form):
    """How many came from one city in one way."""

    people = WholeNumberField(
        _l("How many"),
        validators=[
            Optional(),
            NumberRange(1, PEOPLE_MOST, _l("Give a number from 1 to %(max)s.")),
        ],
    )
    city_id = SelectField(_l("From"), coerce=int, default=0)
    transport = SelectField(
        _l("By"), choices=choices((key.value, words) for key, words in TRANSPORTS.items())
    )

    def validate_city_id(self, field: SelectField) -> None:
        """A number needs the city they came from."""
        if self.people.data and not field.data:
            raise ValidationError(_("Choose the city that they came from."))


class JourneysForm(BaseForm):
    """All journeys to one event."""

    seen = HiddenField()
    rows = RowsField(FormField(JourneysFields), max_entries=ROWS_MOST)

    def offer(self, cities: Sequence[tuple[int, str]]) -> None:
        """Fill the lists of cities."""
        for entry in self.rows:
            entry.form.city_id.choices = choices([(0, _("No city")), *cities])

    def drafts(self) -> list[JourneysDraft]:
        """What was typed; rows without a number are nothing. Call it after the form has validated."""
        forms = [entry.form for entry in self.rows if entry.form.people.data]
        return [
            JourneysDraft(one.city_id.data, Transport(one.transport.data), one.people.data) for one in forms
        ]


def typed_journeys(rows: Sequence[Journeys]) -> dict[str, object]:
    """What the form shows of what is noted, and some empty rows."""
    saved: list[dict[str, object]] = [
        {"people": one.people, "city_id": one.city_id, "transport": one.transport} for one in rows
    ]
    empty: dict[str, object] = {"people": None, "city_id": 0, "transport": Transport.TRAIN.value}
    return {"seen": fingerprint(rows), "rows": (saved + [empty] * EMPTY_ROWS)[:ROWS_MOST]}
