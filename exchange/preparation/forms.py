"""Forms of an event's preparation: from typed text to what the actions take. They save nothing."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, FormField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from exchange.models import TrainingEvent, TrainingObjective
from exchange.preparation.drafts import OBJECTIVES_MOST, HourDraft, ObjectiveDraft
from exchange.preparation.reading_matter import LINKS_MOST, LinkDraft
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.programme.preparation_profiles import Profile, Profiles
from exchange.web.presentation.base_form import one_line, some_text, stripped
from exchange.web.presentation.form_fields import (
    LINK_MAX,
    VersionedForm,
    addresses_in,
    choices,
    clock_field,
    date_field,
    given,
    link_field,
    minutes_field,
    reason_field,
)
from exchange.web.presentation.row_fields import RowsField
from exchange.web.presentation.words import RATINGS

WELFARE_MAX = 500  # characters: a name or a team, and how to reach them
OBJECTIVE_MAX = 300  # characters: one sentence that says who does what, how well and by when


class ProfileForm(VersionedForm):
    """By which profile the event is prepared."""

    profile = SelectField(_l("Profile"))

    def offer(self, profiles: Profiles, own: Profile) -> None:
        """Fill the list; the first leaves it to the event's kind."""
        usual = ("", _("As usual for its kind: %(profile)s", profile=own.name))
        self.profile.choices = choices([usual, *((one.key, one.name) for one in profiles.all)])


class DoneForm(VersionedForm):
    """A milestone is done, with what shows it."""

    evidence = StringField(
        _l("Link to what shows it"),
        filters=[stripped],
        validators=[InputRequired(_l("Give a link that begins with https://.")), one_line(LINK_MAX)],
    )


class MoveForm(VersionedForm):
    """Another day for a milestone."""

    on = date_field(_l("New day"))
    reason = reason_field()


class HourForm(VersionedForm):
    """The hour of a planning meeting, and how people get there."""

    at = clock_field()
    minutes = minutes_field()
    place = StringField(_l("Place"), filters=[stripped], validators=[one_line()])
    join_link = link_field()

    def draft(self) -> HourDraft:
        """What was typed; call it after the form has validated."""
        return HourDraft(given(self.at.data), given(self.minutes.data), self.place.data, self.join_link.data)


class OwnerForm(VersionedForm):
    """Who owes a milestone; nobody leaves it to the lead of the host city."""

    owner = StringField(_l("E-mail address of who owes it"), filters=[stripped], validators=[one_line()])


class LinkFields(Form):
    """One link among several, with its own marking."""

    label = StringField(_l("What it is"), filters=[stripped], validators=[one_line()])
    url = StringField(_l("Link"), filters=[stripped], validators=[one_line(LINK_MAX)])
    marking = SelectField(_l("Marking"), choices=choices((one.value, one.value) for one in Marking))


class ReadingForm(VersionedForm):
    """What there is to read for an event, and whom to turn to at it."""

    welfare = TextAreaField(_l("Whom to turn to"), filters=[stripped], validators=[some_text(WELFARE_MAX)])
    links = RowsField(FormField(LinkFields), min_entries=LINKS_MOST, max_entries=LINKS_MOST)

    def drafts(self) -> list[LinkDraft]:
        """The rows, empty ones among them."""
        return [
            LinkDraft(one.label.data, one.url.data, one.marking.data or "")
            for one in (entry.form for entry in self.links)
        ]


def typed_links(training: TrainingEvent) -> list[dict[str, object]]:
    """What the form shows of saved links, and empty rows with the event's own marking for the rest."""
    saved: list[dict[str, object]] = [
        {"label": one.label, "url": one.url, "marking": one.marking} for one in training.links
    ]
    empty: dict[str, object] = {"label": "", "url": "", "marking": training.marking}
    return saved + [empty] * (LINKS_MOST - len(saved))


class TeamForm(VersionedForm):
    """Who plans the event, by their e-mail addresses."""

    team = TextAreaField(_l("Planning team"), filters=[stripped], validators=[some_text()])

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses typed, however they were set apart."""
        return addresses_in(self.team)


class ObjectiveFields(Form):
    """One objective among several."""

    text = StringField(_l("Objective"), filters=[stripped], validators=[one_line(OBJECTIVE_MAX)])
    theme_id = SelectField(_l("Theme"), coerce=int, default=0)
    need_id = SelectField(_l("Need it answers"), coerce=int, default=0)
    rating = SelectField(_l("Rating"), choices=choices(RATINGS.items()), default="")


class ObjectivesForm(VersionedForm):
    """What an event is to show."""

    objectives = RowsField(
        FormField(ObjectiveFields), min_entries=OBJECTIVES_MOST, max_entries=OBJECTIVES_MOST
    )

    def offer(self, themes: Sequence[tuple[int, str]], needs: Sequence[tuple[int, str]]) -> None:
        """Fill the lists to choose from."""
        for entry in self.objectives:
            entry.form.theme_id.choices = choices([(0, _("No theme")), *themes])
            entry.form.need_id.choices = choices([(0, _("No need")), *needs])

    def drafts(self) -> list[ObjectiveDraft]:
        """What was typed, empty rows among it."""
        return [
            ObjectiveDraft(
                one.text.data, one.theme_id.data or None, one.rating.data or "", one.need_id.data or None
            )
            for one in (entry.form for entry in self.objectives)
        ]


def typed_objectives(objectives: Sequence[TrainingObjective]) -> list[dict[str, object]]:
    """What the form shows of saved objectives, and empty rows for the rest."""
    saved: list[dict[str, object]] = [
        {
            "text": one.text,
            "theme_id": one.theme_id or 0,
            "need_id": one.need_id or 0,
            "rating": one.rating,
        }
        for one in objectives
    ]
    empty: dict[str, object] = {"text": "", "theme_id": 0, "need_id": 0, "rating": ""}
    return saved + [empty] * (OBJECTIVES_MOST - len(saved))
