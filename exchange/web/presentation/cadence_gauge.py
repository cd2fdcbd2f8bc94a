"""The cadence gauge: how far apart training events stand, in one sentence and one small scale.

The rhythm itself is measured by rules.programme.trainings.
"""

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from exchange.rules.programme.trainings import GAP_MAX_DAYS, GAP_MIN_DAYS, Cadence

SCALE_DAYS = 63  # nine weeks: twice the target and still readable; longer gaps stand at its end
PER_DAY = 4


@dataclass(frozen=True)
class GaugeScale:
    """Positions on a scale SCALE_DAYS long: the target zone, the mean and the longest gap."""

    sentence: str
    is_good: bool
    mean_x: float | None
    longest_x: float | None
    width: int = SCALE_DAYS * PER_DAY
    zone_x: int = GAP_MIN_DAYS * PER_DAY
    zone_width: int = (GAP_MAX_DAYS - GAP_MIN_DAYS) * PER_DAY

    @property
    def weeks(self) -> list[tuple[int, int]]:
        """Every second week of the scale: its number of days and where it stands."""
        return [(days, days * PER_DAY) for days in range(0, SCALE_DAYS, 14)]


def gauge_scale(cadence: Cadence) -> GaugeScale:
    """A cadence, ready to be shown."""
    mean, longest = cadence.mean_gap_days, cadence.worst_gap_days
    return GaugeScale(
        sentence=rhythm_sentence(cadence),
        is_good=cadence.is_within and (longest or 0) <= GAP_MAX_DAYS,
        mean_x=None if mean is None else _position(mean),
        longest_x=None if longest is None else _position(longest),
    )


def rhythm_sentence(cadence: Cadence) -> str:
    """ "12 events, 30 days apart on average, longest gap 35 days: within 28–35 days"."""
    events = str(ngettext("%(num)d event", "%(num)d events", cadence.count))
    if cadence.mean_gap_days is None or cadence.worst_gap_days is None:
        return str(_("%(events)s: no gap to measure yet", events=events))
    return str(
        _(
            "%(events)s, %(mean)s days apart on average, longest gap %(longest)s days: %(verdict)s",
            events=events,
            mean=f"{cadence.mean_gap_days:.0f}",
            longest=cadence.worst_gap_days,
            verdict=_verdict(cadence),
        )
    )


def _verdict(cadence: Cadence) -> str:
    target = f"{GAP_MIN_DAYS}–{GAP_MAX_DAYS}"
    mean, longest = cadence.mean_gap_days or 0, cadence.worst_gap_days or 0
    if mean > GAP_MAX_DAYS:
        return str(_("further apart than %(target)s days", target=target))
    if mean < GAP_MIN_DAYS:
        return str(_("closer together than %(target)s days", target=target))
    if longest > GAP_MAX_DAYS:
        return str(_("on average within %(target)s days, but one gap is longer", target=target))
    return str(_("within %(target)s days", target=target))


def _position(days: float) -> float:
    return round(min(days, SCALE_DAYS - 0.5) * PER_DAY, 1)
