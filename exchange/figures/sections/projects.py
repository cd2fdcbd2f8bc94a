"""Projects that go on in the span: who leads them until when, and how their deliverables stand."""

from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from exchange.access.project_things import thing_of_project
from exchange.figures.facts import Facts
from exchange.figures.section import Section, closest
from exchange.models import Deliverable, Project
from exchange.projects.queries import projects_found
from exchange.rules.markings.tlp_labels import Marking
from exchange.rules.time.timezones import wall_time


def projects(facts: Facts) -> Section:
    """Those that all readers may know of, with the deliverables that were due in the span."""
    found = [one for one in projects_found(facts.session) if _goes_on(one, facts)]
    named = [one for one in found if facts.may_name(thing_of_project(one))]
    return Section(
        key="projects",
        title=_("Projects"),
        sentence=ngettext(
            "%(num)d project goes on in %(span)s.",
            "%(num)d projects go on in %(span)s.",
            len(named),
            span=facts.span.name,
        ),
        columns=(_("Project"), _("Lead"), _("Until"), _("Due"), _("Handed over"), _("Late")),
        rows=tuple(_row(one, facts) for one in named),
        numbers=frozenset({3, 4, 5}),
        note=_("Counted are deliverables that were due in these days."),
        marking=closest([one.marking for one in named], at_least=Marking.CLEAR),
    )


def _goes_on(one: Project, facts: Facts) -> bool:
    closed_on = wall_time(one.closed_at, facts.time_zone).on if one.closed_at else None
    ends = [on for on in (one.ends_on, closed_on) if on is not None]
    return one.starts_on <= facts.span.last and (not ends or min(ends) >= facts.span.first)


def _row(one: Project, facts: Facts) -> tuple[str, ...]:
    lead = one.lead_city or one.lead_organisation
    due = [d for d in one.deliverables if facts.span.has(d.due_on) and not d.withdrawn_reason]
    return (
        one.name,
        lead.name if lead else "–",
        format_date(one.ends_on, "d MMM y") if one.ends_on else "–",
        f"{len(due)}",
        f"{sum(d.done_at is not None for d in due)}",
        f"{sum(_is_late(d, facts) for d in due)}",
    )


def _is_late(one: Deliverable, facts: Facts) -> bool:
    return one.done_at is None and one.due_on < facts.today
