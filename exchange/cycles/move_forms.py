"""Forms that move a part of a cycle: its start, a stage, a sitting. They save nothing."""

from flask_babel import lazy_gettext as _
from wtforms import BooleanField

from exchange.cycles.moves import SittingMove
from exchange.rules.time.timezones import WallTime
from exchange.web.presentation.form_fields import (
    VersionedForm,
    clock_field,
    date_field,
    given,
    link_field,
    minutes_field,
    reason_field,
    zone_field,
)


class MoveStartForm(VersionedForm):
    """Another Monday for the whole cycle."""

    starts_on = date_field(_("New first Monday"))
    reason = reason_field()
    is_silent = BooleanField(_("Save without telling anybody"))


class MoveStageForm(VersionedForm):
    """Another first day for a stage and what follows it."""

    starts_on = date_field(_("New first day"))
    reason = reason_field()
    is_silent = BooleanField(_("Save without telling anybody"))


class MoveSittingForm(VersionedForm):
    """Another wall time for one sitting, and the link for joining it."""

    on = date_field(_("Date"))
    at = clock_field()
    time_zone = zone_field(_("Time zone"))
    minutes = minutes_field()
    join_link = link_field()
    reason = reason_field()
    is_silent = BooleanField(_("Save without telling anybody"))

    def move(self) -> SittingMove:
        """What was typed; call it after the form has validated."""
        wall = WallTime(given(self.on.data), given(self.at.data), self.time_zone.data)
        return SittingMove(wall, given(self.minutes.data), self.reason.data, self._join_link())

    def _join_link(self) -> str | None:
        """None when the field was not sent, so that the link that stands is not lost."""
        return self.join_link.data if self.join_link.raw_data else None
