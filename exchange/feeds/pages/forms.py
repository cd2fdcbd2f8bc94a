"""Forms of the pages of feeds: why an address is replaced or revoked, and how a person wants their own."""

from flask_babel import lazy_gettext as _
from wtforms import SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired

from exchange.feeds.subscriptions.personal_feeds import ALARMS, Wishes
from exchange.languages import FEED_LANGUAGES
from exchange.models import Feed
from exchange.web.presentation.base_form import BaseForm, some_text, stripped
from exchange.web.presentation.form_fields import REASON_MAX

_LANGUAGES = {"en": "English", "sv": "Svenska"}  # each in its own words
_ALARMS = {
    5: _("5 minutes before"),
    15: _("15 minutes before"),
    30: _("30 minutes before"),
    60: _("1 hour before"),
    24 * 60: _("1 day before"),
}


class ReasonForm(BaseForm):
    """A reason for the audit trail."""

    reason = TextAreaField(
        _("Reason"),
        filters=[stripped],
        validators=[DataRequired(_("Say why, in a few words.")), some_text(REASON_MAX)],
    )


class OwnFeedForm(BaseForm):
    """A person's wishes for their own calendar."""

    language = SelectField(
        _("Language"), choices=[SelectChoice(key, _LANGUAGES.get(key, key)) for key in FEED_LANGUAGES]
    )
    alarm_minutes = SelectField(
        _("Alarms"),
        choices=[SelectChoice("", _("None")), *(SelectChoice(str(time), _ALARMS[time]) for time in ALARMS)],
    )

    @property
    def wishes(self) -> Wishes:
        """What was chosen."""
        return Wishes(self.language.data, int(self.alarm_minutes.data) if self.alarm_minutes.data else None)

    def show(self, feed: Feed | None, language: str) -> None:
        """Fill in what the feed is, or what a new one would be for somebody of this language."""
        wanted = feed.language if feed else language
        self.language.data = wanted if wanted in FEED_LANGUAGES else FEED_LANGUAGES[0]
        minutes = feed.alarm_minutes if feed else None
        self.alarm_minutes.data = "" if minutes is None else str(minutes)
