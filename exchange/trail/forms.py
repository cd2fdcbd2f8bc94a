"""The filter of the trail: typed into an address, so that a filtered list can be kept and sent."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from flask_babel import lazy_gettext as _
from wtforms import SelectField, StringField

from exchange.rules.time.timezones import zone
from exchange.trail.queries import SYSTEM, Chosen
from exchange.trail.words import ACTIONS
from exchange.web.presentation.base_form import BaseForm, one_line, stripped
from exchange.web.presentation.form_fields import choices, date_field

_EVERY = ""
_FIRST, _LAST = date(1970, 1, 1), date(2200, 1, 1)


class FilterForm(BaseForm):
    """Days on the reader's wall, a person, an action and a subject; all may stay empty."""

    class Meta:
        """Nothing is changed by it: it needs no token, which would stand in the address."""

        csrf = False

    since = date_field(_("From"), is_needed=False)
    until = date_field(_("Until"), is_needed=False)
    person = SelectField(_("Who"), default=_EVERY)
    action = SelectField(_("What was done"), default=_EVERY)
    subject = StringField(_("To what"), filters=[stripped], validators=[one_line(100)])

    def offer(self, people: Iterable[tuple[int, str]]) -> None:
        """Fill the lists; ``people`` by id and name."""
        named = [(str(person_id), name) for person_id, name in people]
        self.person.choices = choices([(_EVERY, _("Anybody")), (str(SYSTEM), _("The system")), *named])
        words = sorted(((key, str(said)) for key, said in ACTIONS.items()), key=lambda pair: pair[1])
        self.action.choices = choices([(_EVERY, _("Anything")), *words])

    def chosen(self, time_zone: str) -> Chosen:
        """What was typed, the days from midnight to midnight in the zone."""
        return Chosen(
            since=_midnight(self.since.data, time_zone),
            until=_midnight(self.until.data, time_zone, days_later=1),
            person_id=int(self.person.data) if self.person.data else None,
            action=self.action.data or "",
            subject=(self.subject.data or "").lower().replace(" ", ":"),
        )


def _midnight(on: date | None, time_zone: str, *, days_later: int = 0) -> datetime | None:
    if on is None:
        return None
    within = min(max(on, _FIRST), _LAST)  # beyond, clocks are guesses and there are no entries
    within += timedelta(days=days_later)
    return datetime.combine(within, time.min, tzinfo=zone(time_zone)).astimezone(UTC)
