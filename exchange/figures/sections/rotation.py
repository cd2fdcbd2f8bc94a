"""Whose turn report, conference and exercise are in the year; of what nobody recorded it says so."""

from collections.abc import Iterator

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import joinedload
from sqlmodel import select

from exchange.access.things import ROTATION
from exchange.figures.facts import Facts
from exchange.figures.section import Section
from exchange.models import Rotation, RotationKind, RotationState
from exchange.rotation.words import KINDS, STATES
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.money.amounts import amount_text


def rotation(facts: Facts) -> Section | None:
    """The three turns of the span's year; None for readers who may not know of them."""
    if not facts.may_name(ROTATION):
        return None
    found = {one.kind: one for one in _turns(facts)}
    return Section(
        key="rotation",
        title=_("Rotation"),
        sentence=ngettext(
            "%(num)d turn of %(year)s is recorded.",
            "%(num)d turns of %(year)s are recorded.",
            len(found),
            year=facts.span.year,
        ),
        columns=(_("What"), _("City"), _("State"), _("Cost"), _("In kind")),
        numbers=frozenset({3}),
        rows=tuple(_row(kind, found.get(kind)) for kind in RotationKind),
        marking=Marking.AMBER,
    )


def _turns(facts: Facts) -> Iterator[Rotation]:
    yield from facts.session.exec(
        select(Rotation).where(Rotation.year == facts.span.year).options(joinedload(Rotation.city))  # type: ignore[arg-type]  # SQLModel types relations as their values
    )


def _row(kind: RotationKind, turn: Rotation | None) -> tuple[str, ...]:
    if turn is None:
        return (str(KINDS[kind]), _("unrecorded"), "–", "–", "–")
    cost = "–" if turn.cost is None else amount_text(turn.cost, turn.currency)
    state = str(STATES[RotationState(turn.state)][0])
    return (str(KINDS[kind]), turn.city.name, state, cost, turn.in_kind or "–")
