"""Forms of training events: from typed text to a TrainingDraft. They save nothing."""

from collections.abc import Iterable
from datetime import date, time
from typing import TypeVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from exchange.models import TrainingEvent, TrainingKind, TrainingMode, TrainingState
from exchange.rules.markings import parse_marking
from exchange.rules.timezones import is_known_zone
from exchange.trainings.drafts import LENGTH_MAX_MINUTES, LENGTH_MIN_MINUTES, TrainingDraft
from exchange.trainings.queries import Choices
from exchange.web.forms import HouseForm, one_line, some_text, stripped
from exchange.web.words import MARKINGS, TRAINING_KINDS, TRAINING_MODES, TRAINING_STATES

Typed = TypeVar("Typed")
LINK_MAX = 500  # characters of a link; meeting services make long ones
REASON_MAX = 500  # characters of a reason: two or three sentences
ALL_MEMBERS = "all"
CHOSEN = "chosen"


def _choices(pairs: Iterable[tuple[object, object]]) -> list[SelectChoice]:
    """Values with their words, as WTForms takes them."""
    return [SelectChoice(value, words) for value, words in pairs]


class CheckboxesField(SelectMultipleField):
    """Several choices as a list of checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class VersionedForm(HouseForm):
    """A form that knows which version of the event it was opened on."""

    version = HiddenField(_l("Version"))

    @property
    def opened_version(self) -> int:
        """The version the sender saw; 0, which no event has, when it was taken out or spoilt."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


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
    on = DateField(
        _l("Date"), validators=[InputRequired(_l("Give the date as day, month and year, like 14 Jan 2027."))]
    )
    at = TimeField(
        _l("Start"), validators=[InputRequired(_l("Give the start on the 24-hour clock, like 14:00."))]
    )
    time_zone = StringField(_l("Time zone"), filters=[stripped], validators=[one_line(60)])
    minutes = IntegerField(
        _l("Length in minutes"),
        validators=[
            InputRequired(_l("Give the length in minutes, like 120.")),
            NumberRange(
                LENGTH_MIN_MINUTES,
                LENGTH_MAX_MINUTES,
                _l("An event lasts from 15 minutes to a week (10080 minutes)."),
            ),
        ],
    )
    place = StringField(_l("Place"), filters=[stripped], validators=[one_line()])
    join_link = StringField(_l("Link for joining"), filters=[stripped], validators=[one_line(LINK_MAX)])
    audience = RadioField(
        _l("Who is invited"),
        choices=_choices(
            [(ALL_MEMBERS, _l("All member cities")), (CHOSEN, _l("Only the cities and groups below"))]
        ),
        default=ALL_MEMBERS,
        validators=[InputRequired(_l("Say who is invited."))],
    )
    cities = CheckboxesField(_l("Cities"), coerce=int)
    groups = CheckboxesField(_l("Expert groups"), coerce=int)
    description = TextAreaField(_l("Description"), filters=[stripped], validators=[some_text()])
    marking = RadioField(_l("Marking"), validators=[InputRequired(_l("Choose a marking."))])
    is_chatham_house = BooleanField(_l("The Chatham House Rule applies"))
    state = SelectField(_l("State"), validators=[InputRequired(_l("Choose a state."))])
    reason = TextAreaField(_l("Reason"), filters=[stripped], validators=[some_text(REASON_MAX)])
    is_silent = BooleanField(_l("Save without telling anybody"))

    def offer(self, choices: Choices) -> None:
        """Fill the lists to choose from."""
        self.kind.choices = _choices(TRAINING_KINDS.items())
        self.mode.choices = _choices(TRAINING_MODES.items())
        self.state.choices = _choices(TRAINING_STATES.items())
        self.marking.choices = _choices(MARKINGS.items())
        self.theme_id.choices = _choices([(0, _("No theme")), *choices.themes])
        self.host_city_id.choices = _choices(choices.cities)
        self.cities.choices = _choices(choices.cities)
        self.groups.choices = _choices(choices.groups)
        self.zones = choices.zones

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
            on_local=_given(self.on.data),
            starts_local=_given(self.at.data),
            time_zone=self.time_zone.data or self.zones.get(self.host_city_id.data, ""),
            minutes=_given(self.minutes.data),
            marking=parse_marking(self.marking.data or ""),
            theme_id=self.theme_id.data or None,
            description=self.description.data,
            place=self.place.data,
            join_link=self.join_link.data,
            is_chatham_house=bool(self.is_chatham_house.data),
            state=TrainingState(self.state.data),
            city_ids=frozenset(self.cities.data or ()) if is_chosen else frozenset(),
            group_ids=frozenset(self.groups.data or ()) if is_chosen else frozenset(),
        )


class ReasonForm(VersionedForm):
    """A deed that needs a reason: cancelling and postponing."""

    reason = TextAreaField(
        _l("Reason"),
        filters=[stripped],
        validators=[
            InputRequired(_l("Say why, in a few words; the reason is kept with the event.")),
            some_text(REASON_MAX),
        ],
    )


class PublishForm(VersionedForm):
    """The button of the publish page."""


class StateForm(VersionedForm):
    """How far the event has come."""

    state = SelectField(
        _l("State"),
        choices=_choices(TRAINING_STATES.items()),
        validators=[InputRequired(_l("Choose a state."))],
    )


class ResumeForm(VersionedForm):
    """A new date for an event that was called off."""

    on = DateField(
        _l("New date"),
        validators=[InputRequired(_l("Give the date as day, month and year, like 14 Jan 2027."))],
    )
    at = TimeField(
        _l("Start"), validators=[InputRequired(_l("Give the start on the 24-hour clock, like 14:00."))]
    )
    reason = TextAreaField(_l("Reason"), filters=[stripped], validators=[some_text(REASON_MAX)])


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
        "on": training.on_local,
        "at": training.starts_local,
        "time_zone": training.time_zone,
        "minutes": training.minutes,
        "place": training.place,
        "join_link": training.join_link,
        "audience": ALL_MEMBERS if is_for_all else CHOSEN,
        "cities": [city.id for city in training.cities],
        "groups": [group.id for group in training.groups],
        "description": training.description,
        "marking": training.marking,
        "is_chatham_house": training.is_chatham_house,
        "state": training.state,
    }


def typed_for_new(on: date, host_city_id: int | None) -> dict[str, object]:
    """What the form of a new event offers before anybody types."""
    return {
        "kind": TrainingKind.TABLE_TOP.value,
        "mode": TrainingMode.HYBRID.value,
        "host_city_id": host_city_id,
        "on": on,
        "at": time(14),
        "minutes": 120,
        "theme_id": 0,
        "audience": ALL_MEMBERS,
        "state": TrainingState.PROPOSED.value,
    }


def _given(value: Typed | None) -> Typed:
    assert value is not None  # InputRequired has refused an empty field
    return value
