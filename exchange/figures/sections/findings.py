"""How far cities are with findings: recommendations, lessons and notable practices."""

from collections import Counter

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlmodel import col, select

from exchange.access.lesson_things import thing_of_progress
from exchange.figures.bars import largest
from exchange.figures.facts import Facts
from exchange.figures.section import Bar, Section, closest
from exchange.follow_up.queries import lesson_options
from exchange.lessons.words import HEADWAY
from exchange.models import Headway, Lesson, LessonProgress
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.time.timezones import wall_time


def findings(facts: Facts) -> Section:
    """Findings written by the end of the span, by member city and headway, as cities say today."""
    found = _readable(facts)
    written = sum(facts.span.has(wall_time(one.created_at, facts.time_zone).on) for one in found)
    said = _said(facts, [one.id or 0 for one in found])
    columns = [Headway.IN_PLACE, Headway.UNDER_WAY, Headway.CONSIDERING, Headway.NOT_STARTED]
    columns.append(Headway.NOT_FOR_US)
    rows = [
        (
            city.name,
            *(f"{said[city.id or 0, one]}" for one in columns),
            f"{len(found) - sum(said[city.id or 0, one] for one in Headway)}",
        )
        for city in facts.members
    ]
    in_place = [Bar(city.name, said[city.id or 0, Headway.IN_PLACE]) for city in facts.members]
    return Section(
        key="findings",
        title=_("Findings by city"),
        sentence=ngettext(
            "%(num)d finding was written in %(span)s; %(all)s are in the register.",
            "%(num)d findings were written in %(span)s; %(all)s are in the register.",
            written,
            span=facts.span.name,
            all=len(found),
        ),
        columns=(_("City"), *(str(HEADWAY[one][0]) for one in columns), _("Nothing said")),
        rows=tuple(rows),
        numbers=frozenset(range(1, len(columns) + 2)),
        charts=largest(_("Findings in place, by city"), in_place),
        note=_("As cities say today. What not all readers may know of is not counted."),
        marking=closest([one.marking for one in found], at_least=Marking.GREEN),
    )


def _readable(facts: Facts) -> list[Lesson]:
    """Those of which all readers may know cities' progress; the span ends on the network's wall."""
    found = facts.session.exec(select(Lesson).options(*lesson_options()).order_by(col(Lesson.id))).unique()
    return [
        one
        for one in found
        if wall_time(one.created_at, facts.time_zone).on <= facts.span.last
        and facts.may_name(thing_of_progress(one, 0))
    ]


def _said(facts: Facts, lesson_ids: list[int]) -> Counter[tuple[int, str]]:
    rows = facts.session.exec(
        select(LessonProgress.city_id, LessonProgress.state).where(
            col(LessonProgress.lesson_id).in_(lesson_ids)
        )
    )
    return Counter((city_id, state) for city_id, state in rows)
