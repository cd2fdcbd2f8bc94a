"""How people met: in person, hybrid or virtual, and how many of those who came joined from elsewhere."""

from flask_babel import gettext as _

from exchange.figures.facts import Facts
from exchange.figures.section import Bar, Chart, Section
from exchange.figures.sections.events import events_of
from exchange.models import TrainingMode
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.results.small_groups import PEOPLE_AT_LEAST
from exchange.web.presentation.words import TRAINING_MODES


def mode(facts: Facts) -> Section:
    """Events by mode, and the share who took part from elsewhere in what was held."""
    found = events_of(facts)
    there = [count for one in facts.held for count in one.there.values()]
    people, remote = sum(one.people for one in there), sum(one.remote for one in there)
    share = _("Nobody has noted yet how many joined from elsewhere.")
    if people >= PEOPLE_AT_LEAST:
        share = _(
            "Of those noted at exchanges and events, %(share)s %% joined from elsewhere.",
            share=round(100 * remote / people),
        )
    counts = [(one, [event for event in found if event.mode == one]) for one in TrainingMode]
    return Section(
        key="mode",
        title=_("In person and from elsewhere"),
        sentence=share,
        columns=(_("Mode"), _("Held"), _("To come")),
        rows=tuple(
            (
                str(TRAINING_MODES[one]),
                f"{sum(event.on_local <= facts.today for event in events)}",
                f"{sum(event.on_local > facts.today for event in events)}",
            )
            for one, events in counts
        ),
        numbers=frozenset({1, 2}),
        charts=(
            Chart(
                _("Training events by mode"),
                tuple(Bar(str(TRAINING_MODES[one]), len(events)) for one, events in counts),
            ),
        ),
        marking=Marking.CLEAR,
    )
