"""Who was there, by city and sector: heads, never names, and no figure of fewer than five people.

Nobody's answer is told here, only that people came. So who employs them hides nothing, and each head stands
as a house of its own: of the two floors of rules.results.small_groups the number of people alone counts.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence

from flask_babel import gettext as _

from exchange.answering.attendance.counts import Head, heads_between
from exchange.figures.bars import largest
from exchange.figures.facts import Facts
from exchange.figures.section import Bar, Chart, Section
from exchange.models import OrganisationKind
from exchange.network.words import ORGANISATION_KINDS
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.results.small_groups import (
    PEOPLE_AT_LEAST,
    Group,
    Picture,
    Voice,
    grand_total,
    people_in,
    picture_of,
    row_total,
)

Shown = Picture[str, str]  # rows are cities, columns sectors


def presence(facts: Facts) -> Section:
    """The table of cities and sectors; whoever was at several meetings and is known counts once.

    Sectors are told of whole years alone: figures of a year less those of its quarters would tell of few.
    """
    heads = heads_between(facts.session, facts.span.first, facts.span.last, facts.standing)
    by_sector = facts.span.quarter is None
    picture = picture_of(_table(heads, by_sector=by_sector))
    sectors = [one for one in (*ORGANISATION_KINDS, "") if any(head.sector == one for head in heads)]
    columns = sectors if by_sector else []
    cities = sorted({head.city for head in heads})
    return Section(
        key="presence",
        title=_("Who was there"),
        sentence=_sentence(picture, cities, facts.span.name),
        columns=(_("City"), *(_sector(one) for one in columns), _("People")) if heads else (),
        rows=tuple(_rows(picture, cities, columns)),
        numbers=frozenset(range(1, len(columns) + 2)),
        charts=_charts(picture, cities),
        note=_(
            "Somebody known by name counts once, others once for each meeting. A dash stands for fewer than"
            " %(least)s people or none; sums count what is shown.",
            least=PEOPLE_AT_LEAST,
        ),
        marking=Marking.GREEN,
    )


def _sentence(picture: Shown, cities: Sequence[str], span: str) -> str:
    if not cities:
        return str(_("Nobody has noted yet who was at exchanges and events of %(span)s.", span=span))
    return str(
        _(
            "%(people)s people of %(cities)s cities were noted at exchanges and events of %(span)s.",
            people=people_in(grand_total(picture)),
            cities=len(cities),
            span=span,
        )
    )


def _rows(picture: Shown, cities: Sequence[str], columns: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for city in cities:
        cells = [_number(picture.cells.get((city, one))) for one in columns]
        yield (city, *cells, _number(row_total(picture, city)))
    if picture.together:
        together = [_number(picture.together.get(one)) for one in columns]
        yield (_("Others together"), *together, _number(_union(picture.together.values())))


def _table(heads: Iterable[Head], *, by_sector: bool) -> dict[tuple[str, str], Group]:
    table: dict[tuple[str, str], set[Voice]] = {}
    for head in heads:
        for number in range(head.people):
            who: Hashable = head.person_id or (head.row_id, number)
            place = (head.city, head.sector if by_sector else "")
            table.setdefault(place, set()).add(Voice("", who, who))
    return {place: frozenset(voices) for place, voices in table.items()}


def _charts(picture: Shown, cities: Sequence[str]) -> tuple[Chart, ...]:
    bars = (Bar(city, people_in(row_total(picture, city))) for city in cities)
    return largest(_("People who were there, by city"), bars)


def _union(groups: Iterable[Group]) -> Group:
    return frozenset(voice for group in groups for voice in group)


def _number(group: Group | None) -> str:
    return f"{people_in(group)}" if group else "–"


def _sector(key: str) -> str:
    return str(ORGANISATION_KINDS[OrganisationKind(key)]) if key else str(_("Not known"))
