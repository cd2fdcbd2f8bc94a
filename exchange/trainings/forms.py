"""Forms of training events: from typed text to a TrainingDraft. They save nothing."""

from datetime import date, time

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, NumberRange

from exchange.models import Need, TrainingEvent, TrainingKind, TrainingMode, TrainingState
from exchange.rules.markings.tlp_labels import parse_marking
from exchange.rules.time.timezones import is_known_zone
from exchange.trainings.drafts import (
    LENGTH_MAX_MINUTES,
    LENGTH_MIN_MINUTES,
    TrainingDraft,
    fields_of_need,
    lacks_why,
)
from exchange.trainings.queries import Choices
from exchange.web.presentation.base_form import one_line, some_text, stripped
from exchange.web.presentation.form_fields import (
    CheckboxesField,
    VersionedForm,
    addresses_in,
    choices,
    clock_field,
    date_field,
    given,
    link_field,
    minutes_field,
    named_field,
    reason_field,
    zone_field,
)
from exchange.web.presentation.words import MARKINGS, TRAINING_KINDS, TRAINING_MODES, TRAINING_STATES

ALL_MEMBERS = "all"
CHOSEN = "chosen"


class TrainingForm(VersionedForm):
    """Everything a coordinator says of an event."""

    kind = SelectField(_l("Kind"), validators=[InputRequired(_l("Choose a kind."))])
    title = StringField(
        _l("Title"), filters=[stripped], validators=[InputRequired(_l("Give the event a title.")), one_line()]
    )
    theme_id = SelectField(_l("Theme"), coerce=int)
    host_city_id = SelectField(
        _l("Host city"), coerce=int, validators=[InputRequired(_l("Choose the host city."))]
    )
    mode = SelectField(_l("Mode"), validators=[InputRequired(_l("Choose a mode."))])
    why_in_person = StringField(_l("Why in person"), filters=[stripped], validators=[one_line()])
    on = date_field(_l("Date"))
    at = clock_field()
    time_zone = zone_field(_l("Time zone"), is_needed=False)
    minutes = minutes_field(
        NumberRange(
            LENGTH_MIN_MINUTES,
            LENGTH_MAX_MINUTES,
            _l("An event lasts from 15 minutes to a week (10080 minutes)."),
        )
    )
    place = StringField(_l("Place"), filters=[stripped], validators=[one_line()])
    join_link = link_field()
    audience = RadioField(
        _l("Who is invited"),
        choices=choices(
            [(ALL_MEMBERS, _l("All member cities")), (CHOSEN, _l("Only the cities and groups below"))]
        ),
        default=ALL_MEMBERS,
        validators=[InputRequired(_l("Say who is invited."))],
    )
    cities = CheckboxesField(_l("Cities"), coerce=int)
    groups = CheckboxesField(_l("Expert groups"), coerce=int)
    organisations = CheckboxesField(_l("Organisations that work with the network"), coerce=int)
    description = TextAreaField(_l("Description"), filters=[stripped], validators=[some_text()])
    agenda = TextAreaField(_l("Agenda"), filters=[stripped], validators=[some_text()])
    marking = RadioField(_l("Marking"), validators=[InputRequired(_l("Choose a marking."))])
    named = named_field()
    is_chatham_house = BooleanField(_l("The Chatham House Rule applies"))
    state = SelectField(_l("State"), validators=[InputRequired(_l("Choose a state."))])
    reason = reason_field()
    is_silent = BooleanField(_l("Save without telling anybody"))

    def offer(self, offered: Choices) -> None:
        """Fill the lists to choose from."""
        self.kind.choices = choices(TRAINING_KINDS.items())
        self.mode.choices = choices(TRAINING_MODES.items())
        self.state.choices = choices(TRAINING_STATES.items())
        self.marking.choices = choices(MARKINGS.items())
        self.theme_id.choices = choices([(0, _("No theme")), *offered.themes])
        self.host_city_id.choices = choices(offered.cities)
        self.cities.choices = choices(offered.cities)
        self.groups.choices = choices(offered.groups)
        self.organisations.choices = choices(offered.organisations)
        self.zones = offered.zones

    def validate_time_zone(self, field: StringField) -> None:
        """An empty zone is the host city's; any other must be known."""
        if field.data and not is_known_zone(field.data):
            raise ValidationError(
                _(
                    "%(zone)s is not a known time zone. Write it like Europe/Stockholm, "
                    "or leave it empty for the host city's.",
                    zone=field.data[:60],
                )
            )

    def validate_why_in_person(self, field: StringField) -> None:
        """Whoever asks people to travel says why; what is typed for another mode is left out."""
        if lacks_why(self.mode.data, field.data):
            raise ValidationError(_("Say in one sentence why people have to travel to it."))

    def validate_join_link(self, field: StringField) -> None:
        """Only encrypted links leave in feeds and letters."""
        if field.data and not field.data.startswith("https://"):
            raise ValidationError(_("A link for joining begins with https://."))

    def validate_cities(self, _field: SelectMultipleField) -> None:
        """An audience that is chosen is somebody."""
        if self.audience.data == CHOSEN and not self.cities.data and not self.groups.data:
            raise ValidationError(_("Choose at least one city or one expert group."))

    def draft(self) -> TrainingDraft:
        """What was typed; call it after the form has validated."""
        is_chosen = self.audience.data == CHOSEN
        return TrainingDraft(
            kind=TrainingKind(self.kind.data),
            title=self.title.data,
            host_city_id=self.host_city_id.data,
            mode=TrainingMode(self.mode.data),
            why_in_person=self.why_in_person.data if self.mode.data == TrainingMode.IN_PERSON else "",
            on_local=given(self.on.data),
            starts_local=given(self.at.data),
            time_zone=self.time_zone.data or self.zones.get(self.host_city_id.data, ""),
            minutes=given(self.minutes.data),
            marking=parse_marking(self.marking.data or ""),
            theme_id=self.theme_id.data or None,
            description=self.description.data,
            agenda=self.agenda.data,
            place=self.place.data,
            join_link=self.join_link.data,
            is_chatham_house=bool(self.is_chatham_house.data),
            state=TrainingState(self.state.data),
            city_ids=frozenset(self.cities.data or ()) if is_chosen else frozenset(),
            group_ids=frozenset(self.groups.data or ()) if is_chosen else frozenset(),
            organisation_ids=frozenset(self.organisations.data or ()),
            named=addresses_in(self.named),
        )


class StateForm(VersionedForm):
    """How far the event has come."""

    state = SelectField(
        _l("State"),
        choices=choices(TRAINING_STATES.items()),
        validators=[InputRequired(_l("Choose a state."))],
    )


class ResumeForm(VersionedForm):
    """A new date for an event that was called off."""

    on = date_field(_l("New date"))
    at = clock_field()
    reason = reason_field()


def typed_from(training: TrainingEvent) -> dict[str, object]:
    """What the form of a saved event shows; needs its cities and groups loaded."""
    is_for_all = not training.cities and not training.groups
    return {
        "version": training.version,
        "kind": training.kind,
        "title": training.title,
        "theme_id": training.theme_id or 0,
        "host_city_id": training.host_city_id,
        "mode": training.mode,
        "why_in_person": training.why_in_person,
        "on": training.on_local,
        "at": training.starts_local,
        "time_zone": training.time_zone,
        "minutes": training.minutes,
        "place": training.place,
        "join_link": training.join_link,
        "audience": ALL_MEMBERS if is_for_all else CHOSEN,
        "cities": [city.id for city in training.cities],
        "groups": [group.id for group in training.groups],
        "organisations": [one.id for one in training.organisations],
        "description": training.description,
        "agenda": training.agenda,
        "marking": training.marking,
        "is_chatham_house": training.is_chatham_house,
        "state": training.state,
    }


def typed_for_new(on: date, host_city_id: int | None, need: Need | None) -> dict[str, object]:
    """What the form of a new event offers before anybody types; for a need its theme, too."""
    return {
        "kind": TrainingKind.TABLE_TOP.value,
        "mode": TrainingMode.HYBRID.value,
        "host_city_id": host_city_id,
        "on": on,
        "at": time(14),
        "minutes": 120,
        "theme_id": 0,
        "title": "",
        "audience": ALL_MEMBERS,
        "state": TrainingState.PROPOSED.value,
    } | fields_of_need(need)
