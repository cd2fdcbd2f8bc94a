"""Requests by the public forms: how many of each kind, how soon they were answered, and how many late."""

from flask_babel import gettext as _
from flask_babel import ngettext

from exchange.figures.bars import largest
from exchange.figures.facts import Facts
from exchange.figures.section import Bar, Section
from exchange.requests.queries import figures_of
from exchange.requests.words import KINDS
from exchange.rules.markings.tlp_labels import Marking


def requests(facts: Facts) -> Section:
    """What was asked in the span; never who asked."""
    found = figures_of(facts.session, facts.span.first, facts.span.last)
    asked = sum(one.asked for one in found.values())
    bars = (Bar(str(KINDS[kind]), one.asked) for kind, one in found.items())
    return Section(
        key="requests",
        title=_("Requests and their days"),
        sentence=ngettext(
            "%(num)d request was made in %(span)s; answered after their day: %(late)s.",
            "%(num)d requests were made in %(span)s; answered after their day: %(late)s.",
            asked,
            span=facts.span.name,
            late=sum(one.late for one in found.values()),
        ),
        columns=(_("Kind"), _("Asked"), _("Answered"), _("Refused"), _("Late"), _("Days on average")),
        rows=tuple(
            (
                str(KINDS[kind]),
                *(f"{count}" for count in (one.asked, one.answered, one.refused, one.late)),
                "–" if one.days is None else f"{one.days:.1f}",
            )
            for kind, one in found.items()
        ),
        numbers=frozenset(range(1, 6)),
        charts=largest(_("Requests by kind"), bars),
        marking=Marking.GREEN,
    )
