"""Actions that were due in the span: done, verified and late, by city."""

from collections.abc import Callable, Sequence

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlmodel import col

from exchange.figures.bars import largest
from exchange.figures.facts import Facts
from exchange.figures.section import Bar, Section, closest
from exchange.follow_up.followed import FollowedAction
from exchange.follow_up.queries import followed_actions
from exchange.models import ActionState, ImprovementAction
from exchange.rules.markings.tlp_labels import Marking

_DONE = (ActionState.DONE, ActionState.VERIFIED)


def actions(facts: Facts) -> Section:
    """The counts, each action with the city of its owner; its day is on that city's wall."""
    found = _due(facts)
    cities = sorted({one.city.name for one in found})
    late = [Bar(city, _late([one for one in found if one.city.name == city])) for city in cities]
    return Section(
        key="actions",
        title=_("Actions"),
        sentence=ngettext(
            "%(num)d action was due in %(span)s: %(done)s done, %(late)s late.",
            "%(num)d actions were due in %(span)s: %(done)s done, %(late)s late.",
            len(found),
            span=facts.span.name,
            done=_count(found, _is_done),
            late=_late(found),
        ),
        columns=(_("City"), _("Due"), _("Done"), _("Of these verified"), _("Late"), _("Declined")),
        rows=tuple(_row(city, [one for one in found if one.city.name == city]) for city in cities),
        numbers=frozenset(range(1, 6)),
        charts=largest(_("Actions that are late, by city"), late),
        note=_("As they stand today. The rest is open and not late."),
        marking=closest([one.action.marking_now for one in found], at_least=Marking.GREEN),
    )


def _due(facts: Facts) -> list[FollowedAction]:
    due = col(ImprovementAction.due_on).between(facts.span.first, facts.span.last)
    return [one for one in followed_actions(facts.session, due, facts.now) if facts.may_name(one.thing)]


def _row(city: str, found: Sequence[FollowedAction]) -> tuple[str, ...]:
    counts = (
        len(found),
        _count(found, _is_done),
        _count(found, lambda one: one.action.state == ActionState.VERIFIED),
        _late(found),
        _count(found, lambda one: one.action.state == ActionState.DECLINED),
    )
    return (city, *(f"{count}" for count in counts))


def _is_done(one: FollowedAction) -> bool:
    return one.action.state in _DONE


def _late(found: Sequence[FollowedAction]) -> int:
    return _count(found, lambda one: one.is_late)


def _count(found: Sequence[FollowedAction], holds: Callable[[FollowedAction], bool]) -> int:
    return sum(holds(one) for one in found)
