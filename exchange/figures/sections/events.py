"""Training events against ten to thirteen a year, with their rhythm: one every four to five weeks."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlmodel import col, select

from exchange.figures.facts import Facts
from exchange.figures.periods import periods_of
from exchange.figures.section import Bar, Chart, Section
from exchange.models import TrainingEvent
from exchange.programme.queries import makes_rhythm
from exchange.programme.year_progress import WEEKS_PER_YEAR
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.programme.trainings import GAP_MAX_DAYS, GAP_MIN_DAYS, cadence
from exchange.web.presentation.cadence_gauge import rhythm_sentence
from exchange.web.presentation.words import TRAINING_KINDS

LEAST, MOST = WEEKS_PER_YEAR * 7 // GAP_MAX_DAYS, WEEKS_PER_YEAR * 7 // GAP_MIN_DAYS


def events(facts: Facts) -> Section:
    """How many there are, by kind, and how far apart they stand."""
    found = events_of(facts)
    days = [one.on_local for one in found]
    span = facts.span
    count = ngettext(
        "%(num)d training event in %(span)s against a target of %(least)s to %(most)s a year.",
        "%(num)d training events in %(span)s against a target of %(least)s to %(most)s a year.",
        len(found),
        span=span.name,
        least=LEAST,
        most=MOST,
    )
    rhythm = rhythm_sentence(cadence(days, span.first, span.last))
    periods = periods_of(span)
    a_period = MOST / (12 if span.quarter else 4)
    return Section(
        key="events",
        title=_("Training events"),
        sentence=f"{count} {rhythm}.",
        columns=(_("Kind"), _("Held"), _("To come")),
        rows=tuple(_rows(found, facts)),
        numbers=frozenset({1, 2}),
        charts=(
            Chart(
                _("Training events by period"),
                tuple(Bar(one.name, sum(one.has(on) for on in days)) for one in periods),
                (a_period, _("%(number)s at most in each", number=f"{a_period:.1f}")),
            ),
        ),
        note=_("Meetings of boards and planners are no training and are not counted."),
        marking=Marking.CLEAR,
    )


def events_of(facts: Facts) -> Sequence[TrainingEvent]:
    """The training events of the span that count, held or to come, by day."""
    return facts.session.exec(
        select(TrainingEvent)
        .where(
            makes_rhythm(facts.kept_back, facts.standing),
            col(TrainingEvent.on_local).between(facts.span.first, facts.span.last),
        )
        .order_by(col(TrainingEvent.on_local), col(TrainingEvent.id))
    ).all()


def _rows(found: Sequence[TrainingEvent], facts: Facts) -> list[tuple[str, ...]]:
    kinds = [kind for kind in TRAINING_KINDS if any(one.kind == kind for one in found)]
    return [
        (
            str(TRAINING_KINDS[kind]),
            f"{sum(one.kind == kind and one.on_local <= facts.today for one in found)}",
            f"{sum(one.kind == kind and one.on_local > facts.today for one in found)}",
        )
        for kind in kinds
    ]
