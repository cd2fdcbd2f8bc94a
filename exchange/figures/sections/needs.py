"""Needs that the board took from rounds, what answers them, and how their scores moved since."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import ngettext

from exchange.access.things import thing_about, thing_of_round
from exchange.figures.facts import Facts
from exchange.figures.section import Section, closest
from exchange.models import Need, NeedsRound, NeedState
from exchange.needs import queries
from exchange.needs.results import results_by_round
from exchange.needs.words import NEED_STATES
from exchange.rules.access.policy import Right, may
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.needs.round_results import RoundResults

ROUNDS = 2  # years that are shown: that of the span and the one before


def needs(facts: Facts) -> Section:
    """The needs of the last rounds up to the span's year, with the network's newest score of each theme."""
    rounds = _rounds(facts)
    kept = {one.id for one in rounds[:ROUNDS]}
    found = [one for one in queries.needs(facts.session) if one.round_id in kept]
    results = results_by_round(facts.session, rounds[:ROUNDS])
    newest = next((one for one in rounds if one.id in results), None)
    open_ones = sum(not one.is_closed for one in found)
    return Section(
        key="needs",
        title=_("Needs and their move"),
        sentence=ngettext(
            "%(num)d need was taken from the last rounds, %(open)s of them open.",
            "%(num)d needs were taken from the last rounds, %(open)s of them open.",
            len(found),
            open=open_ones,
        ),
        columns=(
            *(_("Theme"), _("Round"), _("Place"), _("Gap then"), _("Priority then")),
            *(_("Priority now"), _("State"), _("Answered by")),
        ),
        rows=tuple(_row(one, newest, results, facts) for one in found),
        numbers=frozenset({2, 3, 4, 5, 7}),
        note=_("Scores are medians of groups that may be shown; a dash stands for a score that may not."),
        marking=closest(
            [one.marking for one in rounds[:ROUNDS]], at_least=Marking.GREEN if rounds else Marking.AMBER
        ),
    )


def _rounds(facts: Facts) -> list[NeedsRound]:
    """Rounds up to the span's year that all readers may read, the newest first."""
    return [
        one
        for one in queries.rounds(facts.session)
        if one.year <= facts.span.year and facts.may_name(thing_of_round(one))
    ]


def _row(
    need: Need, newest: NeedsRound | None, results: Mapping[int, RoundResults], facts: Facts
) -> tuple[str, ...]:
    theme = results[newest.id or 0].theme(need.theme_id) if newest else None
    is_later = newest is not None and newest.year > need.round.year
    now = f"{theme.network.priority:g}" if is_later and theme and theme.network else "–"
    return (
        need.theme_name,
        f"{need.round.year}",
        f"{need.rank}",
        need.gap,
        need.priority,
        now,
        str(NEED_STATES[NeedState(need.state)][0]),
        f"{_answers(need, facts)}",
    )


def _answers(need: Need, facts: Facts) -> int:
    subjects = [one.cycle or one.training for one in need.events]
    return sum(may(facts.standing, Right.READ, thing_about(one)) for one in subjects if one is not None)
