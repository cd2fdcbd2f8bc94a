"""Who bore early, late and night hours, in points by the hour on each city's wall."""

from datetime import timedelta

from flask_babel import gettext as _

from exchange.city_calendars import calendars_of
from exchange.figures.bars import largest
from exchange.figures.facts import Facts
from exchange.figures.section import Bar, Section
from exchange.planner.problem.hour_burdens import Band
from exchange.planning.burdens.ledger import Ledger, in_band, ledger_of, points_of
from exchange.planning.burdens.programme_meetings import meetings_between, midnight
from exchange.rules.markings.tlp_labels import Marking


def fairness(facts: Facts) -> Section:
    """The account of each city for the span; drafts and what is TLP:RED count in none."""
    ledger = _ledger(facts)
    accounts = sorted(ledger.accounts, key=lambda one: (-one.total, one.calendar.city))
    return Section(
        key="fairness",
        title=_("Who bears early and late hours"),
        sentence=_(
            "On average a city bears %(mean)s points and is %(spread)s from that; the most is %(worst)s.",
            mean=f"{ledger.mean:.1f}",
            spread=f"{ledger.spread:.1f}",
            worst=ledger.worst,
        ),
        columns=(_("City"), _("Meetings"), _("Early or late"), _("Night"), _("Borne"), _("To come")),
        rows=tuple(
            (
                one.calendar.city,
                f"{len(one.costs)}",
                f"{in_band(one.costs, Band.SHOULDER)}",
                f"{in_band(one.costs, Band.NIGHT)}",
                f"{points_of(one.borne)}",
                f"{points_of(one.ahead)}",
            )
            for one in accounts
        ),
        numbers=frozenset(range(1, 6)),
        charts=largest(
            _("Points by city"),
            (Bar(one.calendar.city, one.total) for one in accounts),
            (ledger.mean, _("mean %(points)s", points=f"{ledger.mean:.1f}")),
        ),
        note=_(
            "An hour early or late costs %(shoulder)s, one in the night %(night)s.",
            shoulder=facts.weights.shoulder,
            night=facts.weights.night,
        ),
        marking=Marking.GREEN,
    )


def _ledger(facts: Facts) -> Ledger:
    first, after = midnight(facts.span.first), midnight(facts.span.last + timedelta(days=1))
    meetings = [
        one
        for one in meetings_between(facts.session, first, after, plan=facts.plan)
        if not one.is_draft and not one.is_private
    ]
    return ledger_of(meetings, calendars_of(facts.session, facts.members_on), facts.weights, facts.now)
