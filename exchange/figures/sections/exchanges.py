"""Exchanges against what the network's cadence implies: 6.5 a year for one every eight weeks."""

from flask_babel import gettext as _
from flask_babel import ngettext

from exchange.figures.facts import Facts
from exchange.figures.periods import periods_of
from exchange.figures.section import Bar, Chart, Section
from exchange.programme.queries import exchange_starts
from exchange.programme.year_progress import WEEKS_PER_YEAR
from exchange.rules.markings.tlp_labels import Marking


def exchanges(facts: Facts) -> Section:
    """How many begin in the span, by quarter or month; one counts where it starts."""
    starts = [
        on for on in exchange_starts(facts.session, facts.kept_back, facts.standing) if facts.span.has(on)
    ]
    implied = WEEKS_PER_YEAR / facts.plan.cadence_weeks
    periods = periods_of(facts.span)
    counts = [(one.name, [on for on in starts if one.has(on)]) for one in periods]
    a_period = implied / (12 if facts.span.quarter else 4)
    return Section(
        key="exchanges",
        title=_("Exchanges"),
        sentence=ngettext(
            "%(num)d exchange begins in %(span)s; a cadence of %(weeks)s weeks implies %(implied)s a year.",
            "%(num)d exchanges begin in %(span)s; a cadence of %(weeks)s weeks implies %(implied)s a year.",
            len(starts),
            span=facts.span.name,
            weeks=facts.plan.cadence_weeks,
            implied=f"{implied:g}",
        ),
        columns=(_("Period"), _("Begun"), _("To come")),
        rows=tuple(
            (name, f"{sum(on <= facts.today for on in days)}", f"{sum(on > facts.today for on in days)}")
            for name, days in counts
        ),
        numbers=frozenset({1, 2}),
        charts=(
            Chart(
                _("Exchanges that begin, by period"),
                tuple(Bar(name, len(days)) for name, days in counts),
                (a_period, _("%(number)s implied in each", number=f"{a_period:.1f}")),
            ),
        ),
        marking=Marking.CLEAR,
    )
