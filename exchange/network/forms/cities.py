"""Forms of a city and of its membership."""

from datetime import date, time

from flask_babel import lazy_gettext as _
from wtforms import (
    DateField,
    Form,
    FormField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Optional

from exchange.errors import InvalidInput
from exchange.languages import FEED_LANGUAGES
from exchange.models import City, MembershipStatus
from exchange.network.drafts import CityDraft, Span, draft_of_city, fingerprint
from exchange.network.forms.language_choices import feed_language_choices
from exchange.network.words import STATUSES
from exchange.rules.time.quiet_periods import QuietPeriod, parse_quiet_period
from exchange.web.presentation.base_form import BaseForm, one_line, some_text, stripped
from exchange.web.presentation.date_formats import sentence
from exchange.web.presentation.row_fields import RowsField

QUIET_PERIODS_MAX = 20
WELFARE_MAX = 500  # characters: a name or a team, and how to reach them
BLANK_PERIODS = 2  # rows to fill in; there are as many again after saving


class QuietPeriodForm(Form):
    """One quiet period; a row left blank is none."""

    name = StringField(_("Name"), filters=[stripped], validators=[one_line()])
    first = StringField(_("First"), filters=[stripped], validators=[one_line(10)])
    last = StringField(_("Last"), filters=[stripped], validators=[one_line(10)])

    def validate(self, extra_validators: object = None) -> bool:
        """Check that the row says when, with the error at the cell that does not."""
        if not super().validate(extra_validators) or self.is_blank:
            return not self.errors
        try:
            parse_quiet_period(self.name.data, self.first.data, self.last.data)
        except InvalidInput as error:
            self[error.field or "name"].errors = [sentence(error)]
            return False
        return True

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed."""
        return not (self.name.data or self.first.data or self.last.data)


class CityForm(BaseForm):
    """A city as it is edited."""

    name = StringField(_("Name"), filters=[stripped], validators=[InputRequired(), one_line()])
    time_zone = StringField(_("Time zone"), filters=[stripped], validators=[InputRequired(), one_line(60)])
    country = StringField(_("Country"), filters=[stripped], validators=[InputRequired(), one_line(10)])
    subdivision = StringField(_("Subdivision"), filters=[stripped], validators=[one_line(60)])
    categories = StringField(
        _("Kinds of holidays"), filters=[stripped], validators=[one_line()], default="public"
    )
    work_starts = TimeField(_("Work begins"), validators=[InputRequired()], default=time(9))
    work_ends = TimeField(_("Work ends"), validators=[InputRequired()], default=time(17))
    language = SelectField(
        _("Language of its calendars"), choices=feed_language_choices, default=FEED_LANGUAGES[0]
    )
    position = StringField(_("Position"), filters=[stripped], validators=[one_line(40)])
    welfare = TextAreaField(_("Whom to turn to"), filters=[stripped], validators=[some_text(WELFARE_MAX)])
    quiet_periods = RowsField(
        FormField(QuietPeriodForm), min_entries=BLANK_PERIODS, max_entries=QUIET_PERIODS_MAX
    )
    seen = HiddenField()

    def draft(self) -> CityDraft:
        """What was typed, for actions.cities to check and save."""
        rows = [row.form for row in self.quiet_periods if not row.form.is_blank]
        return CityDraft(
            name=self.name.data,
            time_zone=self.time_zone.data,
            country=self.country.data.upper(),
            subdivision=self.subdivision.data,
            categories=tuple(self.categories.data.replace(",", " ").split()),
            language=self.language.data,
            work_starts=self.work_starts.data,
            work_ends=self.work_ends.data,
            position=self.position.data,
            welfare=self.welfare.data,
            quiet_periods=tuple(QuietPeriod(row.name.data, row.first.data, row.last.data) for row in rows),
        )


class NewCityForm(CityForm):
    """A city with what it joins as."""

    status = SelectField(
        _("Joins as"),
        choices=lambda: [(status.value, word) for status, word in STATUSES.items()],
        default=MembershipStatus.MEMBER.value,
    )
    from_on = DateField(_("From"), validators=[Optional()])

    def span(self) -> Span:
        """The first membership; without a date it has no known beginning."""
        return Span(MembershipStatus(self.status.data), self.from_on.data)


class StatusForm(BaseForm):
    """What a city becomes, and from when."""

    status = SelectField(
        _("Becomes"), choices=lambda: [(status.value, word) for status, word in STATUSES.items()]
    )
    from_on = DateField(_("From"), validators=[InputRequired()])
    reason = StringField(_("Reason"), filters=[stripped], validators=[one_line()])


class EndForm(BaseForm):
    """When a city leaves, and why."""

    from_on = DateField(_("No longer in the network from"), validators=[InputRequired()])
    reason = StringField(_("Reason"), filters=[stripped], validators=[InputRequired(), one_line()])


def form_of_city(city: City) -> CityForm:
    """The form filled with the city, or with what was typed; needs its quiet periods loaded."""
    draft = draft_of_city(city)
    periods = [{"name": p.name, "first": p.first, "last": p.last} for p in draft.quiet_periods]
    blank = [{"name": "", "first": "", "last": ""}] * BLANK_PERIODS
    return CityForm(
        data={
            "name": draft.name,
            "time_zone": draft.time_zone,
            "country": draft.country,
            "subdivision": draft.subdivision,
            "categories": ", ".join(draft.categories),
            "work_starts": draft.work_starts,
            "work_ends": draft.work_ends,
            "language": draft.language,
            "position": draft.position,
            "welfare": draft.welfare,
            "quiet_periods": (periods + blank)[:QUIET_PERIODS_MAX],
            "seen": fingerprint(draft),
        }
    )


def ends_of(first_on: date) -> EndForm:
    """The form for leaving, offering ``first_on``."""
    return EndForm(data={"from_on": first_on})
